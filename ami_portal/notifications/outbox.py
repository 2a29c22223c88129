"""The outbox: mails are queued with the change that causes them, and leave after it, once."""

import datetime as dt
import smtplib
from collections.abc import Mapping

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.utils import translation

from ami_portal.jobs.actions import later
from ami_portal.kernel import clock
from ami_portal.kernel.text import clean_text, sha256_of

from .enums import Delivery
from .models import Message

STUCK_AFTER = dt.timedelta(minutes=5)


SEPARATOR = "________\nVersion française, qui fait foi"


def post(
    kind: str,
    *,
    to: str,
    subject_ref: str,
    at: dt.datetime,
    once: str = "",
    english: Mapping[str, object] | None = None,
    **context: object,
) -> Message:
    """Queue the mail `emails/<kind>.txt` (its first line is the title) for one person, in the caller's transaction.

    With `english`, the same words for who reads that language, `emails/en/<kind>.txt` comes first and the French after.
    `once` names what this mail is about besides the reference when several of a kind go to one person (an instant, a
    number); the same kind, reference, person and `once` make one message, however often it is asked for.
    Mails carry no confidential content: an act, a reference and one address of the portal.
    """
    always = {"portal_url": settings.PORTAL_URL, "subject_ref": subject_ref}
    title, body = _text(f"emails/{kind}.txt", always | context)
    if english is not None:
        with translation.override("en"):
            in_english = _text(f"emails/en/{kind}.txt", always | dict(english))
        title, body = in_english[0], f"{in_english[1]}\n\n{SEPARATOR}\n\n{title}\n\n{body}"
    return queue(kind, to=to, subject_ref=subject_ref, title=title, body=body, at=at, once=once)


def _text(template: str, context: dict[str, object]) -> tuple[str, str]:
    title, _, body = render_to_string(template, context).strip().partition("\n")
    return title, body.strip()


def queue(kind: str, *, to: str, subject_ref: str, title: str, body: str, at: dt.datetime, once: str = "") -> Message:
    """Queue a mail whose text is given."""
    unique = sha256_of("\n".join([kind, subject_ref, to, once or at.isoformat()]))[:40]
    message, created = Message.objects.get_or_create(
        message_id=f"<{unique}@portail>",
        defaults={
            "kind": kind,
            "subject_ref": subject_ref,
            "to_email": to,
            "title": " ".join(clean_text(title).split())[:250],
            "body": clean_text(body),
            "queued_at": at,
        },
    )
    if created:
        later("notifications.send", message_id=message.pk)
    return message


def send(message_id: int) -> None:
    """Hand one message to the mail server, once.

    A mail can be lost or doubled only between the server's acceptance and our note of it. So the claim is committed
    just before the text is handed over, and a claim found without its end is never sent again by itself: it is shown
    to the staff as uncertain (see `note_stuck`). A server out of reach raises OSError, and the job tries again.
    """
    message = Message.objects.get(pk=message_id)
    if message.delivery != Delivery.QUEUED:
        return
    if settings.LOCAL_MAILBOX:
        at = clock.now()
        Message.objects.filter(pk=message_id, delivery=Delivery.QUEUED).update(delivery=Delivery.SENT, sent_at=at)
        return
    connection = get_connection()
    connection.open()
    try:
        _hand_over(message, connection)
    finally:
        connection.close()


def _hand_over(message: Message, connection: BaseEmailBackend) -> None:
    claimed = Message.objects.filter(pk=message.pk, delivery=Delivery.QUEUED).update(
        delivery=Delivery.TRANSMITTING, transmitting_at=clock.now(), attempts=message.attempts + 1
    )
    if not claimed:
        return
    mail = EmailMessage(
        message.title,
        message.body,
        to=[message.to_email],
        connection=connection,
        headers={"Message-ID": message.message_id, "Auto-Submitted": "auto-generated"},
    )
    mine = Message.objects.filter(pk=message.pk, delivery=Delivery.TRANSMITTING)
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as error:
        mine.update(delivery=Delivery.FAILED, error=str(error)[:500])
    except smtplib.SMTPResponseException as error:
        # The server answered that it did not take the mail: nothing left, so it may be tried again.
        mine.update(delivery=Delivery.QUEUED, error=str(error)[:500])
        raise
    else:
        mine.update(delivery=Delivery.SENT, sent_at=clock.now(), error="")


def note_stuck(*, at: dt.datetime) -> int:
    """Mark as uncertain the messages whose hand-over began long ago and never ended; answer how many."""
    stuck = Message.objects.filter(delivery=Delivery.TRANSMITTING, transmitting_at__lt=at - STUCK_AFTER)
    return stuck.update(delivery=Delivery.UNCERTAIN, error="L’envoi a été interrompu : il est peut-être parti.")
