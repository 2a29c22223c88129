"""What follows a refusal: propose to the team to go on without the datasets refused; take note; stop the dossier."""

import datetime as dt

from django.db import transaction
from django.db.models import Max

from ami_portal.accounts.models import User
from ami_portal.audit import trail
from ami_portal.jobs.actions import later, one_by_one
from ami_portal.kernel import clock
from ami_portal.kernel.text import clean_text
from ami_portal.kernel.working_days import end_of
from ami_portal.workflow import Transition, TransitionRefused, advance, given_reason, refuse_long_reason
from applications.enums import CheckResult, DossierState, OpinionMode
from applications.models import Dossier
from applications.reading import standing_version
from evaluation import consultation, notifications, workflow
from evaluation.consultation import Needs
from evaluation.enums import ContradictionState, RestrictionState, SessionState, Stance
from evaluation.models import Contradiction, EligibilityItem, Opinion, Restriction

from .locks import lock_dossier, lock_opinions, lock_session, refuse_unless_allowed

MAX_REASON = 4000
OVER = "Le délai est passé : cette proposition se clôt d’elle-même dans la minute."
CHANGED = "Un avis a changé depuis cette proposition : elle n’a plus lieu d’être, rechargez la page."
RUNNING = "L’accord du porteur est déjà demandé : attendez sa réponse, ou retirez la proposition."


@transaction.atomic
def ask_restriction(dossier: Dossier, *, reason: str, actor: User) -> Restriction:
    """Ask the team whether its project stands without the datasets refused, within the delay of the call.

    The team reads the reason; its mail says that something is asked, not what. Raises TransitionRefused.
    """
    at = clock.now()
    current, needs = _under_lock(dossier, actor)
    refuse_restriction(current, needs)
    reason = _reason(reason, "le porteur le lira")
    delay = consultation.consent_delay(current.call)
    due_at = end_of(delay.last_day(clock.paris(at).date())) if delay else at
    last = current.restrictions.aggregate(last=Max("number"))["last"] or 0
    restriction = Restriction.objects.create(
        dossier=current, number=last + 1, reason=reason, asked_at=at, asked_by=actor, due_at=due_at
    )
    restriction.datasets.set([need.dataset for need in needs.refused])
    note_reply(current)
    trail.record(
        "restriction.ask",
        subject=restriction.ref,
        actor=actor,
        at=at,
        after=restriction.state,
        datasets=[need.dataset.code for need in needs.refused],
        due_at=due_at.astimezone(dt.UTC).isoformat(),
        reason=reason,
    )
    notifications.restriction("asked", restriction, at=at)
    return restriction


def refuse_restriction(dossier: Dossier, needs: Needs) -> None:
    """Raise TransitionRefused unless the team can be asked now to go on without what is refused."""
    refuse_unless_refused(dossier, needs)
    if needs.are_all_refused:
        raise TransitionRefused("Toutes les bases demandées sont refusées : il n’en reste aucune à proposer.")
    if consultation.consent_delay(dossier.call) is None:
        raise TransitionRefused("Cet appel ne prévoit pas de restreindre un dossier à une partie de ses bases.")
    refused = {need.dataset.pk for need in needs.refused}
    for before in dossier.restrictions.filter(state=RestrictionState.DECLINED).prefetch_related("datasets"):
        if {dataset.pk for dataset in before.datasets.all()} == refused:
            raise TransitionRefused("Le porteur a déjà refusé de se passer de ces bases.")


def refuse_unless_refused(dossier: Dossier, needs: Needs) -> None:
    """Raise TransitionRefused unless a dossier under evaluation has a dataset refused, and nothing is being asked."""
    refuse_unless_open(dossier)
    is_advisory = dossier.call.opinions != OpinionMode.VETO
    if needs.pending and is_advisory:
        raise TransitionRefused("Un avis défavorable attend votre décision : suivez-le, ou dites pourquoi non.")
    if needs.pending:
        raise TransitionRefused("Un avis défavorable attend encore sa suite : l’équipe y répond, puis vous en décidez.")
    if is_advisory and not needs.refused:
        raise TransitionRefused("Dans cet appel, les avis des partenaires sont consultatifs : ils n’arrêtent rien.")
    if not needs.refused:
        raise TransitionRefused("Aucune base demandée n’est refusée par son partenaire.")
    if dossier.restrictions.filter(state=RestrictionState.ASKED).exists():
        raise TransitionRefused(RUNNING)


def refuse_unless_open(dossier: Dossier) -> None:
    """Raise TransitionRefused unless what the opinions make of the dossier may still change."""
    session = getattr(dossier.call, "session", None)
    if dossier.state != DossierState.ELIGIBLE:
        raise TransitionRefused(f"Action impossible : l’état du dossier est « {dossier.get_state_display()} ».")
    if session is not None and session.state != SessionState.SCORING:
        raise TransitionRefused("La notation du jury est close : il est trop tard.")


@transaction.atomic
def answer_restriction(restriction: Restriction, *, accepts: bool, answer: str, actor: User) -> None:
    """The owner agrees, and the dossier asks for the other datasets alone from now on; or does not, and staff decide.

    The deposit stays as it was frozen. Raises TransitionRefused: too late, already answered, an opinion that changed.
    """
    at = clock.now()
    lock_session(restriction.dossier.call_id)
    dossier = lock_dossier(restriction.dossier_id)
    opinions = lock_opinions(dossier)
    current = Restriction.objects.select_for_update(of=("self",)).get(pk=restriction.pk)
    refuse_unless_allowed(actor, "evaluation.answer_restriction", current)
    if current.state == RestrictionState.ASKED and at >= current.due_at:
        raise TransitionRefused(OVER)
    asked = {dataset.pk: dataset.code for dataset in current.datasets.all()}
    refused = {need.dataset.pk for need in consultation.needs_of(dossier, opinions).refused}
    stands = dossier.state == DossierState.ELIGIBLE and set(asked) <= refused
    if accepts and current.state == RestrictionState.ASKED and not stands:
        raise TransitionRefused(CHANGED)
    restriction.answer = clean_text(answer).strip()
    refuse_long_reason(restriction.answer, MAX_REASON)
    step = workflow.ACCEPT_RESTRICTION if accepts else workflow.DECLINE_RESTRICTION
    _end(restriction, step, actor=actor, at=at, datasets=list(asked.values()))
    if accepts:
        dossier.opinions.filter(dataset__in=asked).update(left_out_at=at)
        dossier.dossier_datasets.filter(version__dataset__in=asked).delete()
        if version := standing_version(dossier):
            later("evaluation.run_checks", version_id=version.pk)


@transaction.atomic
def withdraw_restriction(restriction: Restriction, *, reason: str, actor: User) -> None:
    """Propose nothing any more; the team is told. Raises TransitionRefused."""
    at = clock.now()
    dossier = lock_dossier(restriction.dossier_id)
    refuse_unless_allowed(actor, "evaluation.settle_opinions", dossier)
    restriction.answer = _reason(reason, "il est gardé au journal")
    _end(restriction, workflow.WITHDRAW_RESTRICTION, actor=actor, at=at, reason=restriction.answer)
    notifications.restriction("withdrawn", restriction, at=at)


def settle_restrictions(*, at: dt.datetime) -> int:
    """Close the proposals whose delay is over: the silence is noted as silence. Two clocks at once are one."""
    due = Restriction.objects.filter(state=RestrictionState.ASKED, due_at__lte=at).select_related("dossier")
    return one_by_one(due.order_by("pk"), lambda restriction: _lapse(restriction, at))


@transaction.atomic
def _lapse(restriction: Restriction, at: dt.datetime) -> bool:
    lock_dossier(restriction.dossier_id)
    current = Restriction.objects.select_for_update(of=("self",)).get(pk=restriction.pk)
    if current.state != RestrictionState.ASKED:
        return False
    _end(restriction, workflow.LAPSE_RESTRICTION, actor=None, at=at)
    notifications.restriction("unanswered", restriction, at=at)
    return True


def _end(restriction: Restriction, step: Transition, *, actor: User | None, at: dt.datetime, **facts: object) -> None:
    restriction.ended_by = actor
    advance(restriction, step, actor=actor, at=at, **facts)
    note_reply(restriction.dossier)


def note_reply(dossier: Dossier) -> None:
    """Until when something is asked of the team about the opinions, the first of it, on the dossier itself."""
    asked = Restriction.objects.filter(dossier=dossier, state=RestrictionState.ASKED)
    told = Contradiction.objects.filter(opinion__dossier=dossier, state=ContradictionState.OPENED)
    due = [*asked.values_list("due_at", flat=True), *told.values_list("due_at", flat=True)]
    Dossier.objects.filter(pk=dossier.pk).update(reply_due_at=min(due, default=None))


@transaction.atomic
def stop_dossier(dossier: Dossier, *, reason: str, actor: User) -> None:
    """End a dossier whose datasets are all refused, or whose team did not agree to go on without those that are.

    The criteria entrusted to the partners are not met, for the reason given; its letter follows, then its mail, as for
    any dossier that is not eligible. Raises TransitionRefused.
    """
    at = clock.now()
    current, needs = _under_lock(dossier, actor)
    refuse_stop(current, needs)
    reason = _reason(reason, "le porteur le lira dans sa lettre")
    items = _partners_items(current, needs)
    for item in items:
        item.decision, item.reason = CheckResult.NOT_MET, reason
        item.decided_by, item.decided_at = actor, at
        item.save(update_fields=["decision", "reason", "decided_by", "decided_at"])
    later("evaluation.build_letter", dossier_id=dossier.pk)
    advance(
        dossier,
        workflow.STOP_DOSSIER,
        actor=actor,
        at=at,
        datasets=[need.dataset.code for need in needs.refused],
        criteria=[item.criterion.code for item in items],
        reason=reason,
    )


def refuse_stop(dossier: Dossier, needs: Needs) -> None:
    """Raise TransitionRefused unless the dossier can be stopped now: no machine and no silence does it."""
    refuse_unless_refused(dossier, needs)
    if not needs.are_all_refused and not _was_proposed(dossier, needs):
        raise TransitionRefused(
            "Le dossier demande d’autres bases, qui ne sont pas refusées : proposez d’abord à son équipe de s’y tenir."
        )
    if not _partners_items(dossier, needs):
        raise TransitionRefused("Cet appel ne confie aucun critère aux partenaires : leur avis n’y arrête rien.")


def _was_proposed(dossier: Dossier, needs: Needs) -> bool:
    """Whether the team declined, or left unanswered, to go on without what is refused; or the call forbids to ask."""
    if consultation.consent_delay(dossier.call) is None:
        return True
    refused = {need.dataset.pk for need in needs.refused}
    ended = dossier.restrictions.filter(state__in=(RestrictionState.DECLINED, RestrictionState.UNANSWERED))
    return any({dataset.pk for dataset in row.datasets.all()} <= refused for row in ended.prefetch_related("datasets"))


def _partners_items(dossier: Dossier, needs: Needs) -> list[EligibilityItem]:
    """The criteria entrusted to the partners on an aspect that one of them refuses."""
    opinions = [need.opinion for need in needs.refused if need.opinion]
    items = EligibilityItem.objects.filter(version=standing_version(dossier), criterion__decided_by="partner")
    return [
        item
        for item in items.select_related("criterion")
        if any(_refuses(one, item.criterion.params["aspect"]) for one in opinions)
    ]


def _refuses(opinion: Opinion, aspect: str) -> bool:
    """Whether a dataset is refused on an aspect: on both where its partner did not say so."""
    return not opinion.is_unfavourable or getattr(opinion, aspect) == Stance.UNFAVOURABLE


def _under_lock(dossier: Dossier, actor: User) -> tuple[Dossier, Needs]:
    lock_session(dossier.call_id)
    current = lock_dossier(dossier.pk)
    opinions = lock_opinions(current)
    refuse_unless_allowed(actor, "evaluation.settle_opinions", current)
    return current, consultation.needs_of(current, opinions)


def _reason(reason: str, why: str) -> str:
    return given_reason(reason, MAX_REASON, empty=f"Donnez le motif : {why}.")
