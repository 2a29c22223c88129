"""The team of a dossier: who enters, who leaves, what each may do."""

import pytest
from django.urls import reverse

from ami_portal.audit.models import AuditEvent
from ami_portal.notifications.models import Message
from ami_portal.workflow import TransitionRefused
from applications import actions
from applications.actions.team import MAX_MEMBERS
from applications.enums import MemberRole
from applications.rules import own_dossiers
from tests import people
from tests.applications import small


def team(dossier):
    return list(dossier.members.values_list("email", "role"))


def test_invite_member_before_they_have_an_account(dossier, owner):
    actions.invite_member(dossier, "  Paul@Labo.Example ", MemberRole.EDITOR, actor=owner)
    assert team(dossier) == [(owner.email, "owner"), ("paul@labo.example", "editor")]
    mail = Message.objects.get(kind="applications.invitation")
    assert (mail.to_email, mail.title) == ("paul@labo.example", f"{dossier.ref} – invitation à rédiger un dossier")
    assert owner.email in mail.body
    paul = people.a_person("paul@labo.example")
    assert list(own_dossiers(paul)) == [dossier]
    assert small.type_in(dossier, "title", "De Paul", actor=paul).version == 1


def test_the_journal_keeps_no_address(dossier, owner):
    actions.invite_member(dossier, "paul@labo.example", MemberRole.EDITOR, actor=owner)
    event = AuditEvent.objects.get(verb="dossier.invite")
    assert event.data["role"] == "editor"
    assert "paul" not in str(event.data)


def test_invite_again_changes_the_role(dossier, owner):
    for role in (MemberRole.EDITOR, MemberRole.READER):
        actions.invite_member(dossier, "paul@labo.example", role, actor=owner)
    assert team(dossier)[1:] == [("paul@labo.example", "reader")]


@pytest.mark.parametrize(
    ("email", "role", "words"),
    [
        ("paul", MemberRole.EDITOR, "adresse électronique"),
        ("paul@labo.example", MemberRole.OWNER, "rôle"),
        ("paul@labo.example", "chef", "rôle"),
        ("claire@labo.example", MemberRole.READER, "celle du porteur"),
    ],
)
def test_invite_member_refuses(dossier, owner, email, role, words):
    with pytest.raises(TransitionRefused, match=words):
        actions.invite_member(dossier, email, role, actor=owner)
    assert team(dossier) == [(owner.email, "owner")]


def test_a_team_has_its_limit(dossier, owner):
    for number in range(MAX_MEMBERS - 1):
        actions.invite_member(dossier, f"p{number}@labo.example", MemberRole.READER, actor=owner)
    with pytest.raises(TransitionRefused, match="personnes au plus"):
        actions.invite_member(dossier, "trop@labo.example", MemberRole.READER, actor=owner)


def test_remove_member_ends_the_right(dossier, owner):
    paul = people.a_person("paul@labo.example")
    member = actions.invite_member(dossier, paul.email, MemberRole.EDITOR, actor=owner)
    actions.remove_member(member, actor=owner)
    assert not own_dossiers(paul).exists()
    with pytest.raises(TransitionRefused, match="droit"):
        small.type_in(dossier, "title", "Encore", actor=paul)


def test_the_owner_stays(dossier, owner):
    with pytest.raises(TransitionRefused, match="porteur ne peut pas"):
        actions.remove_member(dossier.members.get(), actor=owner)


def test_only_the_owner_invites_and_removes(dossier, owner):
    paul = people.a_person("paul@labo.example")
    member = actions.invite_member(dossier, paul.email, MemberRole.EDITOR, actor=owner)
    with pytest.raises(TransitionRefused, match="droit"):
        actions.invite_member(dossier, "x@labo.example", MemberRole.READER, actor=paul)
    with pytest.raises(TransitionRefused, match="droit"):
        actions.remove_member(member, actor=paul)


def test_the_page_of_the_team(dossier, owner):
    client, address = people.client_of(owner), reverse("applications:dossier_team", kwargs={"ref": dossier.ref})
    answer = client.post(address, {"email": "paul@labo.example", "role": "reader"}, follow=True)
    assert "paul@labo.example est dans l’équipe" in answer.content.decode()
    answer = client.post(address, {"email": "paul", "role": "reader"})
    assert "point" in answer.content.decode()
    remove = reverse("applications:member_remove", kwargs={"ref": dossier.ref})
    client.post(remove, {"email": "paul@labo.example"})
    assert team(dossier) == [(owner.email, "owner")]
    assert client.post(remove, {"email": "paul@labo.example"}).status_code == 404
