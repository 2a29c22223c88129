"""Ask a partner, once, to look at its opinion again; or keep the opinion that it had given."""

from typing import Any

from django.db import transaction

from ami_portal.accounts.models import User
from ami_portal.jobs.actions import later
from ami_portal.kernel import clock
from ami_portal.workflow import TransitionRefused, advance, given_reason
from applications import reading
from applications.models import Dossier
from evaluation import consultation, notifications, workflow
from evaluation.enums import AWAITED, LookKind, OpinionState, RestrictionState
from evaluation.models import Opinion, SecondLook
from evaluation.models.opinions import SAID

from .consultation import MAX_REASON, RUNNING, refuse_unless_open
from .contradiction import drop_contradiction, standing_contradiction
from .locks import lock_to_settle
from .opinions import end_of_step


@transaction.atomic
def ask_second_look(opinion: Opinion, *, kind: str, reason: str, actor: User) -> SecondLook:
    """Ask for a second opinion, with a reason that the partner reads. The first is kept, and refuses nothing meanwhile.

    `kind` says whether the opinion is only to be looked at again, or is outside of what the partner is asked. What the
    team was told of the first is closed. Raises TransitionRefused.
    """
    at = clock.now()
    dossier, current = lock_to_settle(opinion, actor)
    refuse_second_look(dossier, current)
    if kind not in LookKind.values or (kind == LookKind.OUTSIDE and not current.is_unfavourable):
        raise TransitionRefused("Dites pourquoi l’avis est à revoir ; seul un avis défavorable sort de ses motifs.")
    reason = given_reason(reason, MAX_REASON, empty="Donnez le motif : le partenaire le lira.")
    look = SecondLook.objects.create(
        opinion=current, kind=kind, reason=reason, asked_at=at, asked_by=actor, **_kept(current)
    )
    if told := standing_contradiction(current):
        drop_contradiction(told, actor=actor, at=at)
    delay, today = consultation.due_delay(dossier.call), clock.paris(at).date()
    opinion.due_on = delay.last_day(today) if delay else end_of_step(dossier.call, today)
    for name in SAID:
        setattr(opinion, name, "")
    opinion.forget_ruling()
    facts = {"kind": kind, "due_on": opinion.due_on.isoformat(), "reason": reason}
    advance(opinion, workflow.ASK_AGAIN, actor=actor, at=at, **facts)
    _check_again(dossier)
    notifications.opinion_awaited("again", opinion, at=at)
    return look


def _kept(opinion: Opinion) -> dict[str, Any]:
    """The first opinion as it is kept."""
    said = {name: getattr(opinion, name) for name in SAID}
    return {"first": said, "first_given_at": opinion.given_at, "first_given_by": opinion.given_by}


def refuse_second_look(dossier: Dossier, opinion: Opinion) -> None:
    """Raise TransitionRefused unless the partner can be asked again now."""
    refuse_unless_open(dossier)
    if look_at(opinion) is not None:
        raise TransitionRefused("Ce partenaire a déjà été prié de revoir cet avis : on ne le demande qu’une fois.")
    if opinion.state != OpinionState.GIVEN or opinion.left_out_at is not None:
        raise TransitionRefused("Seul un avis rendu, sur une base que le dossier demande encore, se revoit.")
    if dossier.restrictions.filter(state=RestrictionState.ASKED).exists():
        raise TransitionRefused(RUNNING)


def look_at(opinion: Opinion) -> SecondLook | None:
    """The second look that was asked for at an opinion."""
    return SecondLook.objects.filter(opinion=opinion).first()


@transaction.atomic
def keep_first_opinion(opinion: Opinion, *, reason: str, actor: User) -> None:
    """Wait no more for the second opinion: the first stands again, as it was given. The reason is kept.

    An unfavourable one takes effect anew, or is to be made known to the team, as on its first day. Raises
    TransitionRefused.
    """
    at = clock.now()
    dossier, current = lock_to_settle(opinion, actor)
    refuse_unless_open(dossier)
    look = look_at(current)
    if look is None or current.state not in AWAITED:
        raise TransitionRefused("Aucun réexamen de cet avis n’est attendu : il n’y a pas de premier avis à garder.")
    for name, text in look.first.items():
        setattr(opinion, name, text)
    opinion.given_at, opinion.given_by = look.first_given_at, look.first_given_by
    opinion.followed_reason = given_reason(reason, MAX_REASON, empty="Donnez le motif : il est gardé avec l’avis.")
    opinion.followed_at, opinion.followed_by = at, actor
    opinion.refused_at = at if opinion.is_unfavourable and consultation.takes_effect_at_once(dossier.call) else None
    advance(opinion, workflow.KEEP_FIRST, actor=actor, at=at, reason=opinion.followed_reason)
    _check_again(dossier)
    notifications.opinion_awaited("closed", opinion, at=at)


def _check_again(dossier: Dossier) -> None:
    if version := reading.standing_version(dossier):
        later("evaluation.run_checks", version_id=version.pk)
