"""When a reminder is due (pure): at nine in Paris, so many days before the day of a closing, or the end of a delay."""

import datetime as dt
from collections.abc import Iterable

from ami_portal.kernel import clock
from ami_portal.kernel.working_days import working_days_before

HOUR = dt.time(9, 0)
WORKING_DAYS = 2
FROM, UNTIL = dt.time(8, 0), dt.time(20, 0)
LATE_AT_MOST = dt.timedelta(hours=36)
"""A clock that was down for a day still reminds; past this, the next mark will."""


def due_at(closes_at: dt.datetime, days: int) -> dt.datetime:
    """The instant from which the reminder of `days` before `closes_at` leaves."""
    return clock.from_paris(clock.paris(closes_at).date() - dt.timedelta(days=days), HOUR)


def marks_within(marks: Iterable[int], asked_on: dt.date, due_on: dt.date) -> list[int]:
    """The marks of a call that fall inside the delay of a completion; two working days before its end if none does.

    The day of the request says the delay itself, so a mark comes after it.
    """
    fitting = [days for days in marks if asked_on < due_on - dt.timedelta(days=days)]
    return fitting or [(due_on - working_days_before(due_on, WORKING_DAYS)).days]


def mark_due(marks: Iterable[int], closes_at: dt.datetime, at: dt.datetime) -> int | None:
    """The mark that is due before a closing (`last_mark`): nothing leaves after it."""
    return None if at >= closes_at else last_mark(marks, closes_at, at)


def last_mark(marks: Iterable[int], closes_at: dt.datetime, at: dt.datetime) -> int | None:
    """The one mark that is due at `at`, the most recent, or None: marks missed before it are never made up for.

    A mark below zero is of so many days after. Nothing leaves outside of the day in Paris.
    """
    if not FROM <= clock.paris(at).time() < UNTIL:
        return None
    past = [days for days in marks if due_at(closes_at, days) <= at]
    if not past or at - due_at(closes_at, min(past)) > LATE_AT_MOST:
        return None
    return min(past)
