"""Roles given and taken back, accounts opened and closed: by whom, with what trace."""

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_otp.plugins.otp_totp.models import TOTPDevice

from ami_portal.accounts.enums import OrganisationKind, Role
from ami_portal.accounts.models import Organisation, RoleGrant, User
from ami_portal.audit.models import AuditEvent
from ami_portal.desk import people as desk
from ami_portal.notifications.models import Message
from tests import people

from .codes import code_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def partner():
    return Organisation.objects.create(
        code="sanodata", name="Sanodata", kind=OrganisationKind.PARTNER, domains="sanodata.example"
    )


@pytest.fixture
def administrator():
    return people.staff(Role.ADMINISTRATOR)


def events():
    return list(AuditEvent.objects.order_by("number").values_list("verb", "subject", "actor", "data"))


def fresh(user):
    return User.objects.get(pk=user.pk)


# The actions


def test_a_role_given_is_noted_told_and_held_at_once(administrator, partner):
    user = people.a_person("claire@rech.sanodata.example")
    desk.grant_role(user, Role.PARTNER, organisation=partner, actor=administrator)
    desk.grant_role(user, Role.PARTNER, organisation=partner, actor=administrator)  # given already: nothing happens
    assert user.roles == {"partner"}
    assert events() == [
        ("account.grant_role", user.ref, administrator.pk, {"role": "partner", "organisation": "sanodata"})
    ]
    message = Message.objects.get()
    assert (message.kind, message.to_email) == ("account.role_granted", user.email)
    assert "Partenaire, pour Sanodata" in message.body


@pytest.mark.parametrize(
    ("domains", "email", "said"),
    [
        ("sanodata.example", "claire@notsanodata.example", "des domaines de Sanodata (sanodata.example)"),
        ("", "claire@sanodata.example", "aucun domaine connu"),
    ],
)
def test_only_a_member_of_the_organisation_answers_for_it(administrator, partner, domains, email, said):
    Organisation.objects.filter(pk=partner.pk).update(domains=domains)
    partner.refresh_from_db()
    user = people.a_person(email)
    with pytest.raises(desk.GrantRefused) as refusal:
        desk.grant_role(user, Role.PARTNER, organisation=partner, vouched_for=" ", actor=administrator)
    assert said in str(refusal.value)
    assert "Ajoutez son domaine à l’organisation, ou attestez son appartenance" in str(refusal.value)
    assert (events(), user.roles) == ([], frozenset())
    grant = desk.grant_role(
        user, Role.PARTNER, organisation=partner, vouched_for="Lettre du directeur", actor=administrator
    )
    assert (grant.vouched_for, events()[0][3]["vouched_for"]) == ("Lettre du directeur", "Lettre du directeur")


@pytest.mark.parametrize("role", [Role.PARTNER, Role.JUROR])
def test_a_partner_and_nobody_else_answers_for_an_organisation(administrator, partner, role):
    with pytest.raises(desk.GrantRefused, match="se donne pour une organisation"):
        desk.grant_role(
            people.a_person(), role, organisation=None if role == Role.PARTNER else partner, actor=administrator
        )
    assert events() == []


def test_an_account_opened_with_somebody_elses_address_receives_no_role(administrator):
    user = people.a_person()
    EmailAddress.objects.update(verified=False)
    with pytest.raises(desk.GrantRefused, match="pas encore confirmée"):
        desk.grant_role(user, Role.JUROR, actor=administrator)
    opened = desk.open_account("anne@universite.example", "Anne", "Roy", actor=administrator)
    assert desk.grant_role(opened, Role.JUROR, actor=administrator).role == "juror"


def test_a_closed_account_receives_no_role(administrator):
    user = people.a_person(is_active=False)
    with pytest.raises(desk.GrantRefused, match="compte est fermé"):
        desk.grant_role(user, Role.JUROR, actor=administrator)


def test_a_role_taken_back_is_worth_nothing_from_the_next_page_on(administrator):
    user = people.staff(Role.INSTRUCTOR)
    client = people.client_of(user)
    assert client.get("/admin/").status_code == 200
    desk.revoke_role(user.role_grants.get(), actor=administrator)
    assert client.get("/admin/").status_code == 302
    assert events() == [("account.revoke_role", user.ref, administrator.pk, {"role": "instructor", "organisation": ""})]


def test_the_last_administrator_stays(administrator):
    with pytest.raises(desk.GrantRefused, match="dernier administrateur"):
        desk.revoke_role(administrator.role_grants.get(), actor=administrator)
    second = people.staff(Role.ADMINISTRATOR, email="autre@hdh.example")
    desk.revoke_role(administrator.role_grants.get(), actor=second)
    assert fresh(administrator).roles == frozenset()


def test_a_lost_second_factor_is_removed_by_an_administrator_who_is_someone_else(administrator):
    user = people.a_juror()
    desk.remove_second_factor(user, reason="Téléphone perdu, rappelée au 01", actor=administrator)
    assert not TOTPDevice.objects.filter(user=user).exists()
    assert events() == [
        ("account.remove_second_factor", user.ref, administrator.pk, {"reason": "Téléphone perdu, rappelée au 01"})
    ]
    assert Message.objects.get().kind == "account.second_factor_removed"
    with pytest.raises(desk.GrantRefused, match="propre compte"):
        desk.remove_second_factor(administrator, reason="x", actor=administrator)
    with pytest.raises(desk.GrantRefused, match="pas le droit"):
        desk.remove_second_factor(user, reason="x", actor=people.staff(Role.INSTRUCTOR))


# The command line


def test_the_first_administrator_is_made_from_the_command_line(capsys):
    user = people.a_person("premier@hdh.example")
    call_command("grant_role", "Premier@hdh.example", "administrator")
    call_command("grant_role", "premier@hdh.example", "administrator")
    assert fresh(user).roles == {"administrator"}
    assert capsys.readouterr().out == (
        "premier@hdh.example : Administrateur (donné)\npremier@hdh.example : Administrateur (déjà donné)\n"
    )
    assert events() == [("account.grant_role", user.ref, None, {"role": "administrator", "organisation": ""})]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["inconnu@hdh.example", "juror"], "Aucun compte"),
        (["claire@labo.example", "partner"], "se donne pour une organisation"),
        (["claire@labo.example", "partner", "--organisation", "inconnue"], "Aucune organisation"),
        (["claire@labo.example", "juror", "--organisation", "sanodata"], "se donne pour une organisation"),
        (["claire@labo.example", "superuser"], "invalid choice|choix"),
    ],
)
def test_the_command_says_why_it_refuses(partner, arguments, words):
    people.a_person()
    with pytest.raises(CommandError, match=words):
        call_command("grant_role", *arguments)
    assert not RoleGrant.objects.exists()


def test_the_code_of_a_demonstration_account_is_given_on_ones_own_machine_only(capsys, settings):
    user = people.a_juror()
    call_command("demo_code", user.email)
    code = capsys.readouterr().out.strip()
    assert code in {code_of(user), code_of(user, -1)}
    assert people.client_of(user, verified=False).post("/compte/code/", {"code": code}).status_code == 302
    call_command("demo_code", user.email)
    following = capsys.readouterr().out.strip()
    assert following != code
    assert people.client_of(user, verified=False).post("/compte/code/", {"code": following}).status_code == 302
    with pytest.raises(CommandError, match="Aucune application"):
        call_command("demo_code", people.a_person().email)
    settings.LOCAL_MAILBOX = False
    with pytest.raises(CommandError, match="démonstration"):
        call_command("demo_code", user.email)


# The admin


def rows(user, grants=(), **changes):
    """What the page of a person posts."""
    data = {"email": user.email, "first_name": user.first_name, "last_name": user.last_name, "is_active": "on"}
    data |= {"role_grants-TOTAL_FORMS": str(len(grants)), "role_grants-INITIAL_FORMS": "0"}
    for index, grant in enumerate(grants):
        data |= {f"role_grants-{index}-{key}": value for key, value in grant.items()}
    return {key: value for key, value in (data | changes).items() if value is not None}


def test_an_administrator_gives_and_takes_back_roles_on_the_page_of_the_person(administrator, partner):
    user = people.a_person()
    client = people.client_of(administrator)
    page = f"/admin/accounts/user/{user.pk}/change/"
    assert client.get(page).status_code == 200
    given = {"role": "partner", "organisation": partner.pk}
    refused = client.post(page, rows(user, [given]), follow=True)
    assert "seul un membre de Sanodata peut répondre" in refused.content.decode()
    assert not RoleGrant.objects.filter(user=user).exists()
    assert client.post(page, rows(user, [given | {"vouched_for": "Lettre du directeur"}])).status_code == 302
    grant = RoleGrant.objects.get(user=user)
    assert (grant.role, grant.organisation) == ("partner", partner)
    back = rows(user, [{"id": grant.pk, "DELETE": "on"}]) | {"role_grants-INITIAL_FORMS": "1"}
    assert client.post(page, back).status_code == 302
    assert not RoleGrant.objects.filter(user=user).exists()
    assert [event[0] for event in events()] == ["account.grant_role", "account.revoke_role"]


def test_the_admin_says_why_a_role_is_refused_and_changes_nothing(administrator):
    client = people.client_of(administrator)
    page = f"/admin/accounts/user/{administrator.pk}/change/"
    grant = administrator.role_grants.get()
    asked = rows(administrator, [{"id": grant.pk, "DELETE": "on"}], first_name="Autre")
    answer = client.post(page, asked | {"role_grants-INITIAL_FORMS": "1"}, follow=True)
    assert "dernier administrateur" in answer.content.decode()
    assert fresh(administrator).first_name != "Autre"
    assert events() == []


def test_closing_an_account_is_noted_and_ones_own_stays_open(administrator):
    user = people.a_person()
    client = people.client_of(administrator)
    client.post(f"/admin/accounts/user/{user.pk}/change/", rows(user, is_active=None))
    assert fresh(user).is_active is False
    assert events() == [("account.change", user.ref, administrator.pk, {"fields": ["is_active"], "active": False})]
    client.post(f"/admin/accounts/user/{administrator.pk}/change/", rows(administrator, is_active=None))
    assert fresh(administrator).is_active is True


def test_an_account_opened_by_an_administrator_gets_its_password_by_mail(administrator, client):
    asked = {"email": "Nouvelle@universite.example", "first_name": "Anne", "last_name": "Roy"}
    answer = people.client_of(administrator).post("/admin/accounts/user/add/", asked)
    user = User.objects.get(email="nouvelle@universite.example")
    assert answer.url == "/admin/accounts/user/"
    assert user.has_usable_password() is False
    assert [event[:3] for event in events()] == [("account.open", user.ref, administrator.pk)]
    assert Message.objects.get().kind == "account.opened"

    client.post("/compte/mot-de-passe/oublie/", {"email": user.email})
    message = Message.objects.get(kind="account.password_reset_key")
    form = client.get(next(line for line in message.body.splitlines() if "/oublie/" in line), follow=True)
    client.post(form.request["PATH_INFO"], {"password1": people.PASSWORD, "password2": people.PASSWORD})
    client.post("/compte/connexion/", {"login": user.email, "password": people.PASSWORD})
    if not EmailAddress.objects.filter(user=user, verified=True).exists():
        confirmation = Message.objects.filter(kind__startswith="account.email_confirmation").get()
        client.post(next(line for line in confirmation.body.splitlines() if "/adresse/" in line))
        client.post("/compte/connexion/", {"login": user.email, "password": people.PASSWORD})
    assert client.get("/compte/").status_code == 200


def test_the_second_factor_is_removed_on_its_own_page_with_a_reason(administrator):
    user = people.a_juror()
    client = people.client_of(administrator)
    page = f"/admin/accounts/user/{user.pk}/second-facteur/"
    assert client.get(page).status_code == 200
    assert client.post(page, {"reason": ""}).status_code == 422
    assert TOTPDevice.objects.filter(user=user).exists()
    assert client.post(page, {"reason": "Perdu, rappelé"}).status_code == 302
    assert not TOTPDevice.objects.filter(user=user).exists()


@pytest.mark.parametrize("role", sorted(set(Role.values) - {"administrator", "partner", "juror"}))
def test_other_duties_see_no_account(role):
    user, other = people.staff(role), people.a_person("autre@labo.example")
    client = people.client_of(user)
    for path in ("user/", "user/add/", f"user/{other.pk}/change/", "rolegrant/", "organisation/"):
        assert client.get(f"/admin/accounts/{path}").status_code in (302, 403), path
    assert client.get(f"/admin/accounts/user/{other.pk}/second-facteur/").status_code == 404
    assert client.post(f"/admin/accounts/user/{other.pk}/change/", rows(other, is_active=None)).status_code in (
        302,
        403,
    )
    assert fresh(other).is_active is True


def test_lists_take_as_many_queries_for_two_people_as_for_six(administrator, partner):
    def count(path):
        client = people.client_of(administrator)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        return len(queries)

    people.a_partner(partner)
    paths = ["/admin/accounts/user/", "/admin/accounts/rolegrant/", "/admin/accounts/organisation/"]
    before = [count(path) for path in paths]
    for name in ("a", "b"):
        organisation = Organisation.objects.create(code=name, name=name, kind=OrganisationKind.PARTNER)
        people.a_partner(organisation, f"{name}@p.example")
        people.a_juror(f"{name}@universite.example")
    assert [count(path) for path in paths] == before
