"""The order of a ranking (pure): scores and their means, what decides between equals, the draw that anyone redoes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ami_portal.kernel.text import sha256_of
from evaluation import scoring
from evaluation.ranking import rank

from .inputs import Inputs, Judged, Rules, Weighted


@dataclass(frozen=True)
class Scored:
    """The score of each juror of a dossier and their mean, out of 100; the mean mark of each heading."""

    scores: Mapping[str, Decimal]
    score: Decimal | None
    headings: Mapping[str, Decimal | None]


def draw_of(seed: str, ref: str) -> str:
    """The lot of a dossier: the SHA-256 of « seed ref ». Between equals the smallest goes first."""
    return sha256_of(f"{seed} {ref}")


def scored(inputs: Inputs) -> dict[str, Scored]:
    """Every dossier with its means."""
    reviews: dict[str, list[Judged]] = {entry.ref: [] for entry in inputs.entries}
    for review in inputs.reviews:
        reviews[review.dossier].append(review)
    return {ref: _scored(inputs, rows) for ref, rows in reviews.items()}


def _scored(inputs: Inputs, reviews: list[Judged]) -> Scored:
    scale = inputs.marks_scale
    scores: dict[str, Decimal] = {}
    means = []
    for review in sorted(reviews, key=lambda row: row.juror):
        headings, marks = _in_numbers(inputs.grid, review)
        if (score := scoring.score(headings, scale, marks)) is not None:
            scores[review.juror] = score
            means.append([scoring.heading_score(heading, scale, marks) for heading in headings])
    columns = list(zip(*means, strict=True)) or [()] * len(inputs.grid)
    by_heading = {row.code: scoring.mean(column) for row, column in zip(inputs.grid, columns, strict=True)}
    return Scored(scores, scoring.mean(scores.values()), by_heading)


def _in_numbers(grid: Sequence[Weighted], review: Judged) -> tuple[list[scoring.Heading], dict[int, int]]:
    """The grid and the marks as scores are computed with them: points numbered in the order of the grid."""
    number = {name: place for place, name in enumerate(f"{row.code}/{point}" for row in grid for point in row.points)}
    headings = [
        scoring.Heading(row.code, row.weight, tuple(number[f"{row.code}/{point}"] for point in row.points))
        for row in grid
    ]
    return headings, {number[name]: mark for name, mark in review.marks.items()}


def ranks(
    scores: Mapping[str, Decimal | None], means: Mapping[str, Mapping[str, Decimal | None]], rules: Rules, seed: str
) -> dict[str, int | None]:
    """The rank of each dossier; between equal scores the call's headings decide in order, then the draw if it has one.

    `means` are the mean marks of each dossier by heading.
    """
    keys = [key_of(ref, score, means[ref], rules, seed) for ref, score in scores.items()]
    return dict(zip(scores, rank(keys), strict=True))


def key_of(
    ref: str, score: Decimal | None, means: Mapping[str, Decimal | None], rules: Rules, seed: str
) -> tuple[Decimal, ...] | None:
    """What a dossier is ranked by, the greatest first; None without a score."""
    if score is None:
        return None
    decided = [means.get(code) or Decimal(0) for code in rules.ties]
    lot = [Decimal(-int(draw_of(seed, ref), 16))] if rules.draw else []
    return (score, *decided, *lot)
