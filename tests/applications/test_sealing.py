"""The deposit asked for beforehand: at the closing, what is there if it is complete; once, and to the instant."""

import copy
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
    first = in_rounds(asked, gap=dt.timedelta(days=5))
    assert (settle(first - MICROSECOND), settle(first)) == (0, 1)
    assert asked.versions.get().submitted_at == first - MICROSECOND


def in_rounds(dossier, *, gap=dt.timedelta()):
    """The closing becomes that of a first round, and a second one opens `gap` after it; the closing of the first."""
    first = dossier.call.closes_at
    last = first + dt.timedelta(days=30)
    rounds = [("premier", dossier.call.opens_at, first), ("second", first + gap, last)]
    Call.objects.filter(pk=dossier.call_id).update(
        closes_at=last,
        rounds=[
            {"code": code, "label": code, "opens_at": start.isoformat(), "closes_at": end.isoformat()}
            for code, start, end in rounds
        ],
    )
    dossier.call.refresh_from_db()
    return first


def test_where_rounds_touch_nothing_moves_between_the_bell_and_the_deposit(asked, owner):
    """The second round is open at once: what is typed, deposited or handed over in that minute is refused."""
    bell = in_rounds(asked)
    paul = people.a_person("paul@labo.example")
    member = actions.invite_member(asked, paul.email, MemberRole.EDITOR, actor=owner)
    with time_machine.travel(bell - MICROSECOND, tick=False):
        small.type_in(asked, "summary", "Au dernier instant.", actor=owner)
    acts = [
        lambda: small.type_in(asked, "summary", "Une seconde trop tard.", actor=owner),
        lambda: actions.add_row(asked, "costs", actor=owner),
        lambda: actions.deposit_file(asked, "cv", files.uploaded("cv.pdf"), actor=owner),
        lambda: actions.submit_dossier(asked, actor=owner),
        lambda: actions.withdraw_dossier(asked, actor=owner),
        lambda: actions.ask_sealing(asked, actor=owner),
        lambda: actions.revoke_sealing(asked, actor=owner),
        lambda: actions.hand_over_dossier(member, actor=owner),
    ]
    with time_machine.travel(bell + dt.timedelta(seconds=30), tick=False):
        for act in acts:
            with pytest.raises(TransitionRefused, match="le dépôt que le porteur a demandé est en cours"):
                act()
    settle(bell + dt.timedelta(minutes=1))
    version = asked.versions.get()
    assert (version.submitted_at, reading.frozen(version).answer("summary")) == (
        bell - MICROSECOND,
        "Au dernier instant.",
    )
    asked.refresh_from_db()
    assert asked.round == "premier"


def test_a_draft_that_was_not_complete_goes_on_in_the_round_that_follows(asked, owner):
    bell = in_rounds(asked)
    small.type_in(asked, "title", "", actor=owner)
    settle(bell)
    with time_machine.travel(bell + dt.timedelta(minutes=2), tick=False):
        small.type_in(asked, "title", "Repris", actor=owner)
        version = actions.submit_dossier(asked, actor=owner)
    assert reading.frozen(version).title == "Repris"


def revised(dossier, *, at, is_asked=False):
    """A revision of the form with one more question, published at an instant; its drafts have not followed it yet."""
    definition = copy.deepcopy(small.FORM)
    more = {"code": "more", "type": "text", "label": "De plus", "required": is_asked}
    definition["sections"][0]["questions"].append(more)
    with time_machine.travel(at, tick=False):
        return small.publish(dossier.call, definition)


@pytest.mark.parametrize("is_before", [True, False])
def test_the_form_is_the_one_of_the_last_instant_before_the_closing(asked, is_before):
    """A revision published just before is followed first; one published just after is not."""
    first, bell = asked.form_revision, in_rounds(asked)
    revision = revised(asked, at=bell - MICROSECOND if is_before else bell)
    if not is_before:
        with time_machine.travel(bell, tick=False):
            actions.follow_form(dossier_id=asked.pk)
    settle(bell)
    asked.refresh_from_db()
    assert (asked.state, asked.form_revision) == ("submitted", revision if is_before else first)


def test_what_a_revision_asks_before_the_closing_is_asked_of_the_deposit_too(asked):
    revision = revised(asked, at=asked.closes_at - MICROSECOND, is_asked=True)
    settle(asked.closes_at)
    asked.refresh_from_db()
    assert (asked.state, asked.form_revision) == ("draft", revision)
    assert "- De plus" in Message.objects.get(kind="applications.not_sealed").body


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
