"""Somebody who left is taken out of a team under examination by the staff, with a reason, and by nobody else."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from ami_portal.accounts.enums import Role
from ami_portal.accounts.models import RoleGrant
from ami_portal.audit.models import AuditEvent
from ami_portal.kernel.text import sha256_of
from ami_portal.notifications.models import Message
from ami_portal.workflow import TransitionRefused
from applications.enums import MemberRole
from applications.models import DossierMember
from evaluation import actions
from evaluation.actions.leaving import GONE, HOLDS_A_ROLE, NO_REASON, NOT_NOW, OWNER
from evaluation.actions.locks import NOT_ALLOWED
from tests import people
from tests.applications.asked import ASKED, WRITTEN, a_deposit, an_instructor, ask

pytestmark = pytest.mark.django_db
LEAVER = "paul@labo.example"


@pytest.fixture
def owner():
    return people.a_person("claire@labo.example")


@pytest.fixture
def deposit(owner):
    dossier = a_deposit(owner)
    DossierMember.objects.create(dossier=dossier, email=LEAVER, role=MemberRole.EDITOR, invited_at=WRITTEN)
    return dossier


@pytest.fixture
def instructor():
    return an_instructor()


def refused(dossier, email, *, reason="Départ de l’équipe.", actor, at=ASKED):
    """The sentence of the refusal; the team then stays as it was."""
    before = list(dossier.members.values_list("email", flat=True))
    with time_machine.travel(at, tick=False), pytest.raises(TransitionRefused) as found:
        actions.take_out_member(dossier, email, reason=reason, actor=actor)
    assert list(dossier.members.values_list("email", flat=True)) == before
    return str(found.value)


def test_take_out_member_ends_a_right_with_its_trace_and_tells_who_left_and_the_owner(deposit, owner, instructor):
    left = people.a_person(LEAVER)
    with time_machine.travel(ASKED, tick=False):
        actions.take_out_member(deposit, LEAVER, reason="Départ de l’équipe.", actor=instructor)
        shown = people.client_of(left).get(reverse("applications:dossier_detail", args=[deposit.ref]))
    assert list(deposit.members.values_list("email", flat=True)) == [owner.email]
    assert shown.status_code == 404
    event = AuditEvent.objects.get(verb="dossier.take_out_member")
    assert (event.subject, event.actor, event.at, event.data) == (
        deposit.ref, instructor, ASKED, {"email_sha256": sha256_of(LEAVER), "reason": "Départ de l’équipe."},
    )  # fmt: skip
    mails = Message.objects.filter(kind="evaluation.member_taken_out").order_by("pk")
    assert [mail.to_email for mail in mails] == [LEAVER, owner.email]
    assert "Vous ne faites plus partie de l’équipe" in mails[0].body
    assert f"{LEAVER} ne fait plus partie de l’équipe" in mails[1].body
    assert not any("Départ" in mail.body for mail in mails)
    assert refused(deposit, LEAVER, actor=instructor) == GONE


def test_who_may_not_be_taken_out_nor_take_out(deposit, owner, instructor):
    assert refused(deposit, owner.email, actor=instructor) == OWNER
    assert refused(deposit, LEAVER, reason=" ", actor=instructor) == NO_REASON
    assert "2000 caractères" in refused(deposit, LEAVER, reason="x" * 2001, actor=instructor)
    for role in (Role.JURY_SECRETARY, Role.ADMINISTRATOR, Role.DATA_STEWARD):
        assert refused(deposit, LEAVER, actor=people.staff(role)) == NOT_ALLOWED
    assert refused(deposit, LEAVER, actor=owner) == NOT_ALLOWED
    DossierMember.objects.create(dossier=deposit, email=instructor.email, role=MemberRole.READER, invited_at=WRITTEN)
    assert refused(deposit, LEAVER, actor=instructor) == NOT_ALLOWED


def test_a_place_in_the_team_that_keeps_somebody_away_is_not_erased(deposit, instructor):
    juror = people.a_person(LEAVER)
    RoleGrant.objects.create(user=juror, role=Role.JUROR)
    assert refused(deposit, LEAVER, actor=instructor) == HOLDS_A_ROLE


def test_before_the_closing_the_owner_does_it_and_during_a_completion_the_staff(deposit, instructor):
    assert refused(deposit, LEAVER, actor=instructor, at=WRITTEN + dt.timedelta(days=1)) == NOT_NOW
    returned = ask(deposit, instructor)
    with time_machine.travel(ASKED, tick=False):
        actions.take_out_member(returned, LEAVER, reason="Départ.", actor=instructor)
    assert AuditEvent.objects.filter(verb="dossier.take_out_member").count() == 1


@time_machine.travel(ASKED, tick=False)
def test_the_page_says_what_follows_keeps_what_was_typed_and_does_it(deposit, owner, instructor):
    client = people.client_of(instructor)
    url = reverse("admin:staff_take_out", args=[deposit.ref])
    content = reverse("admin:staff_content", args=[deposit.ref])
    assert url in client.get(content).content.decode()
    page = client.get(url).content.decode()
    assert (LEAVER in page, owner.email in page, "avertis par courriel" in page) == (True, False, True)
    again = client.post(url, {"email": LEAVER, "reason": ""})
    assert (again.status_code, "checked" in again.content.decode()) == (422, True)
    assert client.post(url, {"email": LEAVER, "reason": "Départ."}).url == content
    assert "seul dans l’équipe" in client.get(url).content.decode()
    with time_machine.travel(WRITTEN + dt.timedelta(days=1), tick=False):
        early = people.client_of(instructor)
        assert NOT_NOW in early.get(url).content.decode()
        assert url not in early.get(content).content.decode()
