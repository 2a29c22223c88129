"""The publication: every result of a call at the same instant, at once or at one set beforehand; all, or nothing."""

import datetime as dt

from django.db import transaction
from django.db.models import F

from ami_portal.accounts.models import User
from ami_portal.audit import trail
from ami_portal.jobs.actions import one_by_one
from ami_portal.kernel import clock
from ami_portal.ui.wording import instant
from ami_portal.workflow import TransitionRefused, advance, given_reason
from applications.models import Call, Dossier
from evaluation import letters, notifications, workflow
from evaluation.enums import Outcome, SessionState
from evaluation.models import Decision, Letter, Session

from .deliberation import lock_dossiers
from .locks import NO_SESSION, lock_session, refuse_unless_allowed

MAX_REASON = 1000
PAST = "Cet instant est passé : choisissez-en un à venir, ou publiez maintenant."
NOT_SET = "Aucune publication n’est prévue."


@transaction.atomic
def publish_results(session: Session, *, actor: User) -> None:
    """Publish every result of a call at the same instant: states, letters, public list, mails. All, or nothing.

    Raises TransitionRefused: not frozen, already published, an instant set for later, a letter not yet rendered.
    """
    at = clock.now()
    current = _locked(session)
    dossiers = lock_dossiers(current.call)
    refuse_unless_allowed(actor, "evaluation.publish_results", current)
    if current.scheduled_at:
        raise TransitionRefused(
            f"La publication est prévue le {instant(current.scheduled_at)} : annulez-la pour publier maintenant."
        )
    _publish(session, current, dossiers, actor=actor, at=at)


@transaction.atomic
def schedule_publication(session: Session, *, publish_at: dt.datetime, actor: User) -> None:
    """Set beforehand the instant at which the results of frozen decisions are published, by the clock.

    Raises TransitionRefused: the right, not frozen, an instant that is past, or one that is set already.
    """
    at = clock.now()
    current = _locked(session)
    refuse_schedule(current, publish_at=publish_at, actor=actor, at=at)
    _set(current, publish_at, actor, at)
    said = publish_at.astimezone(dt.UTC).isoformat()
    trail.record("session.schedule", subject=current.ref, actor=actor, at=at, publish_at=said)


def refuse_schedule(session: Session, *, publish_at: dt.datetime, actor: User, at: dt.datetime) -> None:
    """Raise TransitionRefused unless this instant can be set now."""
    refuse_unless_allowed(actor, "evaluation.publish_results", session)
    _refuse_unfrozen(session)
    if session.scheduled_at:
        raise TransitionRefused(
            f"La publication est déjà prévue le {instant(session.scheduled_at)} : annulez-la d’abord, avec un motif."
        )
    if publish_at <= at:
        raise TransitionRefused(PAST)


@transaction.atomic
def cancel_publication(session: Session, *, reason: str, actor: User) -> None:
    """Take back the instant that was set, as long as nothing is published. Raises TransitionRefused."""
    at = clock.now()
    current = _locked(session)
    refuse_unless_allowed(actor, "evaluation.publish_results", current)
    _refuse_unfrozen(current)
    if current.scheduled_at is None:
        raise TransitionRefused(NOT_SET)
    reason = given_reason(reason, MAX_REASON, empty="Donnez le motif : il reste au journal.")
    said = current.scheduled_at.astimezone(dt.UTC).isoformat()
    _set(current, None, None, None)
    trail.record("session.unschedule", subject=current.ref, actor=actor, at=at, reason=reason, publish_at=said)


def _set(session: Session, publish_at: dt.datetime | None, actor: User | None, at: dt.datetime | None) -> None:
    session.publish_at, session.publish_set_by, session.publish_set_at = publish_at, actor, at
    session.save(update_fields=["publish_at", "publish_set_by", "publish_set_at"])


def publish_due(*, at: dt.datetime) -> int:
    """Publish the calls whose instant has come; answer how many. Called every minute, by as many clocks as there are.

    A publication that is interrupted has not begun: the next minute does it whole.
    """
    due = Session.objects.filter(state=SessionState.FROZEN, publish_at__lte=at, publish_set_at__gte=F("frozen_at"))
    return one_by_one(due.order_by("pk"), _publish_by_the_clock)


@transaction.atomic
def _publish_by_the_clock(session: Session) -> bool:
    """Publish one call, unless it was published, or taken back, meanwhile. What holds it back is told, once."""
    at = clock.now()
    current = _locked(session)
    if current.scheduled_at is None or current.scheduled_at > at:
        return False
    try:
        with transaction.atomic():  # what refuses half way undoes the half
            _publish(current, current, lock_dossiers(current.call), actor=None, at=at)
    except TransitionRefused:
        notifications.publication("held", current, at=at)
        return False
    notifications.publication("done", current, at=at)
    return True


def _publish(session: Session, current: Session, locked: list[Dossier], *, actor: User | None, at: dt.datetime) -> None:
    """The publication itself, its rows locked. It refuses before it changes anything."""
    _refuse_unfrozen(current)
    dossiers = {dossier.pk: dossier for dossier in locked}
    decisions = list(Decision.objects.filter(session=current, dossier__in=dossiers).order_by("dossier_id"))
    told_of = letters.of_the_jury(current).filter(dossier__in=dossiers)
    ready = list(told_of.select_for_update(of=("self",)).order_by("pk"))
    told = {letter.dossier_id for letter in ready}
    if waiting := [dossiers[item.dossier_id].ref for item in decisions if item.dossier_id not in told]:
        raise TransitionRefused(
            f"Des lettres ne sont pas encore prêtes : {', '.join(waiting)}. Réessayez dans une minute."
        )
    _release(current.call, ready, [dossiers[item.dossier_id] for item in decisions], at)
    results = workflow.RESULTS if actor else workflow.RESULTS_BY_THE_CLOCK
    for decision in decisions:
        step = results[Outcome(decision.outcome)]
        advance(dossiers[decision.dossier_id], step, actor=actor, at=at, rank=decision.rank)
    advance(session, workflow.PUBLISH if actor else workflow.PUBLISH_BY_THE_CLOCK, actor=actor, at=at)


def _release(call: Call, ready: list[Letter], dossiers: list[Dossier], at: dt.datetime) -> None:
    """What is seen from the instant of publication on, mails included."""
    Letter.objects.filter(pk__in=[letter.pk for letter in ready]).update(released_at=at)
    Call.objects.filter(pk=call.pk).update(results_published_at=at)
    for dossier in dossiers:
        notifications.result_published(dossier, at=at)


def _locked(session: Session) -> Session:
    current = lock_session(session.call_id)
    if current is None:
        raise TransitionRefused(NO_SESSION)
    return current


def _refuse_unfrozen(session: Session) -> None:
    if session.state != SessionState.FROZEN:
        raise TransitionRefused(f"Action impossible : l’état de la séance est « {session.get_state_display()} ».")
