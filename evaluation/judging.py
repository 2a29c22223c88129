"""What a call says of how its reviews are followed, and until when."""

import datetime as dt
from typing import Any

from applications.models import Call


def judging_of(call: Call) -> dict[str, Any]:
    """How a call follows its reviews: the days of its reminders; what the letters say of the marks."""
    return {"reminder_days": [], "letter_scores": False, **(call.texts.get("judging") or {})}


def jury_ends_on(call: Call) -> dt.date | None:
    """The last day of the step « jury » of the call's calendar, if its file says one."""
    ends = next((step.get("ends_on") for step in call.steps if step.get("code") == "jury"), None)
    return dt.date.fromisoformat(ends) if ends else None
