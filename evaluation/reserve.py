"""The reserve list once the results are out: the places that renouncements have freed, and who is called next."""

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from ami_portal.kernel.money import ZERO
from applications.enums import DossierState
from applications.models import Call

from .enums import Outcome, SessionState
from .models import Decision

_RENOUNCED = Count("dossiers", filter=Q(dossiers__state=DossierState.RENOUNCED))
_CALLED = Count("dossiers", filter=Q(dossiers__decision__called_at__isnull=False))
_WAITING = Count("dossiers", filter=Q(dossiers__state=DossierState.RESERVE))


def calls_with_places() -> Iterable[tuple[Call, int]]:
    """The calls where a place is free and somebody waits for it, with the number of places: one query."""
    rows = Call.objects.annotate(renounced=_RENOUNCED, called=_CALLED, waiting=_WAITING).only("code")
    return [
        (call, call.renounced - call.called)
        for call in rows.order_by("code")
        if call.renounced > call.called and call.waiting
    ]


def free_places(call: Call) -> int:
    """How many laureates have renounced whose place was not given to the reserve list."""
    found = Call.objects.filter(pk=call.pk).aggregate(renounced=_RENOUNCED, called=_CALLED)
    return max(0, found["renounced"] - found["called"])


def freed_amount(call: Call) -> Decimal:
    """What the laureates who renounced had been granted, less what was granted since to the reserve list, in euros."""
    gone = Sum("amount", filter=Q(dossier__state=DossierState.RENOUNCED))
    given = Sum("amount", filter=Q(called_at__isnull=False))
    found = Decision.objects.filter(session__call=call).aggregate(gone=gone, given=given)
    return max(ZERO, (found["gone"] or ZERO) - (found["given"] or ZERO))


def waiting(call: Call) -> QuerySet[Decision]:
    """Who still stands on the reserve list, in its order."""
    rows = Decision.objects.filter(
        session__call=call,
        session__state=SessionState.PUBLISHED,
        outcome__in=(Outcome.RESERVE, Outcome.REJECTED),  # a refusal that stands on the list was admitted on appeal
        dossier__state=DossierState.RESERVE,
    )
    return rows.select_related("dossier").order_by("rank")
