"""The reviews of the jurors: a draft saved as it is written, then submitted for good."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction

from ami_portal.accounts.models import User
from ami_portal.kernel import clock
from ami_portal.kernel.money import in_words
from ami_portal.kernel.text import clean_text
from ami_portal.workflow import TransitionRefused, advance
from applications.enums import DossierState
from applications.models import Dossier
from evaluation import grids, scoring, workflow
from evaluation.enums import Confidence, ReviewState
from evaluation.models import Review, Score

from .jury import accepted_charter
from .locks import (
    lock_dossier,
    lock_opinions,
    lock_review,
    refuse_unless_allowed,
    refuse_without_favour,
    scoring_session,
)
from .progress import refresh_progress

MAX_COMMENT = 10_000


class StaleReview(Exception):
    """The draft changed since it was seen, in another window. Carries it as it is stored."""

    def __init__(self, review: Review) -> None:
        super().__init__("Cette évaluation a changé dans une autre fenêtre depuis que vous l’avez lue.")
        self.review = review


@transaction.atomic
def save_review(
    review: Review,
    *,
    scores: Mapping[int, int],
    comments: Mapping[str, str],
    comment_jury: str,
    comment_applicant: str,
    actor: User,
    recommended_amount: Decimal | None = None,
    confidence: str = "",
    seen_version: int | None = None,
) -> Review:
    """Keep the draft of a review as far as it goes, and return it as stored. Marks and comments not given stay.

    The same content again is a success that changes nothing. `seen_version` is the version that was shown. Raises
    StaleReview when another one was stored since with another content, TransitionRefused: scoring closed, not a draft,
    a mark out of the scale, a comment too long, an amount above what may be granted.
    """
    at = clock.now()
    current = _writable(review, actor)
    given = {code: clean_text(text).strip() for code, text in comments.items()}
    said: dict[str, Any] = {
        "comment_jury": clean_text(comment_jury).strip(),
        "comment_applicant": clean_text(comment_applicant).strip(),
        "recommended_amount": recommended_amount,
        "confidence": confidence,
    }
    _refuse_content(current.dossier, scores, given, said)
    stored = dict(current.scores.values_list("point_id", "value"))
    said["comments"] = {code: text for code, text in {**current.comments, **given}.items() if text}
    if {**stored, **scores} == stored and all(getattr(current, name) == value for name, value in said.items()):
        return current
    if seen_version is not None and seen_version != current.version:
        raise StaleReview(current)
    for point, mark in set(scores.items()) - set(stored.items()):
        Score.objects.update_or_create(review=current, point_id=point, defaults={"value": mark})
    for name, value in {**said, "version": current.version + 1, "saved_at": at}.items():
        setattr(current, name, value)
    current.save(update_fields=[*said, "version", "saved_at"])
    return current


@transaction.atomic
def submit_review(review: Review, *, actor: User) -> None:
    """Submit a review for good, once every point has its mark. Raises TransitionRefused."""
    at = clock.now()
    current = _writable(review, actor)
    grid = grids.grid_of(current.dossier.call)
    marks = dict(current.scores.values_list("point_id", "value"))
    if not scoring.is_complete(grid.headings, marks):
        left = sum(len(heading.points) for heading in grid.headings) - len(marks)
        raise TransitionRefused(
            f"Il reste {left} note{'s' if left > 1 else ''} à donner avant de remettre l’évaluation."
        )
    advance(review, workflow.SUBMIT_REVIEW, actor=actor, at=at)
    refresh_progress(current.dossier, current.juror_id)


def _writable(review: Review, actor: User) -> Review:
    """The review under its lock, proven to be a draft that may change now. Raises TransitionRefused."""
    scoring_session(review.dossier.call_id)
    dossier = lock_dossier(review.dossier_id)
    opinions = lock_opinions(dossier)
    current = lock_review(review.pk)
    refuse_unless_allowed(actor, "evaluation.score", current)
    if current.state != ReviewState.DRAFT:
        raise TransitionRefused(f"Action impossible : l’état est « {current.get_state_display()} ».")
    if dossier.state != DossierState.ELIGIBLE:
        raise TransitionRefused("Ce dossier n’est plus soumis au jury.")
    refuse_without_favour(dossier, opinions)
    accepted_charter(current)
    return current


def _refuse_content(
    dossier: Dossier, scores: Mapping[int, int], comments: Mapping[str, str], said: Mapping[str, Any]
) -> None:
    grid = grids.grid_of(dossier.call)
    points = {point for heading in grid.headings for point in heading.points}
    if not set(scores) <= points or not set(comments) <= {heading.code for heading in grid.headings}:
        raise TransitionRefused("Cette grille n’est pas celle de l’appel : rechargez la page.")
    if not all(grid.scale.holds(mark) for mark in scores.values()):
        raise TransitionRefused(f"Une note va de {grid.scale.lowest} à {grid.scale.highest}.")
    texts = (*comments.values(), said["comment_jury"], said["comment_applicant"])
    if any(len(text) > MAX_COMMENT for text in texts):
        raise TransitionRefused(f"Un commentaire dépasse {MAX_COMMENT} caractères : raccourcissez-le.")
    if said["confidence"] not in ("", *Confidence.values):
        raise TransitionRefused("Choisissez une assurance faible, moyenne ou forte.")
    amount, most = said["recommended_amount"], dossier.grant_limit
    if amount is not None and not 0 <= amount <= most:
        raise TransitionRefused(
            f"L’aide recommandée va de 0 à {in_words(most)} : le plafond de l’appel, ou la demande."
        )
