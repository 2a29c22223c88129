"""A later closing, for all or for one dossier: both sides of the new instant, who waits for it, every refusal."""

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, transaction

from ami_portal.audit.models import AuditEvent
from ami_portal.notifications.models import Message
from ami_portal.workflow import TransitionRefused
from applications import actions as dossiers
from applications.models import Dossier, Extension
from evaluation import actions
from evaluation.actions.closing import tell_extension
from tests.applications import small
from tests.people import a_person

from .helpers import journal, refusal
from .scenes import instructor, secretary

SECOND, DAY = dt.timedelta(seconds=1), dt.timedelta(days=1)
REASON = "Le portail n’a pas répondu pendant deux heures la veille de la clôture."


@pytest.fixture
def call(db):
    return small.a_small_call()


@pytest.fixture
def draft(call):
    return small.a_full_draft(call, a_person("claire@labo.example"))


def other_draft(call, email="paul@labo.example"):
    return small.a_full_draft(call, a_person(email))


def owner_of(dossier):
    return small.User.objects.get(email=dossier.members.get(role="owner").email)


def extend(thing, by=3 * DAY, reason=REASON, actor=None):
    act = actions.extend_dossier if isinstance(thing, Dossier) else actions.extend_call
    return act(thing, closes_at=thing.closes_at + by, reason=reason, actor=actor or instructor())


def submit(dossier):
    """Whether the deposit is taken."""
    dossier = Dossier.objects.get(pk=dossier.pk)
    try:
        dossiers.submit_dossier(dossier, actor=owner_of(dossier))
    except TransitionRefused:
        return False
    return True


@pytest.mark.parametrize(("before", "taken"), [(SECOND, True), (0 * SECOND, False), (-SECOND, False)])
def test_an_extension_for_all_moves_the_closing_for_everybody(call, draft, before, taken):
    extend(call)
    call.refresh_from_db()
    with time_machine.travel(call.closes_at - before, tick=False):
        assert submit(draft) is taken


@pytest.mark.parametrize(("before", "taken"), [(SECOND, True), (0 * SECOND, False), (-SECOND, False)])
def test_an_extension_for_one_dossier_given_after_the_closing_reopens_it_alone(call, draft, before, taken):
    other = other_draft(call)
    with time_machine.travel(call.closes_at + DAY, tick=False):
        assert (submit(draft), submit(other)) == (False, False)
        extend(draft)
    new_closing = call.closes_at + 3 * DAY
    with time_machine.travel(new_closing - before, tick=False):
        assert (submit(other), submit(draft)) == (False, taken)


def test_what_an_extension_reopens_can_be_typed_taken_back_and_no_other_be_begun(call, draft):
    owner = owner_of(draft)
    with time_machine.travel(call.closes_at + DAY, tick=False):
        extend(draft)
        draft.refresh_from_db()
        assert small.type_in(draft, "title", "Un titre de plus", actor=owner).version == 2
        assert submit(draft)
        draft.refresh_from_db()
        dossiers.reopen_dossier(draft, actor=owner)
        with pytest.raises(TransitionRefused, match="pas ouvert"):
            dossiers.start_dossier(call, actor=owner)


def test_the_later_of_the_two_closings_counts(call, draft):
    extend(draft, by=2 * DAY)
    extend(call, by=5 * DAY)
    draft = Dossier.objects.select_related("call").get(pk=draft.pk)
    assert (draft.closes_at, draft.is_extended) == (draft.call.closes_at, False)


def test_an_extension_is_written_told_and_published_once(call, draft):
    reader = dossiers.invite_member(draft, "lecteur@labo.example", "reader", actor=owner_of(draft))
    Message.objects.all().delete()
    extension = extend(draft)
    for _ in range(2):
        tell_extension(extension.pk)
    assert journal(draft.ref, "dossier.extend") == [("dossier.extend", "", "")]
    event = AuditEvent.objects.get(verb="dossier.extend")
    assert event.data["reason"] == REASON
    mails = Message.objects.order_by("to_email")
    assert [(mail.to_email, mail.title) for mail in mails] == [
        ("claire@labo.example", f"{draft.ref} – clôture prolongée pour ce dossier"),
        (reader.email, f"{draft.ref} – clôture prolongée pour ce dossier"),
    ]
    assert REASON not in mails[0].body


def test_an_extension_for_all_tells_those_who_draft_and_those_who_deposited(call, draft):
    deposited, withdrawn = other_draft(call), other_draft(call, "zoe@labo.example")
    assert submit(deposited)
    dossiers.withdraw_dossier(withdrawn, actor=owner_of(withdrawn))
    Message.objects.all().delete()
    tell_extension(extend(call).pk)
    told = Message.objects.filter(kind="evaluation.closing_extended").values_list("subject_ref", flat=True)
    assert sorted(told) == sorted([draft.ref, deposited.ref])


def test_the_jury_waits_for_the_last_extension_and_eligibility_for_its_own(call, draft):
    deposited = other_draft(call)
    assert submit(deposited)
    extend(draft)
    with time_machine.travel(call.closes_at, tick=False):
        assert "prolongation" in refusal(actions.open_session, call, actor=secretary())
        actions.declare_eligible(deposited, actor=instructor())  # no criterion in this call: its own closing is past
    with time_machine.travel(call.closes_at + 3 * DAY - SECOND, tick=False):
        assert submit(draft)
        draft.refresh_from_db()
        assert "clôture" in refusal(actions.declare_eligible, draft, actor=instructor())
        assert "prolongation" in refusal(actions.open_session, call, actor=secretary())
    with time_machine.travel(call.closes_at + 3 * DAY, tick=False):
        actions.declare_eligible(draft, actor=instructor())
        actions.open_session(call, actor=secretary())


def test_the_jury_does_not_wait_for_an_extended_dossier_that_was_withdrawn(call, draft):
    extend(draft)
    dossiers.withdraw_dossier(draft, actor=owner_of(draft))
    with time_machine.travel(call.closes_at, tick=False):
        actions.open_session(call, actor=secretary())


def test_once_the_jury_is_open_no_closing_moves(call, draft):
    with time_machine.travel(call.closes_at, tick=False):
        actions.open_session(call, actor=secretary())
        assert {refusal(extend, call), refusal(extend, draft)} == {
            "La séance du jury est ouverte : la clôture ne bouge plus."
        }


def test_once_a_dossier_is_decided_the_closing_moves_no_more_for_all(call, draft):
    deposited = other_draft(call)
    assert submit(deposited)
    with time_machine.travel(call.closes_at, tick=False):
        actions.declare_eligible(deposited, actor=instructor())
        assert "déjà décidé" in refusal(extend, call)
        extend(draft)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"by": 0 * DAY}, "vient après"),
        ({"by": -DAY}, "vient après"),
        ({"reason": "  "}, "Donnez le motif"),
        ({"reason": "x" * 1001}, "1000 caractères"),
        ({"reason": "Panne chez claire@labo.example."}, "ne nomme"),
        ({"reason": "Panne pour le dossier PETIT-2026-0001."}, "ne nomme"),
        ({"reason": "Panne à l’université de nulle-part."}, "ne nomme"),
    ],
)
def test_what_is_refused(draft, changes, words):
    assert words in refusal(extend, draft, **changes)
    assert not Extension.objects.exists()


def test_a_past_instant_is_refused(call, draft):
    with time_machine.travel(call.closes_at + 5 * DAY, tick=False):
        assert {refusal(extend, call), refusal(extend, draft)} == {"Cet instant est passé : choisissez-en un à venir."}


def test_a_call_that_is_not_open_yet_is_not_extended(call):
    with time_machine.travel(call.opens_at - SECOND, tick=False):
        assert "pas encore ouvert" in refusal(extend, call)


def test_only_a_draft_is_extended(draft):
    assert submit(draft)
    assert "Seul un brouillon" in refusal(extend, Dossier.objects.get(pk=draft.pk))


def test_the_same_extension_twice_is_one(call, draft):
    new = call.closes_at + DAY
    extend(draft, by=DAY)
    assert "vient après" in refusal(actions.extend_dossier, draft, closes_at=new, reason=REASON, actor=instructor())
    assert Extension.objects.count() == 1


def test_nobody_else_extends_nor_an_instructor_for_themselves(call, draft):
    dossiers.invite_member(draft, instructor().email, "reader", actor=owner_of(draft))
    refusals = {
        refusal(extend, thing, actor=actor)
        for thing in (call, draft)
        for actor in (secretary(), owner_of(draft), instructor())
    }
    assert refusals == {"Vous n’avez pas le droit de faire cette action."}


def test_the_database_refuses_an_extension_without_reason_or_earlier(call):
    plain = {"call": call, "closed_at": call.closes_at, "given_at": call.opens_at, "given_by": instructor()}
    for wrong in ({"closes_at": call.closes_at, "reason": "x"}, {"closes_at": call.closes_at + DAY, "reason": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Extension.objects.create(**plain, **wrong)


def test_an_extension_for_all_is_in_the_history_of_the_calendar_without_a_name(call):
    before = call.closes_at
    extension = extend(call)
    move = call.moves.get()
    moved = (dt.datetime.fromisoformat(move.before), dt.datetime.fromisoformat(move.after))
    assert (move.date, moved, move.by, move.reason) == (
        "closes_at", (before, extension.closes_at), call.operator, REASON,
    )  # fmt: skip


def in_rounds(call, *, gap=2 * DAY):
    """Two rounds: the first closes when the call did, the second opens `gap` later."""
    first, call.closes_at = call.closes_at, call.closes_at + 40 * DAY
    rows = [("un", "Un", call.opens_at, first), ("deux", "Deux", first + gap, call.closes_at)]
    call.rounds = [
        {"code": code, "label": label, "opens_at": opens.isoformat(), "closes_at": closes.isoformat()}
        for code, label, opens, closes in rows
    ]
    call.save(update_fields=["rounds", "closes_at"])
    call.dossiers.update(round="un")
    return first


def until(draft, closes_at):
    """The draft read again, extended until an instant."""
    again = Dossier.objects.select_related("call").get(pk=draft.pk)
    return actions.extend_dossier(again, closes_at=closes_at, reason=REASON, actor=instructor())


def test_between_two_rounds_only_an_extended_draft_is_open(call, draft):
    """It counts from the closing of the round that has ended, and its deposit is of that round."""
    first = in_rounds(call)
    with time_machine.travel(first + DAY, tick=False):
        assert not submit(draft)
        extension = until(draft, first + 2 * DAY)
        again = Dossier.objects.select_related("call").get(pk=draft.pk)
        assert (extension.closed_at, again.closes_at, again.is_extended) == (first, first + 2 * DAY, True)
    with time_machine.travel(first + 2 * DAY - SECOND, tick=False):
        assert submit(draft)
    assert Dossier.objects.get(pk=draft.pk).round == "un"


def test_an_extension_stops_where_the_next_round_opens(call, draft):
    first = in_rounds(call, gap=0 * DAY)
    with time_machine.travel(first - DAY, tick=False):
        said = refusal(until, draft, first + SECOND)
        assert ("Le tour « Deux » est ouvert à cet instant" in said, "Prolongez au plus" in said) == (True, True)
        until(draft, call.closes_at + DAY)


def test_what_an_extension_counts_from_is_said_where_there_are_several_rounds(call, draft):
    first = in_rounds(call)
    assert "C’est celle du dernier tour (Deux)" in refusal(
        actions.extend_call, call, closes_at=first + DAY, reason=REASON, actor=instructor()
    )
    with time_machine.travel(first + 3 * DAY, tick=False):
        assert "Ce dossier est passé au tour « Deux »." in refusal(until, draft, first + 4 * DAY)
