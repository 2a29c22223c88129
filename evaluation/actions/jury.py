"""The jury: its session, who reviews what, and the interests that each declares before reading anything."""

from collections.abc import Iterable

from django.db import transaction

from ami_portal.accounts.enums import Role
from ami_portal.accounts.models import User
from ami_portal.accounts.rules import holds
from ami_portal.audit import trail
from ami_portal.kernel import clock
from ami_portal.kernel.text import clean_text
from ami_portal.ui.wording import instant
from ami_portal.workflow import TransitionRefused, advance
from applications.closing import closes_for_all_at, is_closed_for_all
from applications.enums import DossierState
from applications.models import Call, Dossier
from evaluation import interests, notifications, workflow
from evaluation.enums import ReviewState, SessionState, TieKind
from evaluation.models import Charter, Review, Session
from evaluation.rules import charter_in_force

from .conflicts import refuse_unexamined
from .locks import (
    NO_SESSION,
    lock_dossier,
    lock_opinions,
    lock_review,
    lock_session,
    refuse_unless_allowed,
    refuse_without_favour,
    scoring_session,
)
from .progress import refresh_progress
from .ranking import queue_ranking

MAX_CONFLICT = 4000


@transaction.atomic
def open_session(call: Call, *, actor: User) -> Session:
    """Open the jury of a call that is closed for all: from then on dossiers are entrusted and scored.

    It waits for the last dossier that was given more time: all are ranked together. Raises TransitionRefused.
    """
    at = clock.now()
    locked = Call.objects.select_for_update().get(pk=call.pk)
    refuse_unless_allowed(actor, "evaluation.run_session", locked)
    if not locked.is_closed(at):
        raise TransitionRefused("L’appel est encore ouvert : la séance du jury s’ouvre après la clôture.")
    if not is_closed_for_all(locked, at):
        raise TransitionRefused(
            f"Un dossier a reçu une prolongation : la séance s’ouvre après le {instant(closes_for_all_at(locked))}."
        )
    if Session.objects.filter(call=locked).exists():
        raise TransitionRefused("La séance du jury est déjà ouverte.")
    session = Session.objects.create(call=locked, opened_at=at)
    trail.record("session.open", subject=session.ref, actor=actor, at=at, after=session.state)
    return session


@transaction.atomic
def assign_juror(dossier: Dossier, juror: User, *, actor: User) -> Review:
    """Entrust an eligible dossier to a juror, who gets a mail.

    Raises TransitionRefused: session not open or scoring closed, dossier not eligible, an opinion missing or
    unfavourable, someone who is no juror or who visibly has an interest in the dossier, a second time.
    """
    at = clock.now()
    scoring_session(dossier.call_id)
    current = lock_dossier(dossier.pk)
    refuse_unless_allowed(actor, "evaluation.assign_juror", current)
    if current.state != DossierState.ELIGIBLE:
        raise TransitionRefused(
            f"Seul un dossier éligible va au jury ; l’état de celui-ci est « {current.get_state_display()} »."
        )
    refuse_without_favour(current, lock_opinions(current))
    if not holds(juror, Role.JUROR):
        raise TransitionRefused("Cette personne n’est pas membre du jury.")
    if Review.objects.filter(dossier=current, juror=juror).exists():
        raise TransitionRefused("Ce dossier est déjà confié à cette personne, ou elle s’en est déportée.")
    if reason := visible_conflict(current, juror):
        raise TransitionRefused(reason)
    review = Review.objects.create(dossier=current, juror=juror, assigned_at=at)
    notifications.review_assigned(review, at=at)
    refresh_progress(current, juror.pk)
    trail.record("review.assign", subject=review.ref, actor=actor, at=at, after=review.state)
    return review


def visible_conflict(dossier: Dossier, juror: User) -> str:
    """What the portal itself knows against a juror on a dossier, in a sentence; empty when nothing, or lifted."""
    return interests.paths_against(dossier, [juror], clock.today()).get(juror.pk, "")


@transaction.atomic
def unassign_juror(review: Review, *, actor: User) -> None:
    """Take a dossier back from a juror who has not yet answered. Raises TransitionRefused once they have."""
    at = clock.now()
    scoring_session(review.dossier.call_id)
    current = lock_review(review.pk)
    refuse_unless_allowed(actor, "evaluation.assign_juror", current)
    if current.state != ReviewState.TO_DECLARE:
        raise TransitionRefused(f"Action impossible : l’état est « {current.get_state_display()} ».")
    ref, dossier, juror_id = current.ref, current.dossier, current.juror_id
    current.delete()
    refresh_progress(dossier, juror_id)
    trail.record("review.unassign", subject=ref, actor=actor, at=at, before=ReviewState.TO_DECLARE.value)


@transaction.atomic
def declare_conflict(review: Review, *, conflict: str, actor: User, ties: Iterable[str] = ()) -> None:
    """Stand aside from a dossier, at any time before the decisions are frozen: it is then gone for this juror.

    `ties` are kinds of interest, `conflict` says it in words. A review already written, or submitted, no longer counts;
    the jury's secretaries are told to entrust the dossier again. Raises TransitionRefused.
    """
    at = clock.now()
    text = clean_text(conflict).strip()
    session = lock_session(review.dossier.call_id)
    current = lock_review(review.pk)
    refuse_unless_allowed(actor, "evaluation.declare_conflict", current)
    if session is None or session.state not in (SessionState.SCORING, SessionState.DELIBERATION):
        raise TransitionRefused("Les décisions sont arrêtées : signalez ce lien au secrétariat du jury.")
    if not text:
        raise TransitionRefused("Dites en une phrase quel est ce lien d’intérêts.")
    if len(text) > MAX_CONFLICT:
        raise TransitionRefused(f"La description dépasse {MAX_CONFLICT} caractères : raccourcissez-la.")
    if not set(ties) <= set(TieKind.values):
        raise TransitionRefused("Choisissez la nature du lien dans la liste.")
    review.conflict, review.ties = text, sorted(set(ties))
    advance(review, workflow.RECUSE, actor=actor, at=at)
    refresh_progress(current.dossier, current.juror_id)
    notifications.review_to_replace(current.dossier, at=at)
    if session.state == SessionState.DELIBERATION:
        queue_ranking(session, at=at)


@transaction.atomic
def deny_conflict(review: Review, *, actor: User) -> None:
    """Declare that one has no interest in a dossier: it opens to reading and scoring.

    The journal keeps the fingerprint of the charter that was accepted before. Raises TransitionRefused.
    """
    at = clock.now()
    scoring_session(review.dossier.call_id)
    current = lock_review(review.pk)
    refuse_unless_allowed(actor, "evaluation.declare_conflict", current)
    charter = accepted_charter(current)
    if reason := visible_conflict(current.dossier, actor):
        raise TransitionRefused(f"{reason} Déclarez ce lien d’intérêts.")
    advance(review, workflow.DENY_CONFLICT, actor=actor, at=at, charter_sha256=charter.sha256 if charter else "")
    refresh_progress(current.dossier, current.juror_id)


def accepted_charter(review: Review) -> Charter | None:
    """The charter in force, that the juror of a review accepted; None where there is none. Raises TransitionRefused
    when it is to be accepted: for the first time, or again since it changed."""
    charter = charter_in_force(review.dossier.call)
    if charter and not charter.acceptances.filter(juror=review.juror_id).exists():
        raise TransitionRefused("Acceptez d’abord la charte du jury, dans sa version d’aujourd’hui.")
    return charter


@transaction.atomic
def close_scoring(session: Session, *, actor: User) -> None:
    """End the scoring: reviews and opinions no longer change, the deliberation begins, a job computes the ranking.

    Raises TransitionRefused, also while a conflict detected on an entrusted dossier waits to be examined.
    """
    at = clock.now()
    current = lock_session(session.call_id)
    if current is None:
        raise TransitionRefused(NO_SESSION)
    refuse_unexamined(session.call_id)
    advance(session, workflow.CLOSE_SCORING, actor=actor, at=at)
    queue_ranking(current, at=at)
