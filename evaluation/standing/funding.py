"""Whom an envelope funds in an order (pure): those above the line, or the exact optimum; who nearly was, or was not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby

from evaluation.scoring import HUNDREDTH

from .choice import TIME_LIMIT, Candidate, Cost, Limits, Minimum, NotProven, Rule, blocking, choose, costs
from .inputs import Rules

ZERO = Decimal("0.00")
SURE = 1.645
"""Standard deviations that 90 % of differences stay within when there is none."""


@dataclass(frozen=True)
class Place:
    """A dossier in an order, as the envelope sees it: those that may be funded, the best first."""

    ref: str
    rank: int
    score: Decimal
    reads: int
    amount: Decimal
    groups: frozenset[str]


@dataclass(frozen=True)
class Near:
    """A dossier whose score differs from that of `against`, on the other side, by no more than chance may do: `gap` is
    below zero for the lower one, `doubt` is what chance may do."""

    ref: str
    against: str
    gap: Decimal
    doubt: Decimal


@dataclass(frozen=True)
class Funding:
    """Who is funded (`refs`). `tied` share a rank and do not all fit: the jury decides between them.

    By the optimum also: the `points` that the funded have together, whether another set has as many, what each rule
    costs, and the rules that cannot be kept together when there is no set at all. `is_proven` is false when the time
    was not enough.
    """

    refs: tuple[str, ...]
    spent: Decimal
    tied: tuple[str, ...] = ()
    points: Decimal | None = None
    is_alone: bool = True
    costs: tuple[Cost, ...] = ()
    blocking: tuple[Rule, ...] = ()
    near: tuple[Near, ...] = ()
    is_proven: bool = True


NOBODY = Funding((), ZERO)


def fund(
    places: Sequence[Place],
    rules: Rules,
    *,
    chance: Decimal | None = None,
    envelope: Decimal | None = None,
    full: bool = True,
    seconds: float = TIME_LIMIT,
) -> Funding:
    """Who is funded, the best placed first. `envelope` stands for that of the rules; without `full`, only who."""
    envelope = rules.envelope if envelope is None else envelope
    if envelope is None:
        return NOBODY
    found = _line(places, rules, envelope) if rules.method == "line" else _best(places, rules, envelope, full, seconds)
    near = _near(places, found, chance) if full and chance else ()
    return replace(found, near=near)


def _line(places: Sequence[Place], rules: Rules, envelope: Decimal) -> Funding:
    """The first of the order whose amounts fit together. Equals are funded together, or decided by the jury."""
    left = envelope
    found: list[str] = []
    for _, group in groupby(places, key=lambda place: place.rank):
        equals = list(group)
        asked = sum((place.amount for place in equals), ZERO)
        if rules.minimum is not None and equals[0].score < rules.minimum:
            break
        if asked > left:
            tied = [place.ref for place in equals] if min(place.amount for place in equals) <= left else []
            return Funding(tuple(found), envelope - left, tied=tuple(tied))
        left -= asked
        found += [place.ref for place in equals]
    return Funding(tuple(found), envelope - left)


def _best(places: Sequence[Place], rules: Rules, envelope: Decimal, full: bool, seconds: float) -> Funding:
    """The exact optimum under the rules of the call."""
    rows = [Candidate(place.ref, _hundredths(place.score), _hundredths(place.amount), place.groups) for place in places]
    minimum = [] if rules.minimum is None else [Minimum(_hundredths(rules.minimum))]
    limits = Limits(_hundredths(envelope), (*minimum, *rules.quotas))
    try:
        choice = choose(rows, limits, seconds=seconds)
        if choice is None:
            return Funding((), ZERO, blocking=blocking(rows, limits) if full else limits.rules)
        priced = tuple(costs(rows, limits, choice)) if full else ()
    except NotProven:
        return Funding((), ZERO, is_proven=False)
    points, spent = Decimal(choice.total) / 100, Decimal(choice.spent) / 100
    return Funding(choice.names, spent, points=points, is_alone=choice.is_alone, costs=priced)


def _hundredths(value: Decimal) -> int:
    return int(value * 100)


def _near(places: Sequence[Place], found: Funding, chance: Decimal) -> tuple[Near, ...]:
    """Who would be on the other side, had chance done a little more: all whose score differs from the nearest there by
    no more than chance may do."""
    inside = [place for place in places if place.ref in found.refs]
    outside = [place for place in places if place.ref not in found.refs]
    if not inside or not outside:
        return ()
    found_near = []
    for place in places:
        others = outside if place.ref in found.refs else inside
        other = min(others, key=lambda one: (abs(one.score - place.score), one.rank, one.ref))
        gap, doubt = place.score - other.score, _doubt(chance, place.reads, other.reads)
        if abs(gap) <= doubt:
            found_near.append(Near(place.ref, other.ref, gap, doubt))
    return tuple(found_near)


def _doubt(chance: Decimal, one: int, other: int) -> Decimal:
    """How far two means may be apart by chance alone, nine times in ten."""
    return Decimal(SURE * float(chance) * (1 / one + 1 / other) ** 0.5).quantize(HUNDREDTH)
