"""When a call is closed for all: its own closing, then the last extension given to a dossier that can still change."""

import datetime as dt

from django.db.models import Max, Q, QuerySet

from .enums import DossierState
from .models import Call

UNDECIDED = (DossierState.DRAFT, DossierState.SUBMITTED, DossierState.RETURNED)
"""What its team can still change: a draft; a deposit, which can be taken back before the closing, or is to complete."""


def closes_for_all_at(call: Call) -> dt.datetime:
    """The last instant at which a dossier of the call can still change. A withdrawn dossier waits for nothing."""
    last = call.dossiers.filter(state__in=UNDECIDED).aggregate(last=Max("extended_until"))["last"]
    return max(call.closes_at, last or call.closes_at)


def closed_for_all(calls: QuerySet[Call], at: dt.datetime) -> list[tuple[Call, bool]]:
    """Each of these calls, and whether it is closed for all: one query for a list."""
    extended = Max("dossiers__extended_until", filter=Q(dossiers__state__in=UNDECIDED))
    rows = calls.annotate(last_extension=extended)
    return [(call, at >= max(call.closes_at, call.last_extension or call.closes_at)) for call in rows]


def is_closed_for_all(call: Call, at: dt.datetime) -> bool:
    """Whether no dossier of the call can change any more."""
    return at >= closes_for_all_at(call)
