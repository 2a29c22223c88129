"""The second factor: what proves it, what does not, and no door around it."""

import datetime as dt

import pytest
import time_machine
from django.contrib.auth import SESSION_KEY
from django.urls import get_resolver, reverse
from django.urls.resolvers import RoutePattern, URLPattern
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from ami_portal.accounts import devices
from ami_portal.accounts.enums import Role
from ami_portal.accounts.middleware import OPEN_URL_NAMES
from ami_portal.accounts.models import RoleGrant
from ami_portal.audit.models import AuditEvent
from ami_portal.notifications.models import Message
from tests import people

from .codes import code_of, wrong_code

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 9, 10, 8, 0, 5, tzinfo=dt.UTC)
PROOF, ENROL, RECOVERY = "/compte/code/", "/compte/code/application/", "/compte/code/secours/"
SAMPLES = {"slug": "exemple", "str": "AMI-DI-2026-0001", "int": 1, "uuid": "00000000-0000-4000-8000-000000000000"}


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def unproved(user):
    """A browser where `user` signed in by password alone."""
    return people.client_of(user, verified=False)


def codes_for(user):
    return devices.renew_recovery_codes(user)[1]


def message_of(answer):
    return answer.context["form"].errors.get("code", [""])[0]


# No door


def every_address(patterns=None, prefix="", names=()):
    """One address for each URL pattern of the project, with its name."""
    for item in patterns if patterns is not None else get_resolver().url_patterns:
        if not isinstance(item, URLPattern):
            namespace = (*names, item.namespace) if item.namespace else names
            yield from every_address(item.url_patterns, prefix + str(item.pattern), namespace)
        elif isinstance(item.pattern, RoutePattern):
            path = prefix + str(item.pattern)
            for word, converter in item.pattern.converters.items():
                kind = type(converter).__name__.removesuffix("Converter").lower().replace("string", "str")
                path = path.replace(f"<{word}>", str(SAMPLES.get(kind, "exemple")))
                for spelling in (kind, "path"):
                    path = path.replace(f"<{spelling}:{word}>", str(SAMPLES.get(kind, "exemple")))
            yield "/" + path, ":".join((*names, item.name or ""))


def test_every_address_of_the_project_asks_a_juror_for_the_second_factor():
    client = unproved(people.a_juror())
    addresses = list(every_address())
    assert len(addresses) > 15
    let_through = {}
    for address, name in addresses:
        answer = client.get(address)
        asked = answer.status_code == 302 and answer.url.startswith(PROOF)
        if not asked and name not in OPEN_URL_NAMES:
            let_through[address] = answer.status_code
    assert let_through == {}


@pytest.mark.parametrize(
    "path", ["/", "/admin/", "/admin/login/", "/admin/accounts/user/", "/compte/", "/compte/mot-de-passe/"]
)
@pytest.mark.parametrize("role", Role.values)
def test_every_role_is_asked_on_every_kind_of_page(role, path):
    user = people.a_partner() if role == Role.PARTNER else people.staff(role)
    answer = unproved(user).get(path)
    assert (answer.status_code, answer.url) == (302, f"{PROOF}?next={path.replace('/', '%2F')}")


def test_a_session_begun_before_the_role_is_asked_too():
    user = people.a_person()
    client = unproved(user)
    assert client.get("/compte/").status_code == 200
    RoleGrant.objects.create(user=user, role=Role.JUROR)
    assert client.get("/compte/").url == f"{PROOF}?next=%2Fcompte%2F"


def test_a_form_posted_by_someone_to_be_asked_is_shown_again_and_changes_nothing():
    user = people.a_juror()
    text = "<b>un avis</b> tapé longtemps"
    answer = unproved(user).post(
        "/compte/mot-de-passe/",
        {"texte": text, "password1": "secret"},
        headers={"referer": "http://testserver/compte/"},
    )
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "&lt;b&gt;un avis&lt;/b&gt; tapé longtemps" in page
    assert "secret" not in page
    assert f"{PROOF}?next=%2Fcompte%2F" in page


def test_a_new_password_by_mail_is_no_way_around(client):
    user = people.a_juror()
    client.post(reverse("account_reset_password"), {"email": user.email})
    link = next(line for line in Message.objects.get().body.splitlines() if "/oublie/" in line)
    form = client.get(link, follow=True)
    new = "une-autre-phrase-bien-longue"
    client.post(form.request["PATH_INFO"], {"password1": new, "password2": new})
    assert SESSION_KEY not in client.session  # nobody is signed in by a link
    client.post(reverse("account_login"), {"login": user.email, "password": new})
    assert client.session[SESSION_KEY] == str(user.pk)
    assert client.get("/").url.startswith(PROOF)
    assert client.get("/admin/").url.startswith(PROOF)


def test_pages_without_a_person_stay_open():
    client = unproved(people.a_juror())
    assert client.get("/sante").status_code == 200
    assert client.post("/compte/deconnexion/").status_code == 302
    assert SESSION_KEY not in client.session


@pytest.mark.parametrize("owner", ["nobody's", "another's", "unconfirmed"])
def test_a_device_named_in_the_session_proves_nothing_by_itself(owner):
    user, other = people.a_juror(), people.a_juror("autre@universite.example")
    device = TOTPDevice.objects.get(user=other if owner == "another's" else user)
    if owner == "unconfirmed":
        TOTPDevice.objects.update(confirmed=False)
    client = unproved(user)
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = "otp_totp.totpdevice/0" if owner == "nobody's" else device.persistent_id
    session.save()
    assert client.get("/").url.startswith(PROOF)


def test_a_juror_and_a_partner_never_enter_the_admin():
    for user in (people.a_juror(), people.a_partner()):
        client = people.client_of(user)
        assert client.get("/admin/", follow=True).request["PATH_INFO"] == "/"
        assert client.get("/admin/accounts/user/", follow=True).request["PATH_INFO"] == "/"


# Proving


@pytest.mark.parametrize("path", ["/compte/", "/admin/"])
def test_a_right_code_opens_the_page_that_was_asked_and_gives_the_session_a_new_key(clock, path):
    user = people.staff(Role.ADMINISTRATOR)
    client = unproved(user)
    before = client.session.session_key
    shown = client.get(path, follow=True)
    answer = client.post(PROOF, {"code": f" {code_of(user)[:3]} {code_of(user)[3:]}", "next": shown.context["next"]})
    assert (answer.status_code, answer.url) == (302, path)
    assert client.session.session_key != before
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/compte/", "/admin/"])
def test_a_code_serves_once(clock, path):
    user = people.staff(Role.ADMINISTRATOR)
    code = code_of(user)
    assert unproved(user).post(PROOF, {"code": code, "next": path}).status_code == 302
    thief = unproved(user)
    answer = thief.post(PROOF, {"code": code, "next": path})
    assert (answer.status_code, message_of(answer)) == (
        422,
        "Ce code n’est pas le bon, ou il a déjà servi. Attendez le suivant, puis tapez-le.",
    )
    assert thief.get(path).url.startswith(PROOF)


@pytest.mark.parametrize("path", ["/compte/", "/admin/"])
def test_wrong_codes_slow_the_next_tries_down(clock, path):
    user = people.staff(Role.ADMINISTRATOR)
    client = unproved(user)
    for wait in (1, 2, 4):
        assert client.post(PROOF, {"code": wrong_code(user)}).status_code == 422
        answer = client.post(PROOF, {"code": code_of(user), "next": path})  # right, but too early
        assert answer.status_code == 422
        assert message_of(answer).startswith("Trop d’essais : attendez")
        clock.shift(wait + 1)
    assert client.post(PROOF, {"code": code_of(user), "next": path}).url == path


@pytest.mark.parametrize("path", ["/compte/", "/admin/"])
def test_a_recovery_code_serves_once(clock, path):
    user = people.staff(Role.ADMINISTRATOR)
    code = codes_for(user)[0]
    client = unproved(user)
    assert client.post(PROOF, {"code": code.upper(), "next": path}).url == path
    assert "Il vous en reste 9." in client.get("/compte/").content.decode()
    again = unproved(user)
    assert again.post(PROOF, {"code": code, "next": path}).status_code == 422
    assert again.get(path).url.startswith(PROOF)


def test_another_persons_codes_prove_nothing(clock):
    user, other = people.a_juror(), people.a_juror("autre@universite.example")
    client = unproved(user)
    assert client.post(PROOF, {"code": code_of(other)}).status_code == 422
    assert client.post(PROOF, {"code": codes_for(other)[0]}).status_code == 422
    assert client.get("/").url.startswith(PROOF)


@pytest.mark.parametrize(
    "target",
    ["https://ailleurs.example/", "//ailleurs.example/", "/\\ailleurs.example", "javascript:alert(1)", "", "compte"],
)
def test_one_never_lands_on_another_host(clock, target):
    user = people.a_juror()
    assert unproved(user).post(PROOF, {"code": code_of(user), "next": target}).url == reverse("my_home")


def test_the_page_is_not_kept_by_the_browser(clock):
    answer = unproved(people.a_juror()).get(PROOF)
    assert "no-store" in answer.headers["Cache-Control"]


# Enrolling


def test_someone_without_an_application_links_one_and_gets_ten_codes_once(clock, django_capture_on_commit_callbacks):
    user = people.a_juror()
    TOTPDevice.objects.all().delete()
    client = unproved(user)
    shown = client.get("/compte/", follow=True)
    assert shown.request["PATH_INFO"] == ENROL
    page = shown.content.decode()
    secret = client.session["second_factor_secret"]
    assert devices.in_groups(secret) in page
    assert "<svg" in page
    assert " style=" not in page
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(ENROL, {"code": code_of(secret), "next": "/compte/"})
    codes = answer.context["codes"]
    assert len(set(codes)) == 10
    assert all(code in answer.content.decode() for code in codes)
    assert StaticToken.objects.filter(device__user=user).count() == 10
    assert client.get("/compte/").status_code == 200
    assert "second_factor_secret" not in client.session
    assert list(AuditEvent.objects.values_list("verb", "subject", "actor")) == [
        ("account.add_second_factor", user.ref, user.pk)
    ]
    assert list(Message.objects.values_list("kind", "to_email", "delivery")) == [
        ("account.second_factor_added", user.email, "sent")
    ]


def test_a_wrong_code_links_nothing(clock):
    user = people.a_juror()
    TOTPDevice.objects.all().delete()
    client = unproved(user)
    client.get(ENROL)
    assert client.post(ENROL, {"code": "12345"}).status_code == 422
    assert not TOTPDevice.objects.exists()
    assert client.get("/").url.startswith(PROOF)


def test_someone_who_has_an_application_cannot_link_another_by_password_alone(clock):
    user = people.a_juror()
    client = unproved(user)
    assert client.get(ENROL).url.startswith(PROOF)
    assert "second_factor_secret" not in client.session
    assert client.post(ENROL, {"code": "123456"}).url.startswith(PROOF)
    assert TOTPDevice.objects.count() == 1


def test_of_two_enrolments_begun_together_one_ends(clock):
    user = people.a_juror()
    TOTPDevice.objects.all().delete()
    owner, thief = unproved(user), unproved(user)
    owner.get(ENROL)
    thief.get(ENROL)
    secrets = [browser.session["second_factor_secret"] for browser in (owner, thief)]
    assert secrets[0] != secrets[1]  # what one has read is no use against the other
    assert owner.post(ENROL, {"code": code_of(secrets[0])}).status_code == 200
    assert thief.post(ENROL, {"code": code_of(secrets[1])}).url.startswith(PROOF)
    assert list(TOTPDevice.objects.values_list("key", flat=True)) == [secrets[0]]


def test_the_lock_of_the_account_decides_between_two_enrolments(clock):
    user = people.a_juror()
    with pytest.raises(devices.AlreadyEnrolled):
        devices.enrol(user, devices.new_secret(), "123456", replacing=False)


def test_a_verified_person_changes_application_and_the_former_is_worth_nothing(clock):
    user = people.a_juror()
    old_codes = codes_for(user)
    client, elsewhere = people.client_of(user), people.client_of(user)
    assert client.get(ENROL).status_code == 200
    secret = client.session["second_factor_secret"]
    assert client.post(ENROL, {"code": code_of(secret)}).status_code == 200
    assert client.get("/compte/").status_code == 200
    assert elsewhere.get("/compte/").url.startswith(PROOF)
    assert unproved(user).post(PROOF, {"code": old_codes[0]}).status_code == 422
    assert list(TOTPDevice.objects.values_list("key", flat=True)) == [secret]


def test_someone_without_a_role_has_no_use_for_it():
    client = unproved(people.a_person())
    assert client.get(PROOF).url == reverse("my_home")
    assert client.get(ENROL).url == reverse("my_home")
    assert client.get("/compte/").status_code == 200


# Recovery codes


def test_recovery_codes_are_renewed_from_a_verified_session_only(clock):
    user = people.a_juror()
    old = codes_for(user)
    client = people.client_of(user)
    assert unproved(user).post(RECOVERY).status_code == 403
    assert unproved(people.a_person()).get(RECOVERY).url.startswith(PROOF)
    assert client.get(RECOVERY).context["left"] == 10
    new = client.post(RECOVERY).context["codes"]
    assert len(set(new)) == 10
    assert set(new).isdisjoint(old)
    assert unproved(user).post(PROOF, {"code": old[0]}).status_code == 422
    clock.shift(5)
    assert unproved(user).post(PROOF, {"code": new[0]}).status_code == 302
    assert list(AuditEvent.objects.values_list("verb", flat=True)) == ["account.renew_recovery_codes"]


def test_renewing_ends_the_sessions_that_a_former_code_opened(clock):
    user = people.a_juror()
    codes = codes_for(user)
    mine, thief = unproved(user), unproved(user)
    mine.post(PROOF, {"code": codes[0]})
    thief.post(PROOF, {"code": codes[1]})
    assert mine.post(RECOVERY).status_code == 200
    assert mine.get("/compte/").status_code == 200
    assert thief.get("/compte/").url.startswith(PROOF)
