"""Remind those whose draft is not deposited that its closing comes, and those asked for a completion that it is due."""

import datetime as dt

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from ami_portal.jobs.actions import later
from ami_portal.kernel import clock
from applications import drafts, notifications, reminders
from applications.completion import running_request
from applications.enums import DossierState
from applications.models import Call, CompletionRequest, Dossier, Extension, Reminder


def decide_reminders(*, at: dt.datetime) -> int:
    """Ask for the reminders that are due, each once a mark, a dossier and a closing; answer how many.

    Called every minute, by as many clocks as there are. A draft begun, or a closing moved, after the mark waits for
    the next one.
    """
    decided = 0
    for call_id, extended_until in _closings(at):
        call = Call.objects.only("opens_at", "closes_at", "rounds", "reminder_days").get(pk=call_id)
        closes_at = max(call.window(at).closes_at, extended_until or call.opens_at)
        days = reminders.mark_due(call.reminder_days, closes_at, at)
        if days is None:
            continue
        closes_on = clock.paris(closes_at).date()
        group = Dossier.objects.filter(call=call_id, extended_until=extended_until, state=DossierState.DRAFT)
        for dossier in _to_remind(group, days, closes_on, reminders.due_at(closes_at, days)):
            decided += _decide(dossier, days, closes_on, at)
    return decided + _decide_of_completions(at)


def _decide_of_completions(at: dt.datetime) -> int:
    """Ask for the reminders of the requests for completion under way; prolonged, one has reminders of its own."""
    running = CompletionRequest.objects.filter(ended_at=None, due_at__gt=at).select_related("dossier__call")
    decided = 0
    for request in running.order_by("pk"):
        asked_on, due_on = clock.paris(request.asked_at).date(), request.due_on
        marks = reminders.marks_within(request.dossier.call.reminder_days, asked_on, due_on)
        days = reminders.mark_due(marks, request.due_at - dt.timedelta.resolution, at)
        if days is not None:
            decided += _decide(request.dossier, days, due_on, at)
    return decided


def _closings(at: dt.datetime) -> list[tuple[int, dt.datetime | None]]:
    """The closings to come that have drafts: each call's, and each extension in it."""
    coming = Q(call__closes_at__gt=at) | Q(extended_until__gt=at)
    opened = Dossier.objects.filter(coming, state=DossierState.DRAFT, call__opens_at__lte=at)
    with_marks = opened.exclude(call__reminder_days=[]).order_by("call_id", "extended_until")
    return list(with_marks.values_list("call_id", "extended_until").distinct())


def _to_remind(group: QuerySet[Dossier], days: int, closes_on: dt.date, due_at: dt.datetime) -> QuerySet[Dossier]:
    known = Reminder.objects.filter(dossier=OuterRef("pk"), days=days, closes_on=closes_on)
    moved = Extension.objects.filter(
        Q(dossier=None) | Q(dossier=OuterRef("pk")), call=OuterRef("call"), given_at__gte=due_at
    )
    return group.filter(~Exists(known), ~Exists(moved), created_at__lt=due_at).order_by("pk")


def _decide(dossier: Dossier, days: int, closes_on: dt.date, at: dt.datetime) -> bool:
    with transaction.atomic():
        place = {"dossier": dossier, "days": days, "closes_on": closes_on}
        reminder, created = Reminder.objects.get_or_create(**place, defaults={"decided_at": at})
        if created:
            later("applications.send_reminder", reminder_id=reminder.pk)
        return created


@transaction.atomic
def send_reminder(reminder_id: int) -> None:
    """Queue the mails of a reminder, with what is missing now; none once the dossier, or the reply, is deposited."""
    reminder = Reminder.objects.get(pk=reminder_id)
    rows = Dossier.objects.select_related("call", "form_revision").select_for_update(of=("self",))
    dossier = rows.get(pk=reminder.dossier_id)
    at = clock.now()
    request = running_request(dossier)
    if request and request.due_on == reminder.closes_on and at < request.due_at:
        notifications.completion_comes(request, at=at)
    elif dossier.is_draft and dossier.is_editable(at):
        notifications.closing_comes(reminder, dossier, drafts.load(dossier).completeness)
