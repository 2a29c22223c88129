"""The ranking of a session: asked of a job, computed outside any lock; its envelope, changed with a reason."""

import datetime as dt
from decimal import Decimal

from django.db import transaction

from ami_portal.accounts.models import User
from ami_portal.audit import trail
from ami_portal.jobs.actions import later
from ami_portal.kernel import clock
from ami_portal.kernel.money import cents, in_words
from ami_portal.workflow import TransitionRefused, given_reason
from evaluation import ranked
from evaluation.enums import SessionState
from evaluation.models import Ranking, Session
from evaluation.standing import standing_of

from .locks import NO_SESSION, lock_session, refuse_unless_allowed

MOST_ENVELOPE = Decimal("999999999.99")
MAX_REASON = 1000
NO_REASON = "Dites pourquoi l’enveloppe change : le motif est gardé avec elle."
NOT_FROZEN = (SessionState.SCORING, SessionState.DELIBERATION)


def queue_ranking(session: Session, *, at: dt.datetime, actor: User | None = None) -> None:
    """Ask a job for the ranking of a session, under its lock, as part of an act that changes it."""
    Ranking.objects.update_or_create(session=session, defaults={"asked_at": at, "asked_by": actor})
    later("evaluation.compute_ranking", session_id=session.pk)


@transaction.atomic
def ask_ranking(session: Session, *, actor: User) -> None:
    """Ask for the ranking of what is submitted so far. Raises TransitionRefused: decisions frozen."""
    at = clock.now()
    current = _open(session, actor)
    queue_ranking(current, at=at, actor=actor)
    trail.record("ranking.ask", subject=current.ref, actor=actor, at=at)


def compute_ranking(session_id: int) -> None:
    """Compute the ranking of a session; the same however often it is called. What comes meanwhile shows as newer."""
    session = Session.objects.select_related("call").get(pk=session_id)
    at, seen = clock.now(), ranked.mark_of(session)
    content = standing_of(ranked.inputs_of(session)).as_data()
    Ranking.objects.filter(session=session).update(computed_at=at, seen=seen, content=content)


@transaction.atomic
def set_envelope(session: Session, *, envelope: Decimal, reason: str, actor: User) -> None:
    """Change the envelope of a session; the ranking is computed again.

    Raises TransitionRefused: decisions frozen, no reason, an amount that is none, or the same.
    """
    at = clock.now()
    current = _open(session, actor)
    if not 0 <= envelope <= MOST_ENVELOPE:
        raise TransitionRefused(f"L’enveloppe est un montant de 0 à {in_words(MOST_ENVELOPE)}.")
    reason = given_reason(reason, MAX_REASON, empty=NO_REASON)
    before = ranked.envelope_of(current)
    if before == (amount := cents(envelope)):
        raise TransitionRefused(f"L’enveloppe est déjà de {in_words(amount)}.")
    current.envelope, current.envelope_reason = amount, reason
    current.save(update_fields=["envelope", "envelope_reason"])
    queue_ranking(current, at=at, actor=actor)
    trail.record(
        "session.set_envelope",
        subject=current.ref,
        actor=actor,
        at=at,
        before=in_words(before) if before is not None else "",
        after=in_words(amount),
        reason=reason,
    )


def _open(session: Session, actor: User) -> Session:
    """The session under its lock, while its decisions are not frozen. Raises TransitionRefused."""
    current = lock_session(session.call_id)
    if current is None:
        raise TransitionRefused(NO_SESSION)
    refuse_unless_allowed(actor, "evaluation.run_session", current)
    if current.state not in NOT_FROZEN:
        raise TransitionRefused("Les décisions sont arrêtées : le classement ne change plus.")
    return current
