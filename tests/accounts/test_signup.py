"""Sign-up, sign-in, passwords: what an address proves, and what nobody learns."""

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import SESSION_KEY
from django.urls import NoReverseMatch, reverse

from ami_portal.accounts.models import User
from ami_portal.notifications.models import Message
from tests import people

pytestmark = pytest.mark.django_db

PERSON = {
    "email": "Claire.Martin@Valmont.example",
    "first_name": "Claire",
    "last_name": "Martin",
    "password1": people.PASSWORD,
    "password2": people.PASSWORD,
}
ADDRESS = "claire.martin@valmont.example"


def kinds():
    return list(Message.objects.order_by("pk").values_list("kind", "to_email"))


def link_in(message, part):
    return next(line for line in message.body.splitlines() if part in line)


def sign_in(client, email=ADDRESS, password=people.PASSWORD):
    return client.post(reverse("account_login"), {"login": email, "password": password})


def test_an_account_opens_once_its_address_is_confirmed(client):
    answer = client.post(reverse("account_signup"), PERSON)
    assert answer.url == reverse("account_email_verification_sent")
    user = User.objects.get()
    assert (user.email, user.first_name, user.last_name, user.roles) == (ADDRESS, "Claire", "Martin", frozenset())
    assert kinds() == [("account.email_confirmation_signup", ADDRESS)]
    message = Message.objects.get()
    assert message.title == "Confirmez votre adresse"
    assert "Claire" not in message.body  # what a stranger typed is not sent to an address that may not be theirs

    assert sign_in(client).url == reverse("account_email_verification_sent")
    assert SESSION_KEY not in client.session

    link = link_in(message, "/compte/adresse/")
    assert "Confirmer cette adresse" in client.get(link).content.decode()
    assert EmailAddress.objects.get().verified is False  # a mail reader that opens links confirms nothing
    client.post(link)
    assert EmailAddress.objects.get().verified is True

    assert sign_in(client, email=ADDRESS.upper()).url == reverse("my_home")
    assert client.session[SESSION_KEY] == str(user.pk)
    assert ADDRESS in client.get("/compte/").content.decode()


@pytest.mark.parametrize("link", ["/compte/adresse/inconnu/", "/compte/adresse/MQ:1abc:deadbeef/"])
def test_a_broken_link_says_what_to_do(client, link):
    page = client.get(link).content.decode()
    assert "Ce lien ne vaut plus" in page
    assert client.post(link).status_code == 404


def test_an_address_that_has_an_account_looks_the_same_to_a_stranger(client):
    people.a_person(ADDRESS)
    answer = client.post(reverse("account_signup"), PERSON)
    assert answer.url == reverse("account_email_verification_sent")
    assert User.objects.count() == 1
    assert kinds() == [("account.account_already_exists", ADDRESS)]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"password1": "court", "password2": "court"}, "password1"),
        ({"password1": "123456789012", "password2": "123456789012"}, "password1"),
        ({"password2": "une-autre-phrase-bien-longue"}, "password2"),
        ({"email": "pas une adresse"}, "email"),
        ({"first_name": ""}, "first_name"),
        ({"last_name": "x" * 101}, "last_name"),
    ],
)
def test_a_sign_up_that_cannot_be_is_explained_beside_the_field_and_at_the_top(client, change, field):
    answer = client.post(reverse("account_signup"), PERSON | change)
    page = answer.content.decode()
    assert list(answer.context["form"].errors) == [field]
    assert "<title>Erreur – Créer un compte" in page
    assert f'<a href="#id_{field}">' in page
    assert f'id="id_{field}_error"><p class="fr-message fr-message--error">' in page
    assert not User.objects.exists()


def test_hostile_names_are_cleaned_of_what_cannot_be_seen_and_shown_as_typed(client):
    name = "<script>alert(1)</script>{{ 7 }}\u202etxt"
    client.post(reverse("account_signup"), PERSON | {"first_name": name})
    user = User.objects.get()
    assert user.first_name == "<script>alert(1)</script>{{ 7 }}txt"
    EmailAddress.objects.update(verified=True)
    page = people.client_of(user).get("/compte/").content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7 }}txt" in page
    assert "<script>alert" not in page


def test_a_wrong_password_and_an_unknown_address_get_the_same_words(client):
    people.a_person(ADDRESS)
    wrong = sign_in(client, password="pas-la-bonne-phrase").context["form"].errors
    unknown = sign_in(client, email="personne@valmont.example").context["form"].errors
    assert dict(wrong) == dict(unknown) == {"__all__": ["L’adresse e-mail ou le mot de passe sont incorrects."]}


def test_five_wrong_passwords_close_the_door_for_a_while(client):
    people.a_person(ADDRESS)
    for _ in range(5):
        sign_in(client, password="pas-la-bonne-phrase")
    refused = sign_in(client)
    assert SESSION_KEY not in client.session
    assert "Trop de tentatives" in refused.content.decode()


def test_a_closed_account_does_not_sign_in_and_its_session_ends(client):
    user = people.a_person(ADDRESS)
    open_session = people.client_of(user)
    assert open_session.get("/compte/").status_code == 200
    User.objects.update(is_active=False)
    assert open_session.get("/compte/").url.startswith(reverse("account_login"))
    assert sign_in(client).url == reverse("account_inactive")
    assert SESSION_KEY not in client.session
    assert "Ce compte est fermé" in client.get(reverse("account_inactive")).content.decode()


def test_a_forgotten_password_is_chosen_again_by_mail_once(client):
    user = people.a_person(ADDRESS)
    client.post(reverse("account_reset_password"), {"email": ADDRESS})
    link = link_in(Message.objects.get(), "/mot-de-passe/oublie/")
    form = client.get(link, follow=True)
    new = "une-autre-phrase-bien-longue"
    answer = client.post(form.request["PATH_INFO"], {"password1": new, "password2": new}, follow=True)
    assert "Votre mot de passe est changé" in answer.content.decode()
    user.refresh_from_db()
    assert user.check_password(new)
    assert kinds() == [("account.password_reset_key", ADDRESS), ("account.password_reset", ADDRESS)]
    assert "Ce lien ne vaut plus" in client.get(link, follow=True).content.decode()


def test_an_unknown_address_is_told_by_mail_only(client):
    answer = client.post(reverse("account_reset_password"), {"email": "personne@valmont.example"}, follow=True)
    assert "Si un compte existe à cette adresse" in answer.content.decode()
    assert kinds() == [("account.unknown_account", "personne@valmont.example")]


def test_changing_the_password_ends_the_other_sessions_and_is_told_by_mail():
    user = people.a_person(ADDRESS)
    here, elsewhere = people.client_of(user), people.client_of(user)
    new = "une-autre-phrase-bien-longue"
    asked = {"oldpassword": people.PASSWORD, "password1": new, "password2": new}
    assert here.post(reverse("account_change_password"), asked).status_code == 302
    assert here.get("/compte/").status_code == 200
    assert elsewhere.get("/compte/").url.startswith(reverse("account_login"))
    assert kinds() == [("account.password_changed", ADDRESS)]
    assert "127.0.0.1" in Message.objects.get().body


def test_signing_out_is_a_form_of_its_own():
    client = people.client_of(people.a_person(ADDRESS))
    page = client.get(reverse("account_logout")).content.decode()
    assert "Me déconnecter" in page
    assert SESSION_KEY in client.session
    client.post(reverse("account_logout"))
    assert SESSION_KEY not in client.session


@pytest.mark.parametrize(
    "name",
    [
        "account_email",
        "account_set_password",
        "account_reauthenticate",
        "account_request_login_code",
        "account_confirm_login_code",
        "account_change_phone",
        "account_verify_phone",
        "account_signup_by_passkey",
    ],
)
def test_what_the_portal_does_not_offer_has_no_address(name):
    with pytest.raises(NoReverseMatch):
        reverse(name)


def test_every_mail_that_can_leave_is_in_french_and_names_the_portal():
    """The texts of allauth's own templates never leave: each prefix that it may send has ours."""
    from django.conf import settings

    ours = {path.name for path in (settings.BASE_DIR / "templates/account/email").glob("*.txt")}
    sendable = ["account_already_exists", "email_confirmation", "email_confirmation_signup", "email_confirm"]
    sendable += ["password_changed", "password_reset", "password_reset_key", "password_set", "unknown_account"]
    assert {f"{name}_{part}.txt" for name in sendable for part in ("subject", "message")} <= ours


def test_the_form_too_old_page_gives_back_what_was_typed():
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(reverse("account_signup"), PERSON | {"first_name": "<b>Claire</b>"})
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "&lt;b&gt;Claire&lt;/b&gt;" in page
    assert people.PASSWORD not in page
