"""The only door to the journal."""

import datetime as dt
from typing import Any

from django.db import transaction

from ami_portal.accounts.models import User
from ami_portal.kernel.text import canonical_json, sha256_of

from .models import AuditEvent, AuditHead


@transaction.atomic
def record(
    verb: str, *, subject: str, actor: User | None, at: dt.datetime, before: str = "", after: str = "", **data: Any
) -> AuditEvent:
    """Append one event. It takes the lock of the chain until the transaction ends: lock every other row before.

    `data` holds short facts that JSON can write (texts, integers, booleans, lists of them): amounts as text.
    """
    head = AuditHead.objects.select_for_update().get_or_create(pk=1)[0]
    event = AuditEvent(
        number=head.number + 1,
        at=at,
        verb=verb,
        subject=subject,
        actor=actor,
        before=before,
        after=after,
        data=data,
        previous_sha256=head.sha256,
    )
    event.sha256 = digest(event)
    event.save(force_insert=True)
    AuditHead.objects.filter(pk=1).update(number=event.number, sha256=event.sha256)
    return event


def digest(event: AuditEvent) -> str:
    """The hash of an event: of its content and of the hash of the one before."""
    return sha256_of(
        canonical_json(
            [
                event.number,
                event.at.astimezone(dt.UTC).isoformat(),
                event.verb,
                event.subject,
                event.actor_id,
                event.before,
                event.after,
                event.data,
                event.previous_sha256,
            ]
        )
    )


def first_broken() -> int | None:
    """The number of the first event that does not follow from the one before, or None when the chain holds."""
    previous, number = "0" * 64, 0
    for event in AuditEvent.objects.order_by("number").iterator():
        if event.number != number + 1 or event.previous_sha256 != previous or digest(event) != event.sha256:
            return number + 1
        previous, number = event.sha256, event.number
    head = AuditHead.objects.filter(pk=1).first()
    return number + 1 if head and (head.number, head.sha256) != (number, previous) else None
