"""When silence decides on a deposit (CRPA, R. 112-5), and how requests for completion move that day (L. 114-5). Pure
but for `silence_on`, which reads the requests of a dossier."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ami_portal.kernel import clock

from .enums import UNDER_EXAMINATION, CompletionOutcome
from .models import Dossier

ACCEPTED = "acceptée"
MOMENT = dt.timedelta(microseconds=1)


@dataclass(frozen=True)
class Interval:
    """The days of one request: from the day it was made to the day it ended, or ends at the latest."""

    asked_on: dt.date
    ended_on: dt.date
    is_answered: bool = False
    is_withdrawn: bool = False

    @property
    def days(self) -> int:
        return (self.ended_on - self.asked_on).days


@dataclass(frozen=True)
class Silence:
    """`outcome` is what silence decides, `on` the day; None while what is missing has not been received. `suspended` is
    for how many days requests for completion stopped the delay."""

    outcome: str
    on: dt.date | None
    suspended: int = 0


def silence(said: Mapping[str, Any], received_on: dt.date, intervals: Iterable[Interval]) -> Silence:
    """What silence decides, and when.

    A delay at the end of which a request is refused is suspended while a completion is awaited; a reply before the end
    puts an end to the suspension. One at the end of which it is granted runs only from the reception of what was asked.
    A request made once the day has come moves it no more.
    """
    on, suspended = clock.add_months(received_on, said["months"]), 0
    for interval in intervals:
        if interval.asked_on > on:
            break
        if said["outcome"] != ACCEPTED:
            on += dt.timedelta(days=interval.days)
            suspended += interval.days
        elif interval.is_answered:
            on = clock.add_months(interval.ended_on, said["months"])
        elif not interval.is_withdrawn:
            return Silence(said["outcome"], None)
    return Silence(said["outcome"], on, suspended)


def silence_on(dossier: Dossier, received_at: dt.datetime, *, before: dt.datetime | None = None) -> Silence | None:
    """What silence decides on a dossier received at `received_at`; None when its call does not say.

    With `before`, only the requests made until then count: what a receipt said stays what it said. One query.
    """
    said = dossier.call.texts.get("receipt_silence")
    if not said:
        return None
    requests = dossier.completions.order_by("number")
    if before is not None:
        requests = requests.filter(asked_at__lt=before)
    intervals = [
        Interval(
            _day(request.asked_at),
            _day((request.ended_at or request.due_at) - MOMENT),
            request.outcome == CompletionOutcome.ANSWERED,
            request.outcome == CompletionOutcome.WITHDRAWN,
        )
        for request in requests
    ]
    return silence(said, _day(received_at), intervals)


def silence_now(dossier: Dossier) -> Silence | None:
    """What silence would decide on a dossier under examination; None for any other. One query."""
    if dossier.submitted_at is None or dossier.state not in UNDER_EXAMINATION:
        return None
    return silence_on(dossier, dossier.submitted_at)


def _day(at: dt.datetime) -> dt.date:
    return clock.paris(at).date()
