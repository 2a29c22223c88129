"""All that a ranking is computed from, as data both ways (pure): what is here, and nothing else, makes the ranking.

The data is of texts, whole numbers, lists and mappings, so that `canonical_json` gives one text, and one fingerprint,
for one ranking. Amounts and scores are texts with two decimals.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from evaluation.calibration import DRAWS
from evaluation.scoring import Scale

from .choice import Quota

FORMAT = 1
Order = Literal["raw", "corrected"]
Method = Literal["line", "optimum"]


@dataclass(frozen=True)
class Weighted:
    """A heading of the grid: its weight in percent, the codes of its points."""

    code: str
    weight: int
    points: tuple[str, ...]


@dataclass(frozen=True)
class Entry:
    """A dossier to rank: the amount recommended for it, the groups that quotas count it in.

    One that is not `fundable` (a partner stops it) is ranked, and never funded.
    """

    ref: str
    amount: Decimal
    groups: frozenset[str] = frozenset()
    fundable: bool = True


@dataclass(frozen=True)
class Judged:
    """A submitted review: the marks of a juror by « heading/point »."""

    dossier: str
    juror: str
    marks: Mapping[str, int]


@dataclass(frozen=True)
class Rules:
    """How a call ranks and funds.

    `ties` are the headings whose means decide between equal scores, in order; then `draw`, a draw from the public seed,
    or else equals share a rank. `method` is the line over the order, or the exact optimum; `quotas` belong to it.
    Without an envelope nobody is funded.
    """

    order: Order = "raw"
    ties: tuple[str, ...] = ()
    draw: bool = False
    method: Method = "line"
    envelope: Decimal | None = None
    minimum: Decimal | None = None
    quotas: tuple[Quota, ...] = ()


@dataclass(frozen=True)
class Inputs:
    """A ranking to compute. `seed` is public: the draw between equals and the plausible ranks come from it."""

    scale: tuple[int, int]
    grid: tuple[Weighted, ...]
    entries: tuple[Entry, ...]
    reviews: tuple[Judged, ...]
    rules: Rules
    seed: str
    draws: int = DRAWS

    @property
    def marks_scale(self) -> Scale:
        """The scale as scores are computed with it; its words do not count."""
        low, high = self.scale
        return Scale(low, high, tuple(str(mark) for mark in range(low, high + 1)))

    def as_data(self) -> dict[str, Any]:
        """The data; `read` gives the same inputs back."""
        return {
            "format": FORMAT,
            "scale": list(self.scale),
            "grid": [{"code": row.code, "weight": row.weight, "points": list(row.points)} for row in self.grid],
            "dossiers": [
                {
                    "ref": row.ref,
                    "amount": f"{row.amount:.2f}",
                    "groups": sorted(row.groups),
                    "fundable": row.fundable,
                }
                for row in sorted(self.entries, key=lambda row: row.ref)
            ],
            "reviews": [
                {"dossier": row.dossier, "juror": row.juror, "marks": dict(row.marks)}
                for row in sorted(self.reviews, key=lambda row: (row.dossier, row.juror))
            ],
            "rules": rules_as_data(self.rules),
            "seed": self.seed,
            "draws": self.draws,
        }


def read(data: Mapping[str, Any]) -> Inputs:
    """The inputs that this data says. Raises KeyError, TypeError or ValueError for data that is none."""
    if data["format"] != FORMAT:
        raise ValueError(f"unknown format: {data['format']!r}")
    low, high = data["scale"]
    return Inputs(
        (int(low), int(high)),
        tuple(Weighted(row["code"], int(row["weight"]), tuple(row["points"])) for row in data["grid"]),
        tuple(
            Entry(row["ref"], Decimal(row["amount"]), frozenset(row["groups"]), row["fundable"])
            for row in data["dossiers"]
        ),
        tuple(
            Judged(row["dossier"], row["juror"], {name: int(mark) for name, mark in row["marks"].items()})
            for row in data["reviews"]
        ),
        rules_from(data["rules"]),
        str(data["seed"]),
        int(data["draws"]),
    )


def rules_as_data(rules: Rules) -> dict[str, Any]:
    """The rules as data."""
    return {
        "order": rules.order,
        "ties": list(rules.ties),
        "draw": rules.draw,
        "method": rules.method,
        "envelope": None if rules.envelope is None else f"{rules.envelope:.2f}",
        "minimum": None if rules.minimum is None else f"{rules.minimum:.2f}",
        "quotas": [
            {"code": row.code, "group": row.group, "least": row.least, "most": row.most} for row in rules.quotas
        ],
    }


def rules_from(data: Mapping[str, Any]) -> Rules:
    """The rules that this data says. Raises KeyError or ValueError for data that is none."""
    if data["order"] not in ("raw", "corrected") or data["method"] not in ("line", "optimum"):
        raise ValueError(f"unknown rule: {data['order']!r}, {data['method']!r}")
    return Rules(
        data["order"],
        tuple(data["ties"]),
        bool(data["draw"]),
        data["method"],
        None if data["envelope"] is None else Decimal(data["envelope"]),
        None if data["minimum"] is None else Decimal(data["minimum"]),
        tuple(Quota(row["code"], row["group"], int(row["least"]), row["most"]) for row in data["quotas"]),
    )
