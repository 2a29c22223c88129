"""The servers of the tests are real: each does what it is trusted to do, and refuses what it must."""

import smtplib
import socket
import time
import urllib.error
import urllib.request
from email.message import EmailMessage

import pytest
import redis
from django.db import DatabaseError, connection, transaction

from ami_portal.audit import trail
from ami_portal.audit.models import AuditEvent
from ami_portal.kernel import clock
from tests import conftest


def a_mail() -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "portail@example.fr", "porteur@example.fr", "Récépissé de dépôt"
    mail.set_content("Votre dossier est déposé.")
    return mail


@pytest.mark.services
def test_smtp_server_receives(smtp_server):
    with smtplib.SMTP("127.0.0.1", smtp_server.port) as client:
        client.send_message(a_mail())
    (received,) = smtp_server.messages
    assert (received["Subject"], received["X-Envelope-To"]) == ("Récépissé de dépôt", "porteur@example.fr")
    assert received.get_content().strip() == "Votre dossier est déposé."


@pytest.mark.services
def test_smtp_server_refuses_then_is_down_then_comes_back(smtp_server):
    smtp_server.answer = "451 plus tard"
    with smtplib.SMTP("127.0.0.1", smtp_server.port) as client, pytest.raises(smtplib.SMTPDataError):
        client.send_message(a_mail())
    smtp_server.stop()
    with pytest.raises(ConnectionRefusedError):
        smtplib.SMTP("127.0.0.1", smtp_server.port)
    smtp_server.answer = "250 OK"
    smtp_server.start()
    with smtplib.SMTP("127.0.0.1", smtp_server.port) as client:
        client.send_message(a_mail())
    assert len(smtp_server.messages) == 1


@pytest.mark.services
def test_s3_server_keeps_and_gives_to_who_signs(s3_server):
    client = s3_server.client()
    client.put_object(Bucket=s3_server.name, Key="pièces/résumé.txt", Body=b"contenu")
    assert client.get_object(Bucket=s3_server.name, Key="pièces/résumé.txt")["Body"].read() == b"contenu"
    signed = client.generate_presigned_url("get_object", {"Bucket": s3_server.name, "Key": "pièces/résumé.txt"}, 60)
    with urllib.request.urlopen(signed) as answer:
        assert answer.read() == b"contenu"
    for address in (signed.partition("?")[0], signed[:-4] + "0000"):  # not signed, wrongly signed
        with pytest.raises(urllib.error.HTTPError) as refusal:
            urllib.request.urlopen(address)
        assert refusal.value.code == 403
        refusal.value.close()


@pytest.mark.services
def test_redis_answers_and_is_empty(redis_url):
    client = redis.Redis.from_url(redis_url)
    assert (client.ping(), client.dbsize()) == (True, 0)
    client.close()


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_celery_worker_runs_a_task_of_this_database(celery_worker_process, real_broker):
    from ami_portal.jobs.models import Job
    from ami_portal.jobs.tasks import run

    worker = celery_worker_process()
    job = Job.objects.create(name="no.such.handler", created_at=clock.now(), due_at=clock.now())
    run.delay(job_id=job.pk)
    deadline = time.monotonic() + 20
    while not Job.objects.filter(attempts=1).exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    job.refresh_from_db()
    assert (job.attempts, job.done_at) == (1, None), worker.lines
    worker.kill()
    assert worker.process.returncode == -9


@pytest.mark.browser
def test_chromium_opens_a_page(chromium):
    page = chromium.new_page()
    page.goto("data:text/html,<title>Portail</title><h1 id=a>Bonjour</h1>")
    assert (page.title(), page.inner_text("h1")) == ("Portail", "Bonjour")
    page.close()


def test_sockets_are_closed_to_the_outside():
    for reach in (
        lambda: socket.create_connection(("example.org", 80), timeout=1),
        lambda: socket.create_connection(("192.0.2.1", 80), timeout=1),
        lambda: socket.getaddrinfo("example.org", 443),
    ):
        with pytest.raises(conftest.OutsideReached):
            reach()


@pytest.mark.parametrize("turn", ["first", "after the flush"])
@pytest.mark.django_db(transaction=True)
def test_the_journal_is_append_only_and_still_so_after_a_flush(turn):
    assert AuditEvent.objects.count() == 0
    trail.record("test.seen", subject="AMI-TEST", actor=None, at=clock.now())
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEvent.objects.update(verb="test.hidden")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEvent.objects.all().delete()
    assert list(AuditEvent.objects.values_list("verb", flat=True)) == ["test.seen"]


def test_the_database_is_the_one_named(settings):
    assert connection.settings_dict["ENGINE"] == settings.DATABASES["default"]["ENGINE"]
