"""A worker killed in the middle of what it does: nothing is lost, nothing is made twice, no mail leaves twice."""

import datetime as dt
import time
from collections import Counter

import pytest

from ami_portal.documents.models import Document
from ami_portal.jobs import actions as jobs
from ami_portal.jobs.models import Job
from ami_portal.kernel import clock
from ami_portal.notifications import outbox
from ami_portal.notifications.enums import Delivery
from ami_portal.notifications.models import Message
from tests import scenes
from tests.people import a_person

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


def wait_for(condition, *, seconds: float = 60) -> bool:
    """Whether `condition` comes true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return bool(condition())


def sweep() -> None:
    """The clock's minute, now."""
    jobs.sweep(at=clock.now() + dt.timedelta(hours=2))


def all_done() -> bool:
    return not Job.objects.filter(done_at=None).exists()


def mails(smtp_server) -> Counter:
    return Counter(message["Message-ID"] for message in smtp_server.messages)


@pytest.mark.parametrize("after_seconds", [0.0, 0.4, 1.5])
def test_a_worker_killed_while_it_makes_receipts_leaves_one_of_each(
    after_seconds, celery_worker_process, real_broker, smtp_server
):
    call, owner = scenes.a_call(), a_person()
    dossiers = [scenes.a_submitted_dossier(call, owner, title=f"Projet {number}") for number in range(3)]
    worker = celery_worker_process(EMAIL_URL=smtp_server.url)
    wait_for(lambda: Document.objects.filter(kind="dossier").exists() or all_done(), seconds=30)
    time.sleep(after_seconds)
    worker.kill()
    celery_worker_process(EMAIL_URL=smtp_server.url)
    sweep()
    assert wait_for(all_done), list(Job.objects.filter(done_at=None).values())
    for dossier in dossiers:
        version = dossier.versions.get()
        assert version.pdf is not None
        assert version.receipt is not None
    sent = mails(smtp_server)
    assert set(sent.values()) <= {1}
    receipts = Message.objects.filter(kind="applications.receipt")
    assert receipts.count() == 3
    # A mail interrupted at the very moment of its hand-over is shown as uncertain, never sent twice.
    uncertain = receipts.exclude(delivery=Delivery.SENT)
    assert sum(sent.values()) + uncertain.count() >= Message.objects.count()
    assert uncertain.count() <= 1


def test_a_worker_killed_while_the_server_takes_a_mail_does_not_send_it_again(
    celery_worker_process, real_broker, smtp_server
):
    smtp_server.delay_seconds = 4
    worker = celery_worker_process(EMAIL_URL=smtp_server.url)
    message = outbox.queue(
        "essai", to="claire@labo.example", subject_ref="R", title="Titre", body="Corps", at=clock.now()
    )
    assert wait_for(lambda: Message.objects.get(pk=message.pk).delivery == Delivery.TRANSMITTING, seconds=20)
    time.sleep(0.5)
    worker.kill()
    smtp_server.delay_seconds = 0
    celery_worker_process(EMAIL_URL=smtp_server.url)
    sweep()
    assert wait_for(all_done, seconds=30)
    time.sleep(4)
    assert len(smtp_server.messages) <= 1
    outbox.note_stuck(at=clock.now() + dt.timedelta(hours=1))
    assert Message.objects.get(pk=message.pk).delivery == Delivery.UNCERTAIN


def test_a_mail_server_that_is_down_delays_the_mail_and_loses_nothing(celery_worker_process, real_broker, smtp_server):
    smtp_server.stop()
    celery_worker_process(EMAIL_URL=smtp_server.url)
    outbox.queue("essai", to="claire@labo.example", subject_ref="R", title="Titre", body="Corps", at=clock.now())
    assert wait_for(lambda: Job.objects.filter(attempts__gte=1).exists(), seconds=20)
    smtp_server.start()
    sweep()
    assert wait_for(all_done, seconds=30)
    assert [str(message["Subject"]) for message in smtp_server.messages] == ["Titre"]


def test_jobs_asked_while_the_broker_is_away_are_found_by_the_sweeper(celery_worker_process, smtp_server, real_broker):
    from ami_portal.celery import app

    app.conf.broker_url, here = "redis://127.0.0.1:1/0", app.conf.broker_url
    app._pool = app.amqp._producer_pool = None
    outbox.queue("essai", to="claire@labo.example", subject_ref="R", title="Titre", body="Corps", at=clock.now())
    app.conf.broker_url = here
    app._pool = app.amqp._producer_pool = None
    assert Job.objects.filter(done_at=None).count() == 1
    celery_worker_process(EMAIL_URL=smtp_server.url)
    sweep()
    assert wait_for(all_done, seconds=30)
    assert len(smtp_server.messages) == 1
