"""The budget of a dossier, computed (pure): by category, by year, by organisation; caps of the regulation; its balance.

Which tables and columns hold the money is declared by the form (`figure`), categories and caps by the financial
regulation of the call. Nothing of one call is here. A budget over a cap, or a grant over the maximum, is told and
refuses nothing: whoever decides reads why.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from ami_portal.kernel.money import NO_BREAK_SPACE, ZERO, cents, in_words, percent_of

UNKNOWN = "Non précisé"
LEAD = "Porteur"


@dataclass(frozen=True)
class Entry:
    """One expense: its amount, and what it is filed under, as codes and as read; empty when it is not said."""

    amount: Decimal
    category: str = ""
    category_label: str = ""
    year: str = ""
    organisation: str = ""


@dataclass(frozen=True)
class Part:
    """A part of the budget: its amount, its share of the total in percent, the most that it may be."""

    label: str
    amount: Decimal
    share: Decimal
    cap_percent: Decimal | None = None
    cap: Decimal | None = None

    @property
    def over(self) -> Decimal:
        """What passes the cap, in euros."""
        return max(self.amount - self.cap, ZERO) if self.cap is not None else ZERO

    @property
    def share_said(self) -> str:
        return percent(self.share)

    @property
    def cap_said(self) -> str:
        return f"{percent(self.cap_percent)}, soit {in_words(self.cap)}" if self.cap_percent is not None else ""


@dataclass(frozen=True)
class Budget:
    """The expenses summed each way; an empty way when no column tells it."""

    total: Decimal
    categories: tuple[Part, ...]
    years: tuple[Part, ...]
    organisations: tuple[Part, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class Balance:
    """What finances the expenses, against them."""

    expenses: Decimal
    resources: Decimal
    sources: tuple[Part, ...]

    @property
    def gap(self) -> Decimal:
        """Resources less expenses: negative when some expense is not financed."""
        return self.resources - self.expenses

    @property
    def sentence(self) -> str:
        if not self.gap:
            return f"Le plan est équilibré : {in_words(self.resources)} de ressources pour autant de dépenses."
        what = "manque" if self.gap < 0 else "de trop"
        said = f"il {what} {in_words(-self.gap)}" if self.gap < 0 else f"{in_words(self.gap)} {what}"
        return f"Ressources : {in_words(self.resources)} ; dépenses : {in_words(self.expenses)} : {said}."


def measure(
    entries: Sequence[Entry], regulation: Mapping[str, Any], *, requested: Decimal | None, ways: Iterable[str]
) -> Budget:
    """The whole budget. `ways` names what the columns tell among `category`, `year` and `organisation`."""
    total = sum((entry.amount for entry in entries), ZERO)
    told = set(ways)
    categories = _by_category(entries, regulation.get("cost_categories", ()), total) if "category" in told else ()
    years = sorted({entry.year for entry in entries})
    organisations = list(dict.fromkeys(entry.organisation for entry in entries))
    return Budget(
        total,
        categories,
        tuple(_part(year or UNKNOWN, total, (e.amount for e in entries if e.year == year)) for year in years)
        if "year" in told
        else (),
        tuple(
            _part(name or LEAD, total, (e.amount for e in entries if e.organisation == name)) for name in organisations
        )
        if "organisation" in told and any(organisations)
        else (),
        (*_over_caps(categories), *_requested(requested, total, regulation)),
    )


def _part(label: str, total: Decimal, amounts: Iterable[Decimal], cap_percent: Decimal | None = None) -> Part:
    amount = sum(amounts, ZERO)
    share = (amount * 100 / total).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP) if total else Decimal("0.0")
    return Part(label, amount, share, cap_percent, percent_of(total, cap_percent) if cap_percent is not None else None)


def _by_category(entries: Sequence[Entry], categories: Sequence[Mapping[str, Any]], total: Decimal) -> tuple[Part, ...]:
    """The categories of the regulation in its order, those with a cap even when empty; then any other."""
    labels = {entry.category: entry.category_label or UNKNOWN for entry in entries}
    known = {str(raw["code"]): raw for raw in categories}
    parts = []
    for code in [*known, *(code for code in labels if code not in known)]:
        raw = known.get(code, {})
        cap = raw.get("cap_percent")
        if code in labels or cap is not None:
            amounts = (entry.amount for entry in entries if entry.category == code)
            label = str(raw.get("label") or labels.get(code, UNKNOWN))
            parts.append(_part(label, total, amounts, Decimal(str(cap)) if cap is not None else None))
    return tuple(parts)


def _over_caps(categories: Sequence[Part]) -> list[str]:
    return [
        f"{part.label} : {in_words(part.amount)}, soit {part.share_said} du total ; plafond : {part.cap_said}. "
        f"Il y a {in_words(part.over)} de trop."
        for part in categories
        if part.over
    ]


def _requested(requested: Decimal | None, total: Decimal, regulation: Mapping[str, Any]) -> list[str]:
    if requested is None:
        return []
    found = []
    maximum = regulation.get("max_grant")
    if maximum is not None and requested > cents(maximum):
        most = cents(maximum)
        found.append(f"L’aide demandée passe le maximum de {in_words(most)} : {in_words(requested - most)} de trop.")
    if total and requested > total:
        found.append(f"L’aide demandée passe le total des dépenses de {in_words(requested - total)}.")
    return found


def balance(expenses: Decimal, resources: Sequence[tuple[str, Decimal]]) -> Balance:
    """What each source brings to these expenses, against them."""
    total = sum((amount for _, amount in resources), ZERO)
    names = list(dict.fromkeys(name for name, _ in resources))
    sources = (
        _part(name or UNKNOWN, total, (amount for other, amount in resources if other == name)) for name in names
    )
    return Balance(expenses, total, tuple(sources))


def percent(value: Decimal | None) -> str:
    """« 8 % », « 66,8 % »."""
    if value is None:
        return ""
    return f"{value.normalize() + 0:f}".replace(".", ",") + f"{NO_BREAK_SPACE}%"
