"""Jobs exist with their change or not at all; the journal shows where it was altered."""

import datetime as dt

import pytest
from django.db import connection, transaction

from ami_portal.audit import trail
from ami_portal.audit.models import AuditEvent, AuditHead
from ami_portal.jobs import actions
from ami_portal.jobs.models import Job
from ami_portal.kernel import clock

CALLS: list[int] = []


@pytest.fixture(autouse=True)
def _handlers(monkeypatch):
    CALLS.clear()
    monkeypatch.setitem(actions.HANDLERS, "test.note", lambda *, number: CALLS.append(number))
    monkeypatch.setitem(actions.HANDLERS, "test.fail", _fail)


@transaction.atomic
def _ask_and_fail() -> None:
    actions.later("test.note", number=2)
    raise RuntimeError


def _fail(*, number: int) -> None:
    raise OSError("away")


@pytest.mark.django_db(transaction=True)
def test_a_job_runs_after_the_commit_and_not_at_all_after_a_rollback():
    with transaction.atomic():
        actions.later("test.note", number=1)
        assert CALLS == []
    with pytest.raises(RuntimeError):
        _ask_and_fail()
    assert CALLS == [1]
    assert list(Job.objects.values_list("ids", "attempts")) == [({"number": 1}, 0)]


@pytest.mark.django_db
def test_an_unknown_name_fails_at_once():
    with pytest.raises(KeyError):
        actions.later("test.unknown", number=1)
    assert not Job.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_failed_job_waits_longer_each_time_and_is_given_up_after_the_last():
    at = clock.now()
    job = Job.objects.create(name="test.fail", ids={"number": 1}, created_at=at, due_at=at)
    delays = []
    for _ in range(actions.MAX_ATTEMPTS + 3):
        actions.run_job(job.pk)
        job.refresh_from_db()
        delays.append(round((job.due_at - at).total_seconds() / 15))
    assert (job.attempts, job.done_at, job.last_error) == (actions.MAX_ATTEMPTS, None, "OSError: away")
    assert delays == sorted(delays)
    assert actions.sweep(at=at + dt.timedelta(days=2)) == 0


@pytest.mark.django_db(transaction=True)
def test_the_sweeper_finds_what_nobody_ran_and_leaves_what_is_fresh():
    at = clock.now()
    for age in (0, 60):
        created = at - dt.timedelta(seconds=age)
        Job.objects.create(name="test.note", ids={"number": age}, created_at=created, due_at=created)
    assert actions.sweep(at=at) == 1
    assert CALLS == [60]


@pytest.mark.django_db
def test_one_failing_periodic_work_does_not_stop_the_others(monkeypatch):
    seen = []
    monkeypatch.setattr(actions, "PERIODIC", {"a": lambda *, at: 1 / 0, "b": lambda *, at: seen.append(at)})
    at = clock.now()
    assert actions.tick(at=at) == {"swept": 0, "a": "failed"}
    assert seen == [at]


@pytest.mark.django_db
def test_the_chain_holds_until_one_event_is_altered():
    for number in range(4):
        trail.record("test.act", subject=f"S-{number}", actor=None, at=clock.now(), number=number)
    assert trail.first_broken() is None
    AuditHead.objects.update(number=5)
    assert trail.first_broken() == 5
    AuditHead.objects.update(number=4)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER audit_no_UPDATE")
        else:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # PostgreSQL alters no table with checks pending
            cursor.execute("ALTER TABLE audit_auditevent DISABLE TRIGGER audit_append_only")
    AuditEvent.objects.filter(number=2).update(verb="test.other")
    assert trail.first_broken() == 2
