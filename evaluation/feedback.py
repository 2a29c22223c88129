"""What an applicant is told of the reviews with the result: comments, marks if the call says so, nobody's name."""

from dataclasses import dataclass
from decimal import Decimal

from applications.models import Dossier

from . import grids, scoring
from .board import marks_of
from .enums import ReviewState
from .judging import judging_of
from .models import Review


@dataclass(frozen=True)
class HeadingMean:
    """The mean mark of a dossier under one heading, on the scale of the call."""

    label: str
    weight: int
    mean: Decimal | None


@dataclass(frozen=True)
class Feedback:
    """`headings` is empty where the call keeps its marks; `lowest` and `highest` are the ends of the scale."""

    comments: tuple[str, ...]
    headings: tuple[HeadingMean, ...] = ()
    lowest: int = 0
    highest: int = 0


def feedback_of(dossier: Dossier) -> Feedback:
    """What the submitted reviews of a dossier say to its applicant."""
    reviews = Review.objects.filter(dossier=dossier, state=ReviewState.SUBMITTED)
    comments = tuple(sorted(reviews.exclude(comment_applicant="").values_list("comment_applicant", flat=True)))
    if not judging_of(dossier.call)["letter_scores"] or not reviews.exists():
        return Feedback(comments)
    grid = grids.grid_of(dossier.call)
    marks = [marks_of(review) for review in reviews.prefetch_related("scores")]
    headings = tuple(
        HeadingMean(
            row.label, row.weight, scoring.mean(scoring.heading_score(heading, grid.scale, given) for given in marks)
        )
        for row, heading in zip(grid.rows, grid.headings, strict=True)
    )
    return Feedback(comments, headings, grid.scale.lowest, grid.scale.highest)
