"""Reminders before the closing: each once, at a decent hour, to those who write, of what is missing."""

import datetime as dt

import pytest
import time_machine

from ami_portal.accounts.enums import Role
from ami_portal.jobs.actions import tick
from ami_portal.kernel import clock
from ami_portal.kernel.clock import PARIS
from ami_portal.notifications.models import Message
from ami_portal.ui.wording import instant
from applications import actions
from applications.models import Call, Reminder
from applications.reminders import mark_due
from evaluation.actions import extend_call, extend_dossier
from tests.people import a_person, staff
from tests.scenes import run_jobs

from . import small

CLOSES = dt.datetime(2026, 10, 30, 12, 0, tzinfo=PARIS)  # five days after the clocks go back
OPENS = dt.datetime(2026, 9, 1, 9, 0, tzinfo=PARIS)
MARKS = [15, 7, 2]


def paris(month, day, hour, minute=0):
    return dt.datetime(2026, month, day, hour, minute, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("at", "mark"),
    [
        (paris(10, 15, 8, 59), None),
        (paris(10, 15, 9), 15),
        (paris(10, 15, 19, 59), 15),
        (paris(10, 15, 20), None),  # nobody is reminded at night
        (paris(10, 16, 7, 59), None),
        (paris(10, 16, 10), 15),  # the clock was down for a day
        (paris(10, 17, 10), None),  # too late: the next mark will do
        (paris(10, 23, 8, 59), None),
        (paris(10, 23, 9), 7),  # in summer time, the closing in winter time
        (paris(10, 28, 9), 2),
        (paris(10, 30, 11, 59), None),
        (paris(10, 30, 12), None),
    ],
)
def test_the_mark_that_is_due(at, mark):
    assert mark_due(MARKS, CLOSES, at) == mark


def test_of_two_marks_missed_by_a_clock_only_the_last_is_due():
    assert mark_due([2, 1], CLOSES, paris(10, 29, 9, 30)) == 1
    assert mark_due([], CLOSES, paris(10, 29, 9, 30)) is None
    assert mark_due([0], CLOSES, paris(10, 30, 9)) == 0


@pytest.fixture
def call(db):
    with time_machine.travel(OPENS, tick=False):
        made = small.a_small_call()
    Call.objects.filter(pk=made.pk).update(closes_at=CLOSES, reminder_days=MARKS)
    made.refresh_from_db()
    return made


@pytest.fixture
def owner(call):
    return a_person("claire@labo.example")


@pytest.fixture
def draft(call, owner):
    with time_machine.travel(paris(9, 15, 10), tick=False):
        return actions.start_dossier(call, actor=owner)


def at(instant):
    """What the clock's minute and the worker do at an instant; the reminders written by then."""
    with time_machine.travel(instant, tick=False):
        tick(at=clock.now())
        run_jobs()
    kept = Message.objects.filter(kind="applications.closing_comes").order_by("pk")
    return [(mail.subject_ref, mail.to_email) for mail in kept]


def test_each_mark_reminds_those_who_write_once(draft, owner):
    with time_machine.travel(paris(9, 15, 10), tick=False):
        for email, role in (("redacteur@labo.example", "editor"), ("lecteur@labo.example", "reader")):
            actions.invite_member(draft, email, role, actor=owner)
    once = [(draft.ref, "claire@labo.example"), (draft.ref, "redacteur@labo.example")]
    assert at(paris(10, 15, 8, 59)) == []
    for minute in range(3):
        assert at(paris(10, 15, 9, minute)) == once
    assert at(paris(10, 23, 9)) == once * 2
    assert at(paris(10, 28, 9)) == once * 3
    assert at(paris(10, 30, 11)) == once * 3


def test_it_says_what_is_missing_and_nothing_that_was_written(call, owner):
    with time_machine.travel(paris(9, 15, 10), tick=False):
        draft = small.a_full_draft(call, owner)
        small.type_in(draft, "summary", "", actor=owner)
        small.type_in(draft, "amount", "", actor=owner)
        small.type_in(draft, "months", "", actor=owner)
    at(paris(10, 15, 9))
    mail = Message.objects.get(kind="applications.closing_comes")
    closing = " ".join(instant(CLOSES).split())
    assert mail.title == f"{draft.ref} – rappel : ce dossier n’est pas déposé, clôture le {closing}"
    assert "Il reste 3 points à compléter :\n- Projet : 1 point\n- Budget : 2 points\n" in mail.body
    assert "rechutes" not in mail.body + mail.title


def test_a_complete_draft_is_told_to_be_deposited(call, owner):
    with time_machine.travel(paris(9, 15, 10), tick=False):
        small.a_full_draft(call, owner)
    at(paris(10, 15, 9))
    assert "il reste à le relire, puis à le déposer" in Message.objects.get(kind="applications.closing_comes").body


def test_after_the_deposit_nobody_is_reminded_even_when_it_was_decided_before(call, owner):
    with time_machine.travel(paris(9, 15, 10), tick=False):
        draft = small.a_full_draft(call, owner)
    with time_machine.travel(paris(10, 15, 9), tick=False):
        actions.decide_reminders(at=clock.now())
        actions.submit_dossier(draft, actor=owner)
        actions.send_reminder(Reminder.objects.get().pk)
    assert at(paris(10, 23, 9)) == []


def test_a_draft_begun_after_the_mark_waits_for_the_next(call, owner):
    with time_machine.travel(paris(10, 15, 9, 30), tick=False):
        draft = actions.start_dossier(call, actor=owner)
    assert at(paris(10, 15, 10)) == []
    assert at(paris(10, 23, 9)) == [(draft.ref, owner.email)]


def test_reminders_follow_an_extension_for_all(call, draft, owner):
    instructor, once = staff(Role.INSTRUCTOR), [(draft.ref, owner.email)]
    assert at(paris(10, 28, 9)) == once
    with time_machine.travel(paris(10, 28, 16), tick=False):
        extend_call(call, closes_at=CLOSES + dt.timedelta(days=3), reason="Panne.", actor=instructor)
    assert at(paris(10, 28, 17)) == once  # the mail of the extension was sent: no old mark is made up for
    assert at(paris(10, 30, 9)) == once
    assert at(paris(10, 31, 9)) == once * 2
    assert at(paris(11, 2, 11)) == once * 2


def test_reminders_follow_the_extension_of_one_dossier_alone(call, draft, owner):
    instructor, other = staff(Role.INSTRUCTOR), a_person("paul@labo.example")
    with time_machine.travel(paris(9, 15, 10), tick=False):
        second = actions.start_dossier(call, actor=other)
        extend_dossier(draft, closes_at=CLOSES + dt.timedelta(days=10), reason="Panne.", actor=instructor)
    assert at(paris(10, 28, 9)) == [(second.ref, other.email)]
    assert at(paris(11, 2, 9)) == [(second.ref, other.email), (draft.ref, owner.email)]


def test_the_same_day_later_is_the_same_reminder(call, draft, owner):
    instructor = staff(Role.INSTRUCTOR)
    assert len(at(paris(10, 28, 9))) == 1
    with time_machine.travel(paris(10, 28, 8, 30), tick=False):
        extend_call(call, closes_at=CLOSES + dt.timedelta(hours=3), reason="Panne.", actor=instructor)
    assert len(at(paris(10, 28, 10))) == 1


@pytest.mark.parametrize("count", [1, 3])
def test_a_quiet_minute_asks_as_many_queries_for_one_draft_as_for_three(call, count, django_assert_num_queries):
    for number in range(count):
        with time_machine.travel(paris(9, 15, 10), tick=False):
            actions.start_dossier(call, actor=a_person(f"p{number}@labo.example"))
    at(paris(10, 15, 9))
    with time_machine.travel(paris(10, 15, 9, 1), tick=False), django_assert_num_queries(4):
        actions.decide_reminders(at=clock.now())
