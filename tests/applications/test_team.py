"""The team of a dossier: who enters, who leaves, what each may do."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from ami_portal.audit.models import AuditEvent
from ami_portal.kernel import clock
from ami_portal.notifications.models import Message
from ami_portal.workflow import TransitionRefused
from applications import actions
from applications.actions.team import MAX_MEMBERS
from applications.enums import MemberRole
from applications.models import Dossier
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


@pytest.mark.parametrize("state", ["draft", "submitted", "eligible"])
def test_from_the_closing_to_the_decision_the_team_stands(dossier, owner, state):
    paul = people.a_person("paul@labo.example")
    member = actions.invite_member(dossier, paul.email, "editor", actor=owner)
    stamp = None if state == "draft" else clock.now()
    Dossier.objects.filter(pk=dossier.pk).update(state=state, submitted_at=stamp)
    acts = [
        lambda: actions.invite_member(dossier, "lea@labo.example", "reader", actor=owner),
        lambda: actions.remove_member(member, actor=owner),
        lambda: actions.hand_over_dossier(member, actor=owner),
    ]
    with time_machine.travel(dossier.closes_at, tick=False):
        for act in acts:
            with pytest.raises(TransitionRefused) as refused:
                act()
            said = f"De la clôture à la décision, l’équipe ne change pas. Écrivez à {dossier.call.contact}."
            assert str(refused.value) == said
        page = people.client_of(owner).get(reverse("applications:dossier_team", args=[dossier.ref])).content.decode()
        assert (said in page, "Inviter un collègue" in page, "Confier le dossier" in page) == (True, False, False)
    with time_machine.travel(dossier.closes_at - dt.timedelta(microseconds=1), tick=False):
        for act in acts[:2]:
            act()


def test_a_laureate_s_team_changes_again(dossier, owner):
    Dossier.objects.filter(pk=dossier.pk).update(state="laureate", submitted_at=clock.now())
    with time_machine.travel(dossier.closes_at + dt.timedelta(days=90), tick=False):
        member = actions.invite_member(dossier, "lea@labo.example", "editor", actor=owner)
        actions.remove_member(member, actor=owner)
