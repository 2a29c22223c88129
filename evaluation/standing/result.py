"""The ranking with everything that is said of it (pure): one function from inputs to it, and its data both ways."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from ami_portal.kernel.text import sha256_of
from evaluation.calibration import Calibration, Mark, calibrate

from .choice import Cost, Minimum, Rule
from .funding import NOBODY, Funding, Near, Place, fund
from .inputs import FORMAT, Inputs, Order, Rules, rules_as_data, rules_from
from .order import Scored, draw_of, ranks, scored


@dataclass(frozen=True)
class Ranked:
    """One dossier: the score of each juror, their mean and its rank; corrected beside them, with the first and last
    plausible ranks (None when too few dossiers were read twice). `lot` is its draw between equals, where the call has
    one."""

    ref: str
    amount: Decimal
    groups: frozenset[str]
    fundable: bool
    reads: int
    scores: Mapping[str, Decimal]
    headings: Mapping[str, Decimal | None]
    score: Decimal | None
    rank: int | None
    corrected: Decimal | None
    corrected_rank: int | None
    first: int | None
    last: int | None
    lot: str

    def score_in(self, order: Order) -> Decimal | None:
        """Its score in one of the two orders."""
        return self.score if order == "raw" else self.corrected

    def rank_in(self, order: Order) -> int | None:
        """Its rank in one of the two orders."""
        return self.rank if order == "raw" else self.corrected_rank


@dataclass(frozen=True)
class Standing:
    """A ranking, the best first in the order of the call; who is funded in that order, and would be in the other.

    `severities`, in points by juror, are below zero for a severe one; `chance` is the standard deviation of a score
    that nothing explains, `bias` that of the severities: None, and `other` too, when too little was read twice.
    """

    rows: tuple[Ranked, ...]
    rules: Rules
    order: Order
    funding: Funding
    other: Funding | None
    severities: Mapping[str, Decimal]
    chance: Decimal | None
    bias: Decimal | None
    seed: str
    draws: int

    @property
    def changed(self) -> frozenset[str]:
        """The dossiers that one order funds and the other does not."""
        return frozenset(self.funding.refs) ^ frozenset(self.other.refs) if self.other else frozenset()

    def places(self, order: Order) -> list[Place]:
        """The dossiers that may be funded, as the envelope sees them in an order."""
        found = []
        for row in self.rows:
            score, rank = row.score_in(order), row.rank_in(order)
            if row.fundable and score is not None and rank is not None:
                found.append(Place(row.ref, rank, score, row.reads, row.amount, row.groups))
        return sorted(found, key=lambda place: (place.rank, place.ref))

    def funding_with(self, envelope: Decimal, *, seconds: float) -> Funding:
        """Who another envelope would fund, found within so many seconds."""
        return fund(self.places(self.order), self.rules, envelope=envelope, full=False, seconds=seconds)

    def as_data(self) -> dict[str, Any]:
        """The data; `standing_from` gives the same ranking back."""
        return {
            "format": FORMAT,
            "rows": [_row_as_data(row) for row in self.rows],
            "rules": rules_as_data(self.rules),
            "order": self.order,
            "funding": _funding_as_data(self.funding),
            "other": _funding_as_data(self.other) if self.other else None,
            "severities": {name: _said(value) for name, value in sorted(self.severities.items())},
            "chance": _said(self.chance),
            "bias": _said(self.bias),
            "seed": self.seed,
            "draws": self.draws,
        }


def standing_of(inputs: Inputs) -> Standing:
    """The ranking: the same inputs give the same one. The order is the call's; raw when nothing can be corrected."""
    means = scored(inputs)
    marks = [Mark(ref, juror, score) for ref, row in means.items() for juror, score in row.scores.items()]
    found = calibrate(marks, seed=int(sha256_of(inputs.seed), 16), draws=inputs.draws)
    order: Order = inputs.rules.order if found else "raw"
    rows = sorted(_rows(inputs, means, found), key=lambda row: (row.rank_in(order) or len(means) + 1, row.ref))
    bare = Standing(
        rows=tuple(rows),
        rules=inputs.rules,
        order=order,
        funding=NOBODY,
        other=None,
        severities=found.severities if found else {},
        chance=found.chance if found else None,
        bias=found.bias if found else None,
        seed=inputs.seed,
        draws=inputs.draws,
    )
    opposite: Order = "corrected" if order == "raw" else "raw"
    funding = fund(bare.places(order), inputs.rules, chance=bare.chance)
    other = fund(bare.places(opposite), inputs.rules, full=False) if found else None
    return replace(bare, funding=funding, other=other)


def _rows(inputs: Inputs, means: Mapping[str, Scored], found: Calibration | None) -> list[Ranked]:
    corrected = {ref: row.score for ref, row in found.dossiers.items()} if found else {}
    by_heading = {ref: row.headings for ref, row in means.items()}
    raw = ranks({ref: row.score for ref, row in means.items()}, by_heading, inputs.rules, inputs.seed)
    other = ranks(corrected, by_heading, inputs.rules, inputs.seed)
    rows = []
    for entry in inputs.entries:
        mean, rank = means[entry.ref], other.get(entry.ref)
        spread = found.dossiers.get(entry.ref) if found else None
        row = Ranked(
            ref=entry.ref,
            amount=entry.amount,
            groups=entry.groups,
            fundable=entry.fundable,
            reads=len(mean.scores),
            scores=mean.scores,
            headings=mean.headings,
            score=mean.score,
            rank=raw[entry.ref],
            corrected=corrected.get(entry.ref),
            corrected_rank=rank,
            first=min(spread.first, rank) if spread and rank else None,
            last=max(spread.last, rank) if spread and rank else None,
            lot=draw_of(inputs.seed, entry.ref) if inputs.rules.draw else "",
        )
        rows.append(row)
    return rows


def standing_from(data: Mapping[str, Any]) -> Standing:
    """The ranking that this data says. Raises KeyError, TypeError or ValueError for data that is none."""
    if data["format"] != FORMAT:
        raise ValueError(f"unknown format: {data['format']!r}")
    rules = rules_from(data["rules"])
    return Standing(
        tuple(_row_from(row) for row in data["rows"]),
        rules,
        data["order"],
        _funding_from(data["funding"], rules),
        _funding_from(data["other"], rules) if data["other"] else None,
        {name: Decimal(value) for name, value in data["severities"].items()},
        _read(data["chance"]),
        _read(data["bias"]),
        data["seed"],
        data["draws"],
    )


def _said(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:.2f}"


def _read(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def _row_as_data(row: Ranked) -> dict[str, Any]:
    decimals = {name: _said(getattr(row, name)) for name in ("amount", "score", "corrected")}
    given = {name: {key: _said(value) for key, value in getattr(row, name).items()} for name in ("scores", "headings")}
    return {**vars(row), **decimals, **given, "groups": sorted(row.groups)}


def _row_from(data: Mapping[str, Any]) -> Ranked:
    decimals = {name: _read(data[name]) for name in ("amount", "score", "corrected")}
    given = {name: {key: _read(value) for key, value in data[name].items()} for name in ("scores", "headings")}
    return Ranked(**{**data, **decimals, **given, "groups": frozenset(data["groups"])})


def _rule_as_data(rule: Rule) -> dict[str, str]:
    return {"minimum": f"{Decimal(rule.score) / 100:.2f}"} if isinstance(rule, Minimum) else {"quota": rule.code}


def _rule_from(data: Mapping[str, str], rules: Rules) -> Rule:
    if "minimum" in data:
        return Minimum(int(Decimal(data["minimum"]) * 100))
    return next(quota for quota in rules.quotas if quota.code == data["quota"])


def _funding_as_data(found: Funding) -> dict[str, Any]:
    return {
        **vars(found),
        "refs": list(found.refs),
        "tied": list(found.tied),
        "spent": _said(found.spent),
        "points": _said(found.points),
        "costs": [
            {"rule": _rule_as_data(one.rule), "points": one.points, "enter": [*one.enter], "leave": [*one.leave]}
            for one in found.costs
        ],
        "blocking": [_rule_as_data(rule) for rule in found.blocking],
        "near": [
            {"ref": one.ref, "against": one.against, "gap": _said(one.gap), "doubt": _said(one.doubt)}
            for one in found.near
        ],
    }


def _funding_from(data: Mapping[str, Any], rules: Rules) -> Funding:
    return Funding(
        tuple(data["refs"]),
        Decimal(data["spent"]),
        tuple(data["tied"]),
        _read(data["points"]),
        data["is_alone"],
        tuple(
            Cost(_rule_from(one["rule"], rules), one["points"], tuple(one["enter"]), tuple(one["leave"]))
            for one in data["costs"]
        ),
        tuple(_rule_from(rule, rules) for rule in data["blocking"]),
        tuple(Near(one["ref"], one["against"], Decimal(one["gap"]), Decimal(one["doubt"])) for one in data["near"]),
        data["is_proven"],
    )
