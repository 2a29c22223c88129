"""Rankings written by hand: a grid of two headings, marks out of ten, as many reviews as wanted."""

from decimal import Decimal
from typing import Any

from evaluation.standing import Entry, Inputs, Judged, Rules, Weighted

GRID = (Weighted("SCIENCE", 60, ("method", "team")), Weighted("OPEN", 40, ("sharing",)))
SEED = "AMI-1 2026-11-25T09:00:00+00:00"


def a_ranking(
    marks: dict[str, dict[str, tuple[int, int, int]]],
    *,
    amounts: dict[str, int] | None = None,
    groups: dict[str, set[str]] | None = None,
    stopped: frozenset[str] = frozenset(),
    draws: int = 60,
    **rules: Any,
) -> Inputs:
    """The inputs of a ranking; `marks` are those of each juror on each dossier, point by point."""
    points = [f"{row.code}/{point}" for row in GRID for point in row.points]
    return Inputs(
        (0, 10),
        GRID,
        tuple(
            Entry(
                ref, Decimal((amounts or {}).get(ref, 100)), frozenset((groups or {}).get(ref, ())), ref not in stopped
            )
            for ref in marks
        ),
        tuple(
            Judged(ref, juror, dict(zip(points, given, strict=True)))
            for ref, row in marks.items()
            for juror, given in row.items()
        ),
        Rules(**rules),
        SEED,
        draws,
    )
