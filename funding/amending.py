"""What a regulation allows of an amendment, and what the document of one says."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ami_portal.kernel import clock
from applications.models.call import START

from .agreement import percent
from .consolidation import regulation_of, terms_of
from .models import Amendment, Convention

share = percent


def categories(rules: Mapping[str, Any]) -> dict[str, str]:
    """The categories of costs, code → label."""
    return {raw["code"]: raw["label"] for raw in rules.get("cost_categories", ())}


def caps(rules: Mapping[str, Any]) -> dict[str, Decimal]:
    """The categories that have a cap, a share (0 to 100) of all the costs."""
    return {
        raw["code"]: Decimal(raw["cap_percent"])
        for raw in rules.get("cost_categories", ())
        if raw.get("cap_percent") is not None
    }


def tolerance(rules: Mapping[str, Any]) -> Decimal:
    """The share (0 to 100) of the budget that may change category without an amendment; nothing unless it is said."""
    return Decimal(rules.get("transfer_tolerance_percent") or 0)


def last_end(convention: Convention, rules: Mapping[str, Any]) -> dt.date:
    """The last day to which a project may be extended: the longest duration of the call, and what its regulation adds
    to it, counted as the duration is. Raises ValueError for a convention that is not signed."""
    starts_on = convention.dossier.starts_on if rules.get("duration_counts_from") == START else None
    counted = starts_on or convention.signed_on
    if counted is None:
        raise ValueError("a convention that is not signed has no end")
    months = int(rules["duration_months_max"]) + int(rules.get("extension_months_max") or 0)
    return clock.add_months(counted, months)


def is_early(starts_on: dt.date | None, rules: Mapping[str, Any]) -> bool:
    """Whether the works are declared to start on the day of the announcement or before: they may not be aided."""
    return starts_on is not None and starts_on <= dt.date.fromisoformat(str(rules["works_start_after"]))


def context(amendment: Amendment) -> dict[str, Any]:
    """The context of `pdf/funding/amendment.html`. It holds no present instant."""
    convention = amendment.convention
    call, rules = convention.dossier.call, regulation_of(convention)
    before = terms_of(convention, clock.paris(amendment.prepared_at).date()).budget
    after = {line.category: line.amount for line in amendment.lines.all()}
    return {
        "amendment": amendment,
        "convention": convention,
        "operator": call.operator,
        "call_title": call.title,
        "holder": convention.dossier.lead_name,
        "budget": rows(categories(rules), before, after),
    }


def rows(
    labels: Mapping[str, str], before: Mapping[str, Decimal], after: Mapping[str, Decimal]
) -> list[dict[str, Any]]:
    """Both budgets side by side, in the order of the regulation; nothing when the second is empty."""
    zero = Decimal(0)
    codes = [code for code in labels if before.get(code) or after.get(code)] if after else []
    return [{"label": labels[code], "before": before.get(code, zero), "after": after.get(code, zero)} for code in codes]
