"""Jobs of mails."""

import datetime as dt

from ami_portal.jobs.actions import handler, periodic

from . import outbox


@handler("notifications.send")
def send(*, message_id: int) -> None:
    """Send one message."""
    outbox.send(message_id)


@periodic("notifications.note_stuck")
def note_stuck(*, at: dt.datetime) -> None:
    """Show the interrupted ones."""
    outbox.note_stuck(at=at)
