"""Opinions that do not come: their partners reminded, the silence noted as silence, what staff decide of it."""

import datetime as dt

from django.db import transaction

from ami_portal.accounts.models import User
from ami_portal.jobs.actions import later, one_by_one
from ami_portal.kernel import clock
from ami_portal.workflow import TransitionRefused, advance, given_reason
from applications import reading, reminders
from applications.enums import DossierState
from applications.models import Call, Dossier
from evaluation import consultation, notifications, workflow
from evaluation.enums import AWAITED, OpinionState, SessionState
from evaluation.models import Opinion

from .consultation import MAX_REASON, refuse_unless_open
from .locks import lock_dossier, lock_opinion, lock_to_settle

ONE_DAY = dt.timedelta(days=1)
NO_DELAY = "Cet appel ne fixe pas de délai aux avis : il n’y a ni silence à constater, ni délai à prolonger."


def remind_opinions(*, at: dt.datetime) -> int:
    """Remind the partners of what is due, on the days of each call; answer how many mails.

    Called every minute, by as many clocks as there are; a day that was missed is not made up for.
    """
    return sum(_remind_call(call, at) for call in _calls())


def _remind_call(call: Call, at: dt.datetime) -> int:
    marks, today = consultation.reminder_days(call), clock.paris(at).date()
    days = {today + dt.timedelta(days=mark) - late for mark in marks for late in (dt.timedelta(0), ONE_DAY)}
    awaited = _awaited(call).filter(state__in=AWAITED, due_on__in=days)
    return one_by_one(awaited, lambda opinion: _remind(opinion, marks, at))


@transaction.atomic
def _remind(opinion: Opinion, marks: list[int], at: dt.datetime) -> bool:
    end = clock.from_paris(opinion.due_on, reminders.HOUR)
    days = reminders.last_mark(marks, end, at)
    if days is None or reminders.due_at(end, days) <= opinion.requested_at:
        return False
    return notifications.opinion_reminded(opinion, days=days, at=at)


def note_silences(*, at: dt.datetime) -> int:
    """Note that opinions were not given within their delay: nothing is decided by it. Two clocks at once are one."""
    today = clock.paris(at).date()
    late = [_awaited(call).filter(state=OpinionState.REQUESTED, due_on__lt=today) for call in _calls()]
    return sum(one_by_one(rows, lambda opinion: _note(opinion, at)) for rows in late)


def _calls() -> list[Call]:
    """The calls that set a delay, while their opinions may still be given."""
    calls = Call.objects.only("consultation", "opinions").exclude(
        session__state__in=(SessionState.DELIBERATION, SessionState.FROZEN, SessionState.PUBLISHED)
    )
    return [call for call in calls.order_by("pk") if consultation.due_delay(call)]


def _awaited(call: Call):  # type: ignore[no-untyped-def]  # a queryset of related rows
    opinions = Opinion.objects.filter(dossier__call=call, dossier__state=DossierState.ELIGIBLE, left_out_at=None)
    return opinions.select_related("dossier", "dataset__partner").order_by("pk")


@transaction.atomic
def _note(opinion: Opinion, at: dt.datetime) -> bool:
    dossier = lock_dossier(opinion.dossier_id)
    current = lock_opinion(opinion.pk)
    is_over = current.due_on < clock.paris(at).date() and current.state == OpinionState.REQUESTED
    if not is_over or dossier.state != DossierState.ELIGIBLE:
        return False
    advance(opinion, workflow.NOTE_SILENCE, actor=None, at=at, due_on=current.due_on.isoformat())
    notifications.opinion_awaited("silent", opinion, at=at)
    return True


@transaction.atomic
def extend_opinion(opinion: Opinion, *, reason: str, actor: User) -> None:
    """Give a partner the delay of the call once more, from today, once. The reason is kept; the partner gets a mail.

    Raises TransitionRefused.
    """
    at = clock.now()
    dossier, current = lock_to_settle(opinion, actor)
    refuse_extension(dossier, current)
    delay = consultation.due_delay(dossier.call)
    _follow(opinion, reason, actor, at)
    opinion.due_on = delay.last_day(clock.paris(at).date()) if delay else current.due_on
    facts = {"due_on": opinion.due_on.isoformat(), "reason": opinion.followed_reason}
    advance(opinion, workflow.EXTEND_OPINION, actor=actor, at=at, **facts)
    notifications.opinion_awaited("extended", opinion, at=at)


def refuse_extension(dossier: Dossier, opinion: Opinion) -> None:
    """Raise TransitionRefused unless the delay of an opinion can be extended now."""
    refuse_unless_open(dossier)
    if consultation.due_delay(dossier.call) is None:
        raise TransitionRefused(NO_DELAY)
    if opinion.state in AWAITED and opinion.extended_at is not None:
        raise TransitionRefused("Le délai de cet avis est déjà prolongé une fois.")


@transaction.atomic
def settle_silence(opinion: Opinion, *, refuses: bool, reason: str, actor: User) -> None:
    """Go on without an opinion that did not come; or, where the call lets staff take it so, hold its dataset refused.

    The reason is kept; the partner is told that its opinion is no longer awaited. Raises TransitionRefused.
    """
    at = clock.now()
    dossier, _ = lock_to_settle(opinion, actor)
    refuse_unless_open(dossier)
    if refuses and not consultation.silence_refuses(dossier.call):
        raise TransitionRefused("Dans cet appel, le silence d’un partenaire ne se prend pas pour un refus.")
    _follow(opinion, reason, actor, at)
    step = workflow.HOLD_REFUSED if refuses else workflow.PASS_OVER
    advance(opinion, step, actor=actor, at=at, reason=opinion.followed_reason)
    if version := reading.standing_version(dossier):
        later("evaluation.run_checks", version_id=version.pk)
    notifications.opinion_awaited("closed", opinion, at=at)


def _follow(opinion: Opinion, reason: str, actor: User, at: dt.datetime) -> None:
    opinion.followed_reason = given_reason(reason, MAX_REASON, empty="Donnez le motif : il est gardé avec l’avis.")
    opinion.followed_by, opinion.followed_at = actor, at
