"""The partners' opinions: asked for by the staff, given by the partner, open to change until the scoring closes."""

import datetime as dt

from django.db import transaction

from ami_portal.accounts.models import User
from ami_portal.audit import trail
from ami_portal.jobs.actions import later
from ami_portal.kernel import clock
from ami_portal.kernel.text import clean_text
from ami_portal.ui.wording import instant
from ami_portal.workflow import TransitionRefused, advance
from applications import reading
from applications.enums import DossierState
from applications.models import Call, Dossier
from datasets.models import Dataset
from evaluation import consultation, grounds, notifications, opening, workflow
from evaluation.enums import OpinionState, SessionState, Stance
from evaluation.models import Opinion, OpinionDraft, Session
from evaluation.models.opinions import SAID

from .contradiction import drop_contradiction, standing_contradiction
from .locks import lock_dossier, lock_opinion, lock_session, refuse_unless_allowed

TOLD = "Le porteur a lu votre avis défavorable : vous pouvez le lever, non en changer les termes."


@transaction.atomic
def request_opinion(dossier: Dossier, dataset: Dataset, *, actor: User, due_on: dt.date | None = None) -> Opinion:
    """Ask a dataset's partner for its opinion on an eligible dossier; everyone who answers for it gets a mail.

    It is due within the delay of the call; where there is none on `due_on`, or by the end of the call's present step.
    Raises TransitionRefused.
    """
    at = clock.now()
    session = lock_session(dossier.call_id)
    current = lock_dossier(dossier.pk)
    refuse_unless_allowed(actor, "evaluation.request_opinion", current)
    if session is not None and session.state != SessionState.SCORING:
        raise TransitionRefused("La notation du jury est close : il est trop tard pour demander un avis.")
    if current.state != DossierState.ELIGIBLE:
        raise TransitionRefused(
            f"Un avis se demande sur un dossier éligible ; son état est « {current.get_state_display()} »."
        )
    if not current.dossier_datasets.filter(version__dataset=dataset).exists():
        raise TransitionRefused(f"Ce dossier ne demande pas la base « {dataset.title} ».")
    if Opinion.objects.filter(dossier=current, dataset=dataset).exists():
        raise TransitionRefused(f"L’avis est déjà demandé pour la base « {dataset.title} ».")
    delay, today = consultation.due_delay(current.call), clock.paris(at).date()
    due_on = delay.last_day(today) if delay else due_on or end_of_step(current.call, today)
    if due_on < today:
        raise TransitionRefused("La date à laquelle l’avis est attendu est passée : choisissez-en une autre.")
    opinion = Opinion.objects.create(dossier=current, dataset=dataset, requested_at=at, due_on=due_on)
    notifications.opinion_requested(opinion, at=at)
    trail.record("opinion.request", subject=opinion.ref, actor=actor, at=at, due_on=due_on.isoformat())
    return opinion


def end_of_step(call: Call, today: dt.date) -> dt.date:
    """The first end of a step of the call that has not passed. Raises TransitionRefused when all have."""
    ends = [dt.date.fromisoformat(step["ends_on"]) for step in call.steps if step.get("ends_on")]
    coming = [day for day in ends if day >= today]
    if not coming:
        raise TransitionRefused("Dites à quelle date l’avis est attendu.")
    return min(coming)


@transaction.atomic
def give_opinion(opinion: Opinion, *, actor: User, seen: str | None = None, **columns: str) -> None:
    """Sign the opinion of a partner, or change it: `actor` signs, alone of all who answer for it. The journal keeps
    what was said before. `seen` is the mark of the opinion that they read, when they read one.

    `columns` are those of `SAID`: what is left out is empty, and what founds a refusal is kept with a refusal alone.
    The same opinion again changes nothing. Raises TransitionRefused: not this partner's, scoring closed, a dossier that
    is no longer under evaluation, a stance without the reason, the ground or the passage that it needs, other words
    for a refusal that the team was told of.
    """
    at = clock.now()
    session = lock_session(opinion.dossier.call_id)
    dossier = lock_dossier(opinion.dossier_id)
    current = lock_opinion(opinion.pk)
    refuse_unless_allowed(actor, "evaluation.give_opinion", current)
    _refuse_closed(dossier, session, current)
    version = reading.standing_version(dossier)
    said = _founded({name: clean_text(columns.get(name, "")).strip() for name in SAID})
    for _, sentence in grounds.faults(said, dossier.call, opening.opened(current)):
        raise TransitionRefused(sentence)
    before = {name: getattr(current, name) for name in SAID}
    if current.state == OpinionState.GIVEN and before == said:
        return
    if seen is not None and seen != current.mark:
        raise TransitionRefused(_signed_meanwhile(current))
    for name, value in said.items():
        setattr(opinion, name, value)
    opinion.given_by = actor
    opinion.forget_ruling()
    told = standing_contradiction(current)
    if told and opinion.is_unfavourable:
        raise TransitionRefused(TOLD)
    opinion.refused_at = at if opinion.is_unfavourable and consultation.takes_effect_at_once(dossier.call) else None
    if version:
        later("evaluation.run_checks", version_id=version.pk)
    facts = _facts(said, before if current.state == OpinionState.GIVEN else {})
    OpinionDraft.objects.filter(opinion=current).delete()
    advance(opinion, workflow.GIVE_OPINION, actor=actor, at=at, **facts)
    if told:
        drop_contradiction(told, actor=actor, at=at)


def _refuse_closed(dossier: Dossier, session: Session | None, opinion: Opinion) -> None:
    if dossier.state != DossierState.ELIGIBLE or (session and session.state != SessionState.SCORING):
        raise TransitionRefused("La notation du jury est close : l’avis ne peut plus changer.")
    if opinion.left_out_at is not None:
        raise TransitionRefused("Ce dossier ne demande plus votre base : l’avis ne change plus.")


def _signed_meanwhile(opinion: Opinion) -> str:
    signed = f"{opinion.given_by} a signé l’avis de {opinion.dataset.partner.name}"
    when = f"le {instant(opinion.given_at)}" if opinion.given_at else ""
    return f"{signed} {when}, depuis que vous avez ouvert cette page. Relisez-le : le vôtre n’est pas rendu."


def _founded(said: dict[str, str]) -> dict[str, str]:
    """The same, without the ground and the passage of what is not refused."""
    loose = [aspect for aspect in grounds.ASPECTS if said[aspect] != Stance.UNFAVOURABLE]
    return said | {f"{aspect}_{name}": "" for aspect in loose for name in ("ground", "question", "quote")}


def _facts(said: dict[str, str], before: dict[str, str]) -> dict[str, str]:
    """What the journal keeps: both stances, the grounds of a refusal, and all that was said before and is no more."""
    stances = {name: said[name] for name in grounds.ASPECTS}
    named = {f"{name}_ground": said[f"{name}_ground"] for name in grounds.ASPECTS if said[f"{name}_ground"]}
    earlier = {f"{name}_before": value for name, value in before.items() if value or not name.endswith(_BASIS)}
    return stances | named | earlier


_BASIS = ("_ground", "_question", "_quote")
