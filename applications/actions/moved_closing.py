"""Those whom a closing concerns learn that the call's file has moved it."""

from django.db import transaction

from ami_portal.kernel import clock
from applications import notifications
from applications.closing import UNDECIDED
from applications.models import CalendarMove, Dossier


def tell_moved_closing(*, move_id: int) -> None:
    """Tell the teams of the drafts and deposits whose closing moved, once a person and a move, however often called.

    A dossier of another round, or whose own extension is later than both instants, closes when it did.
    """
    move = CalendarMove.objects.select_related("call").get(pk=move_id)
    code = move.date.split(".")[1] if move.date.startswith("rounds.") else ""
    at, last = clock.now(), max(move.instants)
    rows = Dossier.objects.filter(call=move.call, state__in=UNDECIDED).select_related("call")
    for dossier in rows.prefetch_related("members").order_by("pk"):
        stays = dossier.extended_until is not None and dossier.extended_until >= last
        if dossier.window(at).code == code and not stays:
            with transaction.atomic():
                notifications.closing_moved(dossier, move, at=at)
