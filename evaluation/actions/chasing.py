"""Chase the reviews that are missing, on the days that the call says, counted from the end of its jury's step."""

import datetime as dt

from django.db import transaction

from ami_portal.jobs.actions import one_by_one
from ami_portal.kernel import clock
from applications import reminders
from evaluation import notifications
from evaluation.enums import SessionState
from evaluation.judging import judging_of, jury_ends_on
from evaluation.models import JurorProgress, Session

from .progress import count_uncounted

AFTER = dt.timedelta(days=400)


def chase_reviews(*, at: dt.datetime) -> int:
    """Remind each juror of what is missing, one mail a call and a day of the call; answer how many.

    Called every minute, by as many clocks as there are; a day that was missed is not made up for.
    """
    count_uncounted()
    sessions = Session.objects.filter(state=SessionState.SCORING).select_related("call").order_by("pk")
    return sum(_chase(session, at) for session in sessions)


def _chase(session: Session, at: dt.datetime) -> int:
    ends_on = jury_ends_on(session.call)
    marks = judging_of(session.call)["reminder_days"]
    if ends_on is None or not marks:
        return 0
    end = clock.from_paris(ends_on, reminders.HOUR)
    days = reminders.last_mark(marks, end, at)
    if days is None:
        return 0
    missing = JurorProgress.objects.filter(call=session.call_id, waits_since__isnull=False)
    due_at = reminders.due_at(end, days)
    rows = missing.filter(waits_since__lt=due_at, juror__is_active=True).select_related("juror", "call")
    return one_by_one(rows.order_by("pk"), lambda row: _remind(row, days, ends_on, at))


@transaction.atomic
def _remind(row: JurorProgress, days: int, ends_on: dt.date, at: dt.datetime) -> bool:
    return notifications.reviews_missing(row, days=days, ends_on=ends_on, at=at)
