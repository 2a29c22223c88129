"""The tables of the ranking's page: its lines in the order asked for, what another envelope moves, its method."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ami_portal.kernel.money import ZERO
from applications.models import Call, Dossier
from evaluation import ranking_rules
from evaluation.standing import Funding, Minimum, Near, Quota, Ranked, Standing

SECONDS = 1.5
"""What a page may take to find whom another envelope funds."""


@dataclass(frozen=True)
class Line:
    """One dossier: what the ranking says of it, whether it is funded, tied, funded in the other order only, near."""

    dossier: Dossier
    row: Ranked
    is_funded: bool
    is_tied: bool
    changes: bool
    near: Near | None

    @property
    def apart(self) -> Decimal:
        """How far the dossier that is near is from it, in points."""
        return abs(self.near.gap) if self.near else ZERO

    @property
    def interval(self) -> str:
        """« 2 à 5 », or « 3 »; empty when nothing can be said."""
        if self.row.first is None:
            return ""
        return str(self.row.first) if self.row.first == self.row.last else f"{self.row.first} à {self.row.last}"


def lines_of(standing: Standing, shown: Mapping[str, Dossier]) -> list[Line]:
    """The lines of the dossiers that the reader may see, in the order of the ranking. Ranks stay those of the whole."""
    funding, near = standing.funding, {near.ref: near for near in standing.funding.near if near.against in shown}
    return [
        Line(
            shown[row.ref],
            row,
            row.ref in funding.refs,
            row.ref in funding.tied,
            row.ref in standing.changed,
            near.get(row.ref),
        )
        for row in standing.rows
        if row.ref in shown
    ]


Key = Callable[[Line], Any]
LAST = 10**9
COLUMNS: dict[str, tuple[str, Key]] = {
    "rang": ("Rang", lambda line: line.row.rank or LAST),
    "dossier": ("Dossier", lambda line: line.row.ref),
    "moyenne": ("Moyenne", lambda line: -line.row.score if line.row.score is not None else LAST),
    "corrige": ("Rang corrigé", lambda line: line.row.corrected_rank or LAST),
    "corrigee": ("Note corrigée", lambda line: -line.row.corrected if line.row.corrected is not None else LAST),
    "plausibles": ("Rangs plausibles", lambda line: (line.row.first or LAST, line.row.last or LAST)),
    "montant": ("Montant", lambda line: -line.row.amount),
}
"""The columns that the table is sorted by, by their name in the address."""


@dataclass(frozen=True)
class Head:
    """The head of a column: a link that sorts by it, the other way when it is already."""

    name: str
    label: str
    sense: str
    link: str


def sorted_by(lines: list[Line], name: str, sense: str) -> list[Line]:
    """The lines in the order asked for; in that of the ranking for a name that is none."""
    if name not in COLUMNS:
        return lines
    return sorted(lines, key=COLUMNS[name][1], reverse=sense == "desc")


def heads(name: str, sense: str, others: str) -> list[Head]:
    """The heads; `others` is the rest of the address."""
    found = []
    for key, (label, _) in COLUMNS.items():
        current = ("descending" if sense == "desc" else "ascending") if key == name else ""
        link = f"?tri={key}&sens={'desc' if current == 'ascending' else 'asc'}{'&' if others else ''}{others}"
        found.append(Head(key, label, current, link))
    return found


@dataclass(frozen=True)
class Moves:
    """What an envelope does: who is funded, who enters and who leaves, among the dossiers that the reader may see."""

    envelope: Decimal
    funding: Funding
    enter: tuple[Dossier, ...]
    leave: tuple[Dossier, ...]
    count: int
    spent: Decimal
    tied: tuple[Dossier, ...]

    @property
    def left(self) -> Decimal:
        """What is not spent."""
        return self.envelope - self.spent


def moves(standing: Standing, envelope: Decimal, lines: list[Line]) -> Moves:
    """What an envelope moves against the one in force."""
    same = envelope == standing.rules.envelope
    found = standing.funding if same else standing.funding_with(envelope, seconds=SECONDS)
    inside = [line for line in lines if line.row.ref in found.refs]
    return Moves(
        envelope,
        found,
        tuple(line.dossier for line in inside if not line.is_funded),
        tuple(line.dossier for line in lines if line.is_funded and line.row.ref not in found.refs),
        len(inside),
        sum((line.row.amount for line in inside), ZERO),
        tuple(line.dossier for line in lines if line.row.ref in found.tied),
    )


@dataclass(frozen=True)
class Priced:
    """What a rule of the call costs the optimum, in words."""

    label: str
    points: Decimal
    enter: tuple[str, ...]
    leave: tuple[str, ...]


def priced(standing: Standing, call: Call, shown: Mapping[str, Dossier]) -> list[Priced]:
    """Each rule with its cost; of the dossiers that it moves, those that the reader may see."""
    return [
        Priced(
            rule_label(cost.rule, call),
            Decimal(cost.points) / 100,
            tuple(ref for ref in cost.enter if ref in shown),
            tuple(ref for ref in cost.leave if ref in shown),
        )
        for cost in standing.funding.costs
    ]


def rule_label(rule: Minimum | Quota, call: Call) -> str:
    """A rule as the call says it."""
    if isinstance(rule, Minimum):
        return f"note minimale de {in_points(Decimal(rule.score) / 100)} sur 100"
    bounds = [f"{rule.least} au moins"] if rule.least else []
    bounds += [f"{rule.most} au plus"] if rule.most is not None else []
    return f"{ranking_rules.labels_of(call).get(rule.code, rule.code)} : {', '.join(bounds)}"


def rules_said(standing: Standing, call: Call) -> list[str]:
    """The rules that cannot be kept together, in words; empty when a set keeps them all."""
    return [rule_label(rule, call) for rule in standing.funding.blocking]


def in_points(value: Decimal | None, *, signed: bool = False) -> str:
    """« 71,30 »; a dash for none; its sign told when it is `signed`."""
    if value is None:
        return "—"
    return f"{value:{'+' if signed else ''}.2f}".replace(".", ",").replace("-", "−")
