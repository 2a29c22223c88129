"""The delay of a request for completion: reminded of once, in the agenda of its team, judged by its deposit’s rules."""

import datetime as dt

import pytest
import time_machine
from icalendar import Calendar

from ami_portal.jobs.actions import tick
from ami_portal.kernel.clock import PARIS
from ami_portal.notifications.models import Message
from applications import actions, agenda, drafts
from applications.enums import MemberRole
from applications.models import Call, DossierMember, RegulationVersion
from applications.reminders import marks_within
from evaluation.actions import prolong_completion
from tests import people
from tests.applications import small
from tests.applications.asked import ASKED, WRITTEN, a_deposit, an_instructor, ask
from tests.scenes import run_jobs

LAST_DAY = dt.date(2026, 12, 9)


def paris(day, hour, minute=0):
    return dt.datetime(2026, 12, day, hour, minute, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("marks", "asked_on", "due_on", "expected"),
    [
        ([15, 7, 2], dt.date(2026, 11, 25), LAST_DAY, [7, 2]),
        ([15], dt.date(2026, 11, 25), LAST_DAY, [2]),  # Monday, with Tuesday and Wednesday left
        ([14], dt.date(2026, 11, 25), LAST_DAY, [2]),  # the day of the request says it already
        ([], dt.date(2026, 12, 10), dt.date(2026, 12, 28), [5]),  # Wednesday 23, with the 24 and the 28 left
    ],
)
def test_the_marks_of_a_delay(marks, asked_on, due_on, expected):
    assert marks_within(marks, asked_on, due_on) == expected


@pytest.fixture
def owner(db):
    return people.a_person("claire@labo.example")


@pytest.fixture
def deposit(owner):
    dossier = a_deposit(owner)
    for email, role in (("paul@labo.example", MemberRole.EDITOR), ("lise@labo.example", MemberRole.READER)):
        DossierMember.objects.create(dossier=dossier, email=email, role=role, invited_at=WRITTEN)
    Call.objects.update(reminder_days=[])
    return dossier


def reminded(at):
    """Who is reminded at an instant by the clock, however often it turns."""
    before = set(Message.objects.values_list("pk", flat=True))
    with time_machine.travel(at, tick=False):
        tick(at=at)
        tick(at=at)
        run_jobs()
    mails = Message.objects.filter(kind="applications.completion_comes").exclude(pk__in=before)
    return sorted(mails.values_list("to_email", flat=True))


def test_those_who_write_are_reminded_once_then_once_more_when_it_is_prolonged(deposit, owner):
    instructor = an_instructor()
    ask(deposit, instructor)
    writers = [owner.email, "paul@labo.example"]
    assert [reminded(at) for at in (paris(7, 8, 59), paris(7, 9), paris(7, 10), paris(8, 9))] == [[], writers, [], []]
    mail = Message.objects.filter(kind="applications.completion_comes").first()
    assert mail.title == f"{deposit.ref} – complément : le délai se termine"
    assert "9 décembre 2026 à 24 h 00" in mail.body.replace("\u00a0", " ")
    with time_machine.travel(paris(9, 9), tick=False):
        prolong_completion(deposit, due_on=dt.date(2026, 12, 16), reason="Panne.", actor=instructor)
    assert [reminded(at) for at in (paris(9, 9, 30), paris(14, 9), paris(15, 9))] == [[], writers, []]


def test_nobody_is_reminded_of_what_is_sent_or_over(deposit, owner):
    returned = ask(deposit, an_instructor())
    with time_machine.travel(paris(7, 8), tick=False):
        small.type_in(returned, "summary", "Des femmes de 40 à 60 ans.", actor=owner)
        actions.answer_completion(returned, actor=owner)
    assert reminded(paris(7, 9)) == []


def test_a_reply_sent_while_the_reminder_waits_makes_it_vain(deposit, owner):
    returned = ask(deposit, an_instructor())
    with time_machine.travel(paris(7, 9), tick=False):
        actions.decide_reminders(at=paris(7, 9))
        small.type_in(returned, "summary", "Des femmes de 40 à 60 ans.", actor=owner)
        actions.answer_completion(returned, actor=owner)
    assert reminded(paris(7, 9, 5)) == []


def last_days(dossier):
    """The event of the delay in the agenda of a dossier: identifier, sequence, first day, end."""
    dossier.refresh_from_db()
    found = Calendar.from_ical(agenda.of_dossier(dossier, address="https://appels.example/x"))
    events = [event for event in found.walk("VEVENT") if ".completion." in event["uid"]]
    return [(str(e["uid"]), e["sequence"], e["dtstart"].dt, e["dtend"].dt) for e in events]


def test_the_delay_is_in_the_agenda_of_the_team_as_long_as_it_runs(deposit, owner):
    assert last_days(deposit) == []
    instructor = an_instructor()
    ask(deposit, instructor)
    uid = f"{deposit.ref}.completion.1@appels.example"
    assert last_days(deposit) == [(uid, 1, LAST_DAY, dt.date(2026, 12, 10))]
    with time_machine.travel(paris(9, 9), tick=False):
        prolong_completion(deposit, due_on=dt.date(2026, 12, 16), reason="Panne.", actor=instructor)
        page = people.client_of(owner).get(f"/dossiers/{deposit.ref}/complement").content.decode()
    assert last_days(deposit) == [(uid, 2, dt.date(2026, 12, 16), dt.date(2026, 12, 17))]
    assert "Ajouter ce délai à mon agenda" in page


def test_a_completion_is_judged_by_the_regulation_of_its_deposit(deposit):
    call = deposit.call
    before = dict(call.regulation)
    RegulationVersion.objects.create(
        call=call, version=call.regulation_version, content=before, sha256="0" * 64, in_force_from=WRITTEN
    )
    returned = ask(deposit, an_instructor())
    returned.call.regulation = before | {"version": "2", "max_grant": "1"}
    returned.call.save(update_fields=["regulation"])
    with time_machine.travel(ASKED, tick=False):
        assert drafts.load(returned).regulation == drafts.load(returned).in_english().regulation == before
        assert (
            drafts.load(actions.start_dossier(call_again(call), actor=people.a_person("anne@labo.example"))).regulation[
                "version"
            ]
            == "2"
        )


def call_again(call):
    """The same call, open again for a draft of today."""
    Call.objects.filter(pk=call.pk).update(closes_at=ASKED + dt.timedelta(days=9))
    return Call.objects.get(pk=call.pk)
