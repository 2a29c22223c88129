"""Scores (pure): from the marks of one review to a score between 0 and 100, and to the mean of a dossier.

Each point counts as much as its neighbours under a heading, each heading by its weight (they sum to 100). The lowest
mark of the scale is worth 0, the highest 1. A missing mark is never a zero: a review that lacks one has no score.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True)
class Scale:
    """The marks of a call: from `lowest` to `highest`, each with its word; `guides`, if any, say what each means."""

    lowest: int
    highest: int
    labels: tuple[str, ...]
    guides: tuple[str, ...] = ()

    @property
    def marks(self) -> list[tuple[int, str]]:
        """Each mark with its word, the lowest first."""
        return [(self.lowest + index, label) for index, label in enumerate(self.labels)]

    def levels(self, guides: Sequence[str] = ()) -> list[tuple[int, str, str]]:
        """Each mark with its word and what it means: by a point's own `guides`, or else by those of the scale."""
        said = guides or self.guides or [""] * len(self.labels)
        return [(mark, label, guide) for (mark, label), guide in zip(self.marks, said, strict=True)]

    def holds(self, mark: int) -> bool:
        """Whether `mark` is one of the scale."""
        return self.lowest <= mark <= self.highest


@dataclass(frozen=True)
class Heading:
    """A heading of the grid: its weight in percent, and the identifiers of its points."""

    code: str
    weight: int
    points: tuple[int, ...]


def scale_of(raw: Mapping[str, Any]) -> Scale:
    """The scale as a call holds it. Raises ValueError when its words do not match its marks."""
    labels, guides = (tuple(str(text) for text in raw.get(name, ())) for name in ("labels", "guides"))
    scale = Scale(int(raw["min"]), int(raw["max"]), labels, guides)
    if scale.highest - scale.lowest + 1 != len(scale.labels) or scale.highest <= scale.lowest:
        raise ValueError("une note a un mot, et un mot une note")
    return scale


def rounded(value: Fraction) -> Decimal:
    """A score to the hundredth, half up: what is shown is what is ranked."""
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(HUNDREDTH, rounding=ROUND_HALF_UP)


def progress(grid: Sequence[Heading], scale: Scale, marks: Mapping[int, int]) -> tuple[Decimal, Decimal]:
    """What the marks given so far earn, and the most that they could: 62.5 at most when headings of that weight are
    marked. Both are out of 100."""
    span = scale.highest - scale.lowest
    earned = most = Fraction(0)
    for heading in grid:
        share = Fraction(heading.weight, len(heading.points)) if heading.points else Fraction(0)
        given = [marks[point] for point in heading.points if point in marks]
        earned += share * Fraction(sum(mark - scale.lowest for mark in given), span)
        most += share * len(given)
    return rounded(earned), rounded(most)


def is_complete(grid: Sequence[Heading], marks: Mapping[int, int]) -> bool:
    """Whether every point has its mark."""
    return all(point in marks for heading in grid for point in heading.points)


def score(grid: Sequence[Heading], scale: Scale, marks: Mapping[int, int]) -> Decimal | None:
    """The score of a review, 0 to 100; None as long as a mark is missing."""
    return progress(grid, scale, marks)[0] if is_complete(grid, marks) else None


def heading_score(heading: Heading, scale: Scale, marks: Mapping[int, int]) -> Decimal | None:
    """The mean mark of one heading on the scale; None as long as a mark is missing."""
    given = [marks[point] for point in heading.points if point in marks]
    return rounded(Fraction(sum(given), len(given))) if given and len(given) == len(heading.points) else None


def mean(scores: Iterable[Decimal | None]) -> Decimal | None:
    """The mean of the scores that exist; None when there is none."""
    known = [Fraction(value) for value in scores if value is not None]
    return rounded(sum(known, Fraction(0)) / len(known)) if known else None
