"""What a review said before it was reopened, in the words of the grid; who reads it is decided where the review is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .enums import Confidence
from .grids import Grid
from .models import Reopening, Review


@dataclass(frozen=True)
class FormerHeading:
    """A heading with the marks that its points had, and its comment."""

    label: str
    marks: tuple[tuple[str, int, str], ...]
    comment: str


@dataclass(frozen=True)
class FormerReview:
    """A review as it was submitted once. `recommended_amount` is None when none was said."""

    reopening: Reopening
    headings: tuple[FormerHeading, ...]
    recommended_amount: Decimal | None
    confidence: str

    @property
    def said(self) -> Mapping[str, Any]:
        """The comments on the whole."""
        content: Mapping[str, Any] = self.reopening.content
        return content


def former_reviews(reviews: Iterable[Review], grid: Grid) -> dict[int, list[FormerReview]]:
    """By review, what each said before each of its reopenings, the first one first; one query."""
    found: dict[int, list[FormerReview]] = {}
    rows = Reopening.objects.filter(review__in=list(reviews), is_granted=True).select_related("decided_by")
    for row in rows.order_by("review", "number"):
        found.setdefault(row.review_id, []).append(_former(row, grid))
    return found


def _former(reopening: Reopening, grid: Grid) -> FormerReview:
    content, words = reopening.content, dict(grid.scale.marks)
    headings = tuple(
        FormerHeading(
            row.label,
            tuple(
                (point.label, mark, words.get(mark, ""))
                for point in row.points.all()
                if (mark := content["scores"].get(f"{row.code}.{point.code}")) is not None
            ),
            content["comments"].get(row.code, ""),
        )
        for row in grid.rows
    )
    amount, confidence = content["recommended_amount"], content["confidence"]
    label = Confidence(confidence).label if confidence else ""
    return FormerReview(reopening, headings, Decimal(amount) if amount else None, str(label))
