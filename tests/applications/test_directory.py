"""The company directory is asked by tasks: its answer is kept, its failures are asked again, nobody waits."""

import datetime as dt

import pytest
import time_machine

from ami_portal.jobs.models import Job
from ami_portal.kernel import clock
from ami_portal.kernel.text import sha256_of
from applications import actions, directory
from applications.models import DirectoryAnswer, Dossier
from tests import scenes
from tests.gateways.directory import Fake, unit
from tests.people import a_person

SIRET = "13002526500013"
NOON = dt.datetime(2026, 11, 25, 11, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def fake(db, settings):
    found = Fake()
    with found.open() as url, time_machine.travel(NOON, tick=False):
        settings.COMPANY_DIRECTORY_URL = url
        yield found


def known():
    return directory.facts_on([SIRET])[SIRET]


def test_an_answer_is_kept_dated_and_with_its_fingerprint(fake):
    fake.put(unit(SIRET[:9], SIRET))
    actions.want_companies([SIRET], at=NOON)
    assert known().status == "waiting"
    scenes.run_jobs()
    row = DirectoryAnswer.objects.get()
    assert (row.answered_at, row.sha256) == (NOON, sha256_of(row.content))
    fact = known()
    assert (fact.status, fact.legal_category, fact.is_open, fact.asked_on) == ("found", "7410", True, NOON.date())
    actions.want_companies([SIRET], at=NOON)
    scenes.run_jobs()
    assert fake.asked == [SIRET]


def test_absent_is_kept_as_absent(fake):
    actions.want_companies([SIRET], at=NOON)
    scenes.run_jobs()
    assert (known().status, known().asked_on) == ("absent", NOON.date())


@pytest.mark.parametrize("mood", ["down", "page", "moved", "large"])
def test_a_failure_is_asked_again_later_and_later(fake, mood):
    fake.mood = mood
    actions.want_companies([SIRET], at=NOON)
    actions.ask_directory(SIRET)
    assert known().status == "waiting"
    assert "il sera demandé de nouveau" in known().why
    delays = []
    for _ in range(4):
        row = DirectoryAnswer.objects.get()
        delays.append((row.due_at - clock.now()) // MINUTE)
        asked = len(fake.asked)
        with time_machine.travel(row.due_at - MINUTE / 2, tick=False):
            actions.ask_directory_again(at=clock.now())
        assert len(fake.asked) == asked
        with time_machine.travel(row.due_at, tick=False):
            actions.ask_directory_again(at=row.due_at)
            delays[-1] = delays[-1], (DirectoryAnswer.objects.get().due_at - row.due_at) // MINUTE
    assert [after for _, after in delays] == [2, 4, 8, 16]


def test_busy_waits_as_long_as_it_is_asked_to(fake):
    fake.mood = "busy"
    actions.want_companies([SIRET], at=NOON)
    actions.ask_directory(SIRET)
    assert DirectoryAnswer.objects.get().due_at == NOON + 15 * MINUTE


def test_what_was_known_stays_known_when_the_directory_is_down(fake):
    fake.put(unit(SIRET[:9], SIRET))
    actions.want_companies([SIRET], at=NOON)
    scenes.run_jobs()
    fake.mood = "down"
    with time_machine.travel(NOON + dt.timedelta(days=40), tick=False):
        actions.want_companies([SIRET], at=clock.now())
        scenes.run_jobs()
    assert (known().status, known().asked_on) == ("found", NOON.date())
    assert len(fake.asked) == 2


def test_the_clock_asks_for_the_organisations_of_running_dossiers(fake):
    draft = scenes.a_draft(scenes.a_call(), a_person("claire@valmont.example"))
    Dossier.objects.filter(pk=draft.pk).update(lead_siret=SIRET)
    actions.ask_directory_again(at=NOON)
    assert [job.ids for job in Job.objects.filter(name="applications.ask_directory")] == [{"number": SIRET}]


def test_unplugged_nothing_is_asked_and_a_quiet_minute_costs_nothing(db, settings, django_assert_num_queries):
    with django_assert_num_queries(0):
        actions.ask_directory_again(at=NOON)
        actions.want_companies([SIRET], at=NOON)
    assert known().why == "l’annuaire des entreprises n’est pas branché"


def test_the_numbers_of_nested_checks_are_found():
    legal = {"siret": "lead_siret"}
    nested = {"parts": [{"label": "x", "check": "any", "params": {"parts": [
        {"label": "y", "check": "legal_person", "params": legal}, {"label": "z", "check": "on_time"}
    ]}}]}  # fmt: skip
    answers = {"lead_siret": SIRET, "other": "1"}
    assert directory.numbers_read([("all", nested), ("legal_person", {"siret": "other"})], answers) == [SIRET]
