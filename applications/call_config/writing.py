"""A call written back as its file says it: what `load` wrote, in the same order."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from ami_portal.kernel import clock
from applications.models import Call, EligibilityCriterion

BESIDE = ("scale", "jury", "deliberation", "ranking", "judging")
"""What the file says of the selection and a call keeps beside its texts: `evaluation` reads it."""


def as_json(value: Any) -> Any:
    """Days and instants as ISO texts, instants in UTC: what the rows keep."""
    if isinstance(value, Mapping):
        return {str(key): as_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_json(item) for item in value]
    return instant_text(value) if isinstance(value, dt.date) else value


def instant_text(value: dt.date | None) -> str:
    """A day or an instant as an ISO text; empty for none."""
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    return value.isoformat() if value else ""


def moment(text: str) -> dt.date | None:
    """The day, or the instant on the clock of Paris, of an ISO text; None for an empty one."""
    if len(text) <= 10:
        return dt.date.fromisoformat(text) if text else None
    return clock.paris(dt.datetime.fromisoformat(text))


def dump(call: Call) -> dict[str, Any]:
    """The parts of the file that this room reads."""
    revision = call.form_revision
    return {
        "call": {
            "code": call.code,
            "title": call.title,
            "operator": call.operator,
            "operator_named": call.operator_named,
            "contact": call.contact,
            "summary": call.summary,
            "purpose": call.purpose,
            "calendar": _calendar(call),
            "opinions": str(call.opinions),
            **{name: getattr(call, name) for name in ("completion", "decisions", "consultation")},
            "rules": call.rules,
            "data_access_path": call.data_access_path,
            "data_retention": call.data_retention,
            "faq": [{"question": row.question, "answer": row.answer} for row in call.faq.all()],
            "texts": {name: value for name, value in call.texts.items() if name not in BESIDE},
        },
        "regulation": call.regulation,
        "supports": call.supports,
        "supporting_documents": call.supporting_documents,
        "eligibility": [_criterion(row) for row in call.criteria.all()],
        "demarches_simplifiees": call.demarches,
        "form": {"code": revision.code, "sections": revision.definition["sections"]},
        "translations": call.translations,
    }


def _criterion(row: EligibilityCriterion) -> dict[str, Any]:
    return {
        "code": row.code,
        "group": row.group,
        "label": row.label,
        "text": row.text,
        "act": row.act,
        "check": row.check_name,
        "params": row.params,
        "decided_by": row.decided_by,
        "overruled_by": row.overruled_by,
        "reasons": row.reasons,
        **({"two_people": True} if row.two_people else {}),
    }


def _calendar(call: Call) -> dict[str, Any]:
    windows = [
        {
            "code": window.code,
            "label": window.label,
            "opens_at": clock.paris(window.opens_at),
            "closes_at": clock.paris(window.closes_at),
        }
        for window in call.windows
        if window.code
    ]
    return {
        "opens_at": clock.paris(call.opens_at),
        "closes_at": clock.paris(call.closes_at),
        "rounds": windows,
        "steps": call.steps,
        "reminder_days": call.reminder_days,
        "history": [
            {
                "date": move.date,
                "from": moment(move.before),
                "to": moment(move.after),
                "decided_at": clock.paris(move.decided_at),
                "by": move.by,
                "reason": move.reason,
            }
            for move in call.moves.all()
        ],
    }
