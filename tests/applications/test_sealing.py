"""The deposit asked for beforehand: at the closing, what is there if it is complete; once, and to the instant."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from ami_portal.audit.models import AuditEvent
from ami_portal.documents import measure
from ami_portal.notifications.models import Message
from ami_portal.workflow import TransitionRefused
from applications import actions, reading
from applications.enums import DossierState, MemberRole, SealingOutcome
from applications.models import Call, DossierVersion, Sealing
from tests import people, scenes
from tests.applications import small
from tests.applications.test_concurrency import together
from tests.documents import files

MICROSECOND = dt.timedelta(microseconds=1)


@pytest.fixture
def full(call, owner):
    return small.a_full_draft(call, owner)


@pytest.fixture
def asked(full, owner):
    actions.ask_sealing(full, actor=owner)
    return full


def settle(at):
    with time_machine.travel(at, tick=False):
        return actions.settle_sealings(at=at)


@pytest.mark.parametrize(("shift", "state"), [(-MICROSECOND, "draft"), (dt.timedelta(), "submitted")])
def test_it_is_deposited_from_the_closing_on(asked, owner, shift, state):
    settle(asked.closes_at + shift)
    asked.refresh_from_db()
    assert asked.state == state
    if state == "draft":
        return
    version = asked.versions.get()
    assert (version.submitted_at, version.submitted_by) == (asked.closes_at - MICROSECOND, owner)
    assert asked.submitted_at == version.submitted_at
    assert reading.frozen(version).title == asked.title
    assert Sealing.objects.get().outcome == SealingOutcome.DEPOSITED
    verbs = AuditEvent.objects.filter(subject=asked.ref).values_list("verb", "actor")
    assert list(verbs)[-2:] == [("dossier.seal", None), ("dossier.settle_sealing", None)]


def test_its_receipt_follows(asked, owner):
    settle(asked.closes_at)
    with time_machine.travel(asked.closes_at + dt.timedelta(minutes=1), tick=False):
        actions.build_receipt(version_id=asked.versions.get().pk)
    mail = Message.objects.get(kind="applications.receipt")
    assert "La clôture est passée" in mail.body
    assert asked.versions.get().receipt is not None


def test_it_takes_what_was_there_last(asked, owner):
    with time_machine.travel(asked.closes_at - MICROSECOND, tick=False):
        small.type_in(asked, "summary", "Au dernier instant.", actor=owner)
    settle(asked.closes_at + dt.timedelta(minutes=3))
    assert reading.frozen(asked.versions.get()).answer("summary") == "Au dernier instant."


def test_an_incomplete_draft_is_not_deposited_and_its_team_is_told(asked, owner):
    small.type_in(asked, "title", "", actor=owner)
    assert (settle(asked.closes_at), settle(asked.closes_at)) == (1, 0)
    asked.refresh_from_db()
    assert (asked.state, Sealing.objects.get().outcome) == ("draft", SealingOutcome.INCOMPLETE)
    mail = Message.objects.get(kind="applications.not_sealed")
    assert mail.title == f"{asked.ref} – non déposé à la clôture : dossier incomplet"
    assert "Il manquait 1 point :\n- Titre" in mail.body


def test_a_file_under_control_is_waited_for(asked, owner):
    pending = actions.deposit_file(asked, "cv", files.uploaded("cv.pdf"), actor=owner)
    assert settle(asked.closes_at) == 0
    measure.inspect(pending.document_id)
    assert settle(asked.closes_at + dt.timedelta(minutes=1)) == 1
    asked.refresh_from_db()
    assert asked.submitted_at == asked.closes_at - MICROSECOND


def test_who_deposited_before_is_not_deposited_twice(asked, owner):
    actions.submit_dossier(asked, actor=owner)
    settle(asked.closes_at)
    assert (asked.versions.count(), Sealing.objects.get().outcome) == (1, SealingOutcome.MOOT)


def test_an_extension_is_waited_for(asked, owner):
    closing = asked.closes_at
    asked.extended_until = closing + dt.timedelta(days=1)
    asked.save(update_fields=["extended_until"])
    assert (settle(closing), settle(asked.extended_until)) == (0, 1)
    assert asked.versions.get().submitted_at == asked.extended_until - MICROSECOND


def test_a_request_is_for_the_round_in_which_it_is_made(asked):
    """Of several rounds, the one that closes next: not the last closing of the call."""
    opens_at, last = asked.call.opens_at, asked.call.closes_at
    first = last - dt.timedelta(days=10)
    rounds = [("premier", opens_at, first), ("second", last - dt.timedelta(days=5), last)]
    Call.objects.filter(pk=asked.call_id).update(
        rounds=[
            {"code": code, "label": code, "opens_at": start.isoformat(), "closes_at": end.isoformat()}
            for code, start, end in rounds
        ]
    )
    assert (settle(first - MICROSECOND), settle(first)) == (0, 1)
    assert asked.versions.get().submitted_at == first - MICROSECOND


def test_asking_and_taking_back_are_once_each(full, owner):
    for act in (actions.ask_sealing, actions.ask_sealing, actions.revoke_sealing, actions.revoke_sealing):
        act(full, actor=owner)
    verbs = AuditEvent.objects.filter(subject=full.ref, verb__contains="sealing").values_list("verb", flat=True)
    assert list(verbs) == ["dossier.ask_sealing", "dossier.revoke_sealing"]
    assert settle(full.closes_at) == 0
    full.refresh_from_db()
    assert full.state == DossierState.DRAFT


@pytest.mark.parametrize("act", [actions.ask_sealing, actions.revoke_sealing])
def test_who_and_when_it_is_refused(full, owner, act):
    other = people.a_person("autre@labo.example")
    actions.invite_member(full, other.email, MemberRole.EDITOR, actor=owner)
    with pytest.raises(TransitionRefused, match="Seul le porteur"):
        act(full, actor=other)
    with time_machine.travel(full.closes_at, tick=False), pytest.raises(TransitionRefused, match="clos"):
        act(full, actor=owner)
    actions.submit_dossier(full, actor=owner)
    with pytest.raises(TransitionRefused, match="plus un brouillon"):
        act(full, actor=owner)


@pytest.mark.parametrize("hour", [0, 1], ids=["the first 2:30", "the second 2:30"])
def test_the_night_when_the_clocks_change(full, owner, hour):
    """On 25 October 2026 it is 2:30 twice in Paris: each is its own instant."""
    closing = dt.datetime(2026, 10, 25, hour, 30, tzinfo=dt.UTC)
    Call.objects.filter(pk=full.call_id).update(opens_at=closing - dt.timedelta(days=30), closes_at=closing)
    with time_machine.travel(closing - dt.timedelta(minutes=1), tick=False):
        full.refresh_from_db()
        full.call.refresh_from_db()
        actions.ask_sealing(full, actor=owner)
    assert settle(closing - MICROSECOND) == 0
    assert settle(closing) == 1
    assert full.versions.get().submitted_at == closing - MICROSECOND


def test_the_page_asks_says_and_takes_back(full, owner):
    client, address = people.client_of(owner), reverse("applications:dossier_sealing", kwargs={"ref": full.ref})
    ask = "Déposer ce qui est là à la clôture si le dossier est complet"
    detail = reverse("applications:dossier_detail", kwargs={"ref": full.ref})
    assert ask in client.get(detail).content.decode()
    page = client.post(address, {"act": "ask"}, follow=True).content.decode()
    for words in ("Dépôt demandé à la clôture", "Ce dossier n’est pas encore déposé", "Ne plus le demander"):
        assert words in page
    assert "Dépôt demandé à la clôture" in client.get(detail.rstrip("/") + "/deposer").content.decode()
    assert ask in client.post(address, {"act": "revoke"}, follow=True).content.decode()
    with time_machine.travel(full.closes_at, tick=False):
        client = people.client_of(owner)
        assert "L’appel est clos" in client.post(address, {"act": "ask"}, follow=True).content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_clocks_are_one():
    owner = people.a_person("claire@labo.example")
    full = small.a_full_draft(small.a_small_call(), owner)
    actions.ask_sealing(full, actor=owner)
    scenes.after_closing(full.call)
    at = full.call.closes_at + dt.timedelta(hours=1)
    results = together(*(lambda: actions.settle_sealings(at=at) for _ in range(3)))
    assert sorted(results) == [0, 0, 1]
    assert DossierVersion.objects.count() == 1
