"""What a review said before it was reopened, or when its juror was replaced, in the words of the grid."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ami_portal.ui.wording import instant

from .enums import Confidence, ReviewState
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
    """What was kept of a review, and why it no longer stands. `recommended_amount` is None when none was said."""

    title: str
    note: str
    headings: tuple[FormerHeading, ...]
    said: Mapping[str, Any]
    recommended_amount: Decimal | None
    confidence: str


def content_of(review: Review) -> dict[str, Any]:
    """What a review says, in words that outlive its rows: marks by « heading.point », amounts as text."""
    marks = review.scores.select_related("point__heading")
    amount = review.recommended_amount
    return {
        "scores": {f"{mark.point.heading.code}.{mark.point.code}": mark.value for mark in marks},
        "comments": review.comments,
        "comment_jury": review.comment_jury,
        "comment_applicant": review.comment_applicant,
        "recommended_amount": "" if amount is None else str(amount),
        "confidence": review.confidence,
    }


def former_reviews(reviews: Iterable[Review], grid: Grid) -> dict[int, list[FormerReview]]:
    """By review, what each said before each of its reopenings, the first one first, or when its juror was replaced."""
    rows = list(reviews)
    found: dict[int, list[FormerReview]] = {}
    reopened = Reopening.objects.filter(review__in=rows, is_granted=True).order_by("review", "number")
    for row in reopened:
        found.setdefault(row.review_id, []).append(_reopened(row, grid))
    for review in rows:
        if review.state == ReviewState.REPLACED and review.version:
            found.setdefault(review.pk, []).append(_replaced(review, grid))
    return found


def _reopened(reopening: Reopening, grid: Grid) -> FormerReview:
    submitted_at, decided_at = (instant(at) if at else "" for at in (reopening.submitted_at, reopening.decided_at))
    note = f"Rouverte le {decided_at} : {reopening.reason}"
    if reopening.others:
        note += f" À cet instant, autres évaluations du dossier que son auteur pouvait lire : {reopening.others}."
    return _kept(f"Ce que disait l’évaluation remise le {submitted_at}", note, reopening.content, grid)


def _replaced(review: Review, grid: Grid) -> FormerReview:
    replaced_at = instant(review.replaced_at) if review.replaced_at else ""
    return _kept("Ce qui était écrit, et n’a pas été remis", f"Remplacé le {replaced_at}.", content_of(review), grid)


def _kept(title: str, note: str, content: Mapping[str, Any], grid: Grid) -> FormerReview:
    words = dict(grid.scale.marks)
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
    label = str(Confidence(confidence).label) if confidence else ""
    return FormerReview(title, note, headings, content, Decimal(amount) if amount else None, label)
