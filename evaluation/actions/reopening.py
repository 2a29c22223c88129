"""A submitted review changes only by being reopened: its juror asks, the secretary grants; the former marks stay."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Max

from ami_portal.accounts.models import User
from ami_portal.audit import trail
from ami_portal.kernel import clock
from ami_portal.workflow import TransitionRefused, advance, given_reason
from evaluation import notifications, workflow
from evaluation.enums import ReviewState
from evaluation.former_reviews import content_of
from evaluation.models import Reopening, Review

from .locks import lock_review, refuse_unless_allowed, scoring_session
from .progress import refresh_progress

MAX_REASON = 2000
NOT_SUBMITTED = "Cette évaluation n’est pas remise : elle peut encore changer."
ALREADY_ASKED = "Vous avez déjà demandé à rouvrir cette évaluation : le secrétariat du jury va répondre."
NOT_ASKED = "Aucune demande de réouverture n’attend de réponse."


@transaction.atomic
def ask_reopening(review: Review, *, reason: str, actor: User) -> Reopening:
    """Ask, for its juror, to change a submitted review; the operator’s address is told. Raises TransitionRefused."""
    at = clock.now()
    current = _submitted(review)
    refuse_unless_allowed(actor, "evaluation.score", current)
    if _waiting(current):
        raise TransitionRefused(ALREADY_ASKED)
    reason = given_reason(reason, MAX_REASON, empty="Dites ce que vous voulez corriger, et pourquoi.")
    asked = Reopening.objects.create(review=current, number=_number(current), request=reason, asked_at=at)
    notifications.reopening_asked(asked, at=at)
    trail.record("review.ask_reopening", subject=current.ref, actor=actor, at=at, reason=reason)
    return asked


@transaction.atomic
def reopen_review(review: Review, *, reason: str, actor: User) -> Reopening:
    """Reopen a submitted review: it is a draft again for its juror, who is told, and what it said stays readable.

    It grants the request that waits, if one does. The others' reviews are hidden from the juror again until theirs is
    submitted. Raises TransitionRefused: the right, scoring closed, not submitted, no reason.
    """
    at = clock.now()
    current = _submitted(review)
    refuse_unless_allowed(actor, "evaluation.reopen_review", current)
    others = Review.objects.filter(dossier=current.dossier_id, state=ReviewState.SUBMITTED).exclude(pk=current.pk)
    kept = {"submitted_at": current.submitted_at, "content": content_of(current), "others": others.count()}
    reopening = _decide(current, True, reason, actor, at, **kept)
    advance(review, workflow.REOPEN_REVIEW, actor=actor, at=at, reason=reopening.reason, number=reopening.number)
    refresh_progress(current.dossier, current.juror_id)
    notifications.reopening_answered("review_reopened", reopening, at=at)
    return reopening


@transaction.atomic
def decline_reopening(review: Review, *, reason: str, actor: User) -> Reopening:
    """Leave a submitted review as it is although its juror asked otherwise; they are told. Raises TransitionRefused."""
    at = clock.now()
    current = _submitted(review)
    refuse_unless_allowed(actor, "evaluation.reopen_review", current)
    if not _waiting(current):
        raise TransitionRefused(NOT_ASKED)
    reopening = _decide(current, False, reason, actor, at)
    trail.record("review.decline_reopening", subject=current.ref, actor=actor, at=at, reason=reopening.reason)
    notifications.reopening_answered("review_reopening_declined", reopening, at=at)
    return reopening


def _submitted(review: Review) -> Review:
    """The review under its lock, proven to be submitted while the scoring is open. Raises TransitionRefused."""
    scoring_session(review.dossier.call_id)
    current = lock_review(review.pk)
    if current.state != ReviewState.SUBMITTED:
        raise TransitionRefused(NOT_SUBMITTED)
    return current


def _waiting(review: Review) -> Reopening | None:
    return Reopening.objects.filter(review=review, is_granted=None).first()


def _number(review: Review) -> int:
    last = Reopening.objects.filter(review=review).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def _decide(review: Review, is_granted: bool, reason: str, actor: User, at: dt.datetime, **kept: Any) -> Reopening:
    """The request that waits, or a reopening of the secretary's own, decided."""
    said: dict[str, Any] = {
        "reason": given_reason(reason, MAX_REASON, empty="Donnez le motif : il reste au journal, et le juré le lit.")
    }
    said |= {"is_granted": is_granted, "decided_at": at, "decided_by": actor, **kept}
    reopening = _waiting(review) or Reopening(review=review, number=_number(review))
    for name, value in said.items():
        setattr(reopening, name, value)
    reopening.save()
    return reopening
