"""The terms of a grant on a day (pure): what was signed first, then what each amendment and each transfer changed."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from ami_portal.kernel.money import ZERO, percent_of

Budget = Mapping[str, Decimal]


@dataclass(frozen=True)
class Terms:
    """What binds both parties: the grant in euros, its end, who leads the science, the costs by category in euros."""

    amount: Decimal
    ends_on: dt.date | None
    lead: str
    budget: Budget

    @property
    def total(self) -> Decimal:
        """All the costs, in euros."""
        return sum(self.budget.values(), ZERO)


@dataclass(frozen=True)
class Transfer:
    """So many euros of costs that go from a category to another."""

    source: str
    target: str
    amount: Decimal


@dataclass(frozen=True)
class Change:
    """What took effect on a day: an amendment (`number`, and only what it changes), or a transfer without amendment."""

    on: dt.date
    number: int = 0
    amount: Decimal | None = None
    ends_on: dt.date | None = None
    lead: str = ""
    budget: Budget = field(default_factory=dict)
    transfer: Transfer | None = None


def consolidated(first: Terms, changes: Iterable[Change], on: dt.date) -> Terms:
    """The terms at the end of the day `on`. Changes of one day apply in the order of their numbers, transfers last."""
    terms = first
    for change in sorted(changes, key=lambda one: (one.on, one.number or 10**6)):
        if change.on <= on:
            terms = _changed(terms, change)
    return terms


def _changed(terms: Terms, change: Change) -> Terms:
    if change.transfer:
        return replace(terms, budget=moved(terms.budget, change.transfer))
    return Terms(
        amount=terms.amount if change.amount is None else change.amount,
        ends_on=change.ends_on or terms.ends_on,
        lead=change.lead or terms.lead,
        budget=change.budget or terms.budget,
    )


def moved(budget: Budget, transfer: Transfer) -> dict[str, Decimal]:
    """The budget after a transfer; what it does not hold may become negative, which whoever asks refuses."""
    result = dict(budget)
    result[transfer.source] = result.get(transfer.source, ZERO) - transfer.amount
    result[transfer.target] = result.get(transfer.target, ZERO) + transfer.amount
    return result


def shifted(before: Budget, after: Budget) -> Decimal:
    """The euros that change category between two budgets of one total: what leaves the ones enters the others."""
    changes = [after.get(code, ZERO) - before.get(code, ZERO) for code in {*before, *after}]
    return sum((change for change in changes if change > 0), ZERO)


def within_tolerance(agreed: Budget, wanted: Budget, tolerance_percent: Decimal) -> bool:
    """Whether all that was transferred since the budget was last agreed on is within the tolerance, a share of it."""
    return shifted(agreed, wanted) <= percent_of(sum(agreed.values(), ZERO), tolerance_percent)


def over_cap(budget: Budget, caps: Mapping[str, Decimal]) -> list[str]:
    """The categories above their cap, a share (0 to 100) of all the costs."""
    total = sum(budget.values(), ZERO)
    return [code for code, cap in caps.items() if budget.get(code, ZERO) * 100 > total * cap]
