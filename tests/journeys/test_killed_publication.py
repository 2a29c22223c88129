"""A worker killed while it makes the letters, in mid-publication, and while it mails: each once, all or nothing."""

import datetime as dt
import os
import signal
from pathlib import Path

import pytest
from django.db import connection, transaction

from ami_portal.audit import trail
from ami_portal.audit.models import AuditHead
from ami_portal.documents.models import Document
from ami_portal.jobs.models import Job
from ami_portal.jobs.tasks import tick
from ami_portal.kernel import clock
from ami_portal.notifications.enums import Delivery
from ami_portal.notifications.models import Message
from evaluation import actions
from evaluation.models import Letter, Session
from tests.evaluation import scenes
from tests.evaluation.test_publication import snapshot

from .test_killed_worker import all_done, mails, sweep, wait_for

pytestmark = [pytest.mark.services, pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def kill_child(worker) -> None:
    """Kill -9 the process that does the work; the worker makes another one."""
    children = Path(f"/proc/{worker.process.pid}/task/{worker.process.pid}/children")
    assert wait_for(lambda: children.read_text().split())
    for child in children.read_text().split():
        os.kill(int(child), signal.SIGKILL)


def somebody_waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # within a transaction, a first look is kept
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(cursor.fetchone()[0])


def test_killed_between_rendering_releasing_and_mailing(celery_worker_process, real_broker, smtp_server):
    session, first, second = scenes.two_judged(scenes.a_closed_call())
    Job.objects.all().delete()
    Message.objects.all().delete()
    scenes.decide(session, first)
    scenes.decide(session, second, **scenes.REJECTED)
    worker = celery_worker_process(EMAIL_URL=smtp_server.url)
    actions.freeze_decisions(session, actor=scenes.secretary())
    assert wait_for(Letter.objects.exists, seconds=30)
    kill_child(worker)  # between two letters, or in the second
    sweep()
    assert wait_for(all_done, seconds=30)
    assert (Letter.objects.count(), Document.objects.filter(kind="letter").count()) == (2, 2)

    before = snapshot()
    Session.objects.update(
        publish_at=clock.now(), publish_set_at=clock.now() - dt.timedelta(seconds=1), publish_set_by=scenes.secretary()
    )
    Session.objects.update(frozen_at=clock.now() - dt.timedelta(minutes=1))
    with transaction.atomic():  # the journal's head is the last lock that a publication takes: all else is written
        AuditHead.objects.select_for_update().get(pk=1)
        tick.delay()
        assert wait_for(somebody_waits_for_a_lock, seconds=20)
        kill_child(worker)
    assert wait_for(lambda: not somebody_waits_for_a_lock())
    after = snapshot()
    assert (after[0], after[1], after[2], after[4]) == (before[0], before[1], before[2], 0)

    smtp_server.delay_seconds = 1
    tick.delay()
    assert wait_for(lambda: Message.objects.filter(delivery=Delivery.TRANSMITTING).exists(), seconds=20)
    at = Session.objects.get().published_at
    assert snapshot()[:4] == ([("laureate", at), ("rejected", at)], [at, at], [at], [("published", at)])
    kill_child(worker)  # while the mail server takes a mail
    smtp_server.delay_seconds = 0
    sweep()
    tick.delay()
    assert wait_for(all_done, seconds=30)
    assert (Letter.objects.count(), Session.objects.get().published_at) == (2, at)
    told = Message.objects.filter(kind="evaluation.result_published")
    assert sorted(told.values_list("to_email", flat=True)) == ["claire@valmont.example", "paul@lab.example"]
    assert set(mails(smtp_server).values()) <= {1}
    assert Message.objects.exclude(delivery=Delivery.SENT).count() <= 1  # shown as uncertain, never sent twice
    assert trail.first_broken() is None
