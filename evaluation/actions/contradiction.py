"""Before an unfavourable opinion takes effect: make it known to the team, hear its answer, settle."""

import datetime as dt

from django.db import transaction
from django.db.models import Max

from ami_portal.accounts.models import User
from ami_portal.audit import trail
from ami_portal.jobs.actions import later, one_by_one
from ami_portal.kernel import clock
from ami_portal.kernel.working_days import end_of
from ami_portal.workflow import TransitionRefused, advance, given_reason
from applications import reading
from applications.models import Dossier
from evaluation import consultation, grounds, notifications, workflow
from evaluation.enums import ContradictionState
from evaluation.models import Contradiction, Opinion

from .consultation import MAX_REASON, note_reply, refuse_unless_open
from .locks import lock_dossier, lock_opinion, lock_session, lock_to_settle, refuse_unless_allowed

MAX_ANSWER = 8000
OVER = "Le délai est passé : l’avis a sa suite, que le service qui examine le dossier vous dira."


@transaction.atomic
def open_contradiction(opinion: Opinion, *, actor: User) -> Contradiction:
    """Make an unfavourable opinion known to the team that it refuses a dataset to, within the delay of the call.

    The team reads the ground, the passage and the reason that the partner discloses; its mail says that something is
    asked, not what. Raises TransitionRefused.
    """
    at = clock.now()
    dossier, current = lock_to_settle(opinion, actor)
    refuse_opening(dossier, current)
    version = reading.standing_version(dossier)
    told = grounds.told(current, dossier.call, reading.frozen(version) if version else None)
    delay = consultation.answer_delay(dossier.call)
    due_at = end_of(delay.last_day(clock.paris(at).date())) if delay else at
    last = current.contradictions.aggregate(last=Max("number"))["last"] or 0
    opened = Contradiction.objects.create(
        opinion=current, number=last + 1, told=told, opened_at=at, opened_by=actor, due_at=due_at
    )
    note_reply(dossier)
    due = due_at.astimezone(dt.UTC).isoformat()
    trail.record("contradiction.open", subject=opened.ref, actor=actor, at=at, after=opened.state, due_at=due)
    notifications.contradiction("opened", opened, at=at)
    return opened


def refuse_opening(dossier: Dossier, opinion: Opinion) -> None:
    """Raise TransitionRefused unless the opinion can be made known to the team now."""
    refuse_unless_open(dossier)
    if consultation.answer_delay(dossier.call) is None:
        raise TransitionRefused("Cet appel ne prévoit pas de réponse à un avis défavorable : il prend effet aussitôt.")
    if standing_contradiction(opinion) is not None:
        raise TransitionRefused("Cet avis est déjà communiqué à l’équipe du dossier.")
    if not opinion.is_pending:
        raise TransitionRefused("Cet avis ne refuse rien au dossier : il n’y a rien à communiquer.")


def standing_contradiction(opinion: Opinion) -> Contradiction | None:
    """What the team was told of an opinion as it stands, under its lock; None when it was told nothing of it."""
    rows = Contradiction.objects.select_for_update(of=("self",)).filter(opinion=opinion)
    return rows.exclude(state=ContradictionState.DROPPED).first()


@transaction.atomic
def answer_contradiction(contradiction: Contradiction, *, answer: str, actor: User) -> None:
    """Say, once and for good, what the team answers to the opinion; its partner is told that there is an answer.

    Raises TransitionRefused: not the dossier's owner, no words, too late, already answered.
    """
    at = clock.now()
    lock_session(contradiction.opinion.dossier.call_id)
    dossier = lock_dossier(contradiction.opinion.dossier_id)
    lock_opinion(contradiction.opinion_id)
    current = Contradiction.objects.select_for_update(of=("self",)).get(pk=contradiction.pk)
    refuse_unless_allowed(actor, "evaluation.answer_contradiction", current)
    if current.state == ContradictionState.OPENED and at >= current.due_at:
        raise TransitionRefused(OVER)
    contradiction.answer = given_reason(answer, MAX_ANSWER, empty="Écrivez votre réponse.")
    contradiction.answered_by = actor
    advance(contradiction, workflow.ANSWER_CONTRADICTION, actor=actor, at=at)
    note_reply(dossier)
    notifications.contradiction_answered(contradiction, at=at)


def end_contradictions(*, at: dt.datetime) -> int:
    """Note the silence of the teams whose delay is over: nothing is decided by it. Two clocks at once are one."""
    due = Contradiction.objects.filter(state=ContradictionState.OPENED, due_at__lte=at)
    return one_by_one(due.select_related("opinion__dossier").order_by("pk"), lambda row: _lapse(row, at))


@transaction.atomic
def _lapse(contradiction: Contradiction, at: dt.datetime) -> bool:
    dossier = lock_dossier(contradiction.opinion.dossier_id)
    current = Contradiction.objects.select_for_update(of=("self",)).get(pk=contradiction.pk)
    if current.state != ContradictionState.OPENED:
        return False
    advance(contradiction, workflow.LAPSE_CONTRADICTION, actor=None, at=at)
    note_reply(dossier)
    notifications.contradiction("unanswered", contradiction, at=at)
    return True


@transaction.atomic
def settle_contradiction(contradiction: Contradiction, *, reason: str, actor: User) -> None:
    """Let the opinion take effect, the answer read or the delay over: its dataset is refused to the dossier.

    The reason is kept with it; the team is told that there is news. Raises TransitionRefused.
    """
    at = clock.now()
    dossier, opinion = lock_to_settle(contradiction.opinion, actor)
    refuse_unless_open(dossier)
    contradiction.reason = given_reason(reason, MAX_REASON, empty="Donnez le motif : il est gardé avec l’avis.")
    contradiction.ended_by = actor
    advance(contradiction, workflow.SETTLE_CONTRADICTION, actor=actor, at=at, reason=contradiction.reason)
    opinion.refused_at = at
    opinion.save(update_fields=["refused_at"])
    if version := reading.standing_version(dossier):
        later("evaluation.run_checks", version_id=version.pk)
    notifications.contradiction("settled", contradiction, at=at)


def drop_contradiction(contradiction: Contradiction, *, actor: User, at: dt.datetime) -> None:
    """Close what the team was told of an opinion that no longer stands; the team is told that there is news.

    The caller holds the locks of the dossier and of the opinion.
    """
    contradiction.ended_by = actor
    advance(contradiction, workflow.DROP_CONTRADICTION, actor=actor, at=at)
    note_reply(contradiction.dossier)
    notifications.contradiction("dropped", contradiction, at=at)
