"""The deliberation: decisions recorded one by one, then frozen together."""

import datetime as dt
from collections import Counter
from decimal import Decimal

from django.db import transaction

from ami_portal.accounts.models import User
from ami_portal.audit import trail
from ami_portal.jobs.actions import later
from ami_portal.kernel import clock
from ami_portal.kernel.money import cents, in_words
from ami_portal.kernel.text import clean_text
from ami_portal.workflow import TransitionRefused, advance, refuse_long_reason
from applications.enums import UNDER_EXAMINATION, DossierState
from applications.models import Call, Dossier
from evaluation import board, deliberating, workflow
from evaluation.enums import Outcome, ReviewState, SessionState
from evaluation.models import Decision, Session
from evaluation.moves import unexplained

from .locks import NO_SESSION, lock_dossier, lock_opinions, lock_session, refuse_unless_allowed, refuse_without_favour
from .minutes import keep_minutes
from .sitting import end_hearing

MAX_REASON = 4000
_ORDER = [Outcome.LAUREATE, Outcome.RESERVE, Outcome.REJECTED]


@transaction.atomic
def record_decision(
    session: Session,
    dossier: Dossier,
    *,
    outcome: str,
    rank: int,
    amount: Decimal | None,
    reason: str,
    actor: User,
    move_reason: str = "",
) -> Decision:
    """Record what the jury decides of one dossier; it can be changed until the decisions are frozen.

    A laureate has an amount in euros, within the call's maximum and within what was asked; a refusal has a reason, and
    so has a place against the ranking (`move_reason`). A dossier that a partner stops, or that no juror reviewed, can
    only be refused; nobody who stands aside from it is in the room. Raises TransitionRefused.
    """
    at = clock.now()
    current = lock_session(session.call_id)
    locked = lock_dossier(dossier.pk)
    refuse_unless_allowed(actor, "evaluation.run_session", locked)
    reason = clean_text(reason).strip()
    amount = cents(amount) if amount is not None else None
    move_reason = clean_text(move_reason).strip()
    said = {"outcome": outcome, "rank": rank, "amount": amount, "reason": reason, "move_reason": move_reason}
    decider = _deliberating(current, locked)
    refuse_long_reason(move_reason, MAX_REASON)
    _refuse_content(locked, outcome, rank, amount, reason)
    _refuse_those_aside(decider, locked)
    before = Decision.objects.filter(dossier=locked).first()
    decision, _ = Decision.objects.update_or_create(
        dossier=locked, defaults={**said, "session": decider, "decided_by": actor, "decided_at": at}
    )
    _trace(decision, before, actor, at)
    return decision


def _trace(decision: Decision, before: Decision | None, actor: User, at: dt.datetime) -> None:
    trail.record(
        "decision.record",
        subject=decision.dossier.ref,
        actor=actor,
        at=at,
        before=before.outcome if before else "",
        after=decision.outcome,
        rank=decision.rank,
        amount=str(decision.amount or ""),
        reason=decision.reason,
        **({"move_reason": decision.move_reason} if decision.move_reason else {}),
    )


def _deliberating(session: Session | None, dossier: Dossier) -> Session:
    """The session, proven to be the one that decides of this dossier now. Raises TransitionRefused."""
    if session is None or dossier.call_id != session.call_id:
        raise TransitionRefused(NO_SESSION)
    if session.state == SessionState.SCORING:
        raise TransitionRefused("La notation n’est pas close : fermez-la avant de délibérer.")
    if session.state != SessionState.DELIBERATION:
        raise TransitionRefused("Les décisions sont arrêtées : elles ne changent plus.")
    if dossier.state != DossierState.ELIGIBLE:
        raise TransitionRefused(
            f"Le jury décide des dossiers éligibles ; celui-ci est « {dossier.get_state_display()} »."
        )
    return session


def _refuse_those_aside(session: Session, dossier: Dossier) -> None:
    """Raise TransitionRefused as long as somebody who stands aside from the dossier is in the room."""
    if staying := deliberating.sitting_of(session).still_in(dossier):
        names = ", ".join(member.get_full_name() for member in staying)
        raise TransitionRefused(f"Appelez d’abord ce dossier et constatez la sortie de qui s’en déporte : {names}.")


def _refuse_content(dossier: Dossier, outcome: str, rank: int, amount: Decimal | None, reason: str) -> None:
    if outcome not in Outcome.values:
        raise TransitionRefused("Choisissez : lauréat, liste complémentaire ou non retenu.")
    if rank < 1:
        raise TransitionRefused("Le rang est un nombre entier, à partir de 1.")
    refuse_long_reason(reason, MAX_REASON)
    if outcome == Outcome.REJECTED and not reason:
        raise TransitionRefused("Donnez le motif : le porteur le lira dans sa lettre.")
    if outcome != Outcome.REJECTED:
        refuse_without_favour(dossier, lock_opinions(dossier))
        if not dossier.reviews.filter(state=ReviewState.SUBMITTED).exists():
            raise TransitionRefused("Aucun membre du jury n’a remis d’évaluation de ce dossier.")
    if outcome == Outcome.LAUREATE:
        refuse_amount(dossier, amount)
    elif amount is not None:
        raise TransitionRefused("Seul un lauréat reçoit un montant.")


def refuse_amount(dossier: Dossier, amount: Decimal | None) -> None:
    """Raise TransitionRefused unless this amount may be granted: within the call's limit and what was asked."""
    if amount is None or amount <= 0:
        raise TransitionRefused("Donnez le montant accordé.")
    if amount > dossier.call.max_grant:
        raise TransitionRefused(f"Le montant dépasse le maximum de l’appel : {in_words(dossier.call.max_grant)}.")
    if dossier.amount_requested is not None and amount > dossier.amount_requested:
        raise TransitionRefused(f"Le montant dépasse ce qui est demandé : {in_words(dossier.amount_requested)}.")


@transaction.atomic
def freeze_decisions(session: Session, *, actor: User) -> None:
    """Freeze the decisions of the jury: they no longer change, jobs render each letter and the minutes.

    Raises TransitionRefused, naming the dossiers: eligibility not decided, a decision missing, a rank held twice, ranks
    that do not put laureates first, then the reserve, then the refusals, a place against the ranking without a reason,
    a decision without the call's quorum, or before somebody who stands aside.
    """
    at = clock.now()
    current = lock_session(session.call_id)
    if current is None:
        raise TransitionRefused(NO_SESSION)
    dossiers = lock_dossiers(current.call)
    refuse_unless_allowed(actor, "evaluation.run_session", current)
    if waiting := [dossier.ref for dossier in dossiers if dossier.state in UNDER_EXAMINATION]:
        raise TransitionRefused(f"L’éligibilité n’est pas décidée pour : {', '.join(waiting)}.")
    eligible = [dossier for dossier in dossiers if dossier.state == DossierState.ELIGIBLE]
    if not eligible:
        raise TransitionRefused("Aucun dossier éligible : il n’y a rien à décider.")
    decisions = {decision.dossier_id: decision for decision in Decision.objects.filter(session=current)}
    if missing := [dossier.ref for dossier in eligible if dossier.pk not in decisions]:
        raise TransitionRefused(f"La décision manque pour : {', '.join(missing)}.")
    _refuse_ranks(list(decisions.values()))
    if faults := [*unexplained_moves(current), *deliberating.faults_of(current)]:
        raise TransitionRefused(" ".join(faults))
    if current.state not in workflow.FREEZE.sources:
        raise TransitionRefused(f"Action impossible : l’état est « {current.get_state_display()} ».")
    end_hearing(current, at)
    for dossier in eligible:
        later("evaluation.build_letter", dossier_id=dossier.pk)
    kept = keep_minutes(current, at=at)
    refs = [dossier.ref for dossier in eligible]
    advance(session, workflow.FREEZE, actor=actor, at=at, dossiers=refs, minutes_sha256=kept.sha256)


def unexplained_moves(session: Session) -> list[str]:
    """The dossiers that pass before another that is better ranked, and no reason says why: one sentence each."""
    rows = [(row, row.decision) for row in board.ranking_of(session) if row.decision]
    order = [row.dossier.ref for row, decision in sorted(rows, key=lambda pair: pair[1].rank)]
    ranks = {row.dossier.ref: row.rank for row, _ in rows}
    explained = {row.dossier.ref for row, decision in rows if decision.explains_its_rank}
    return [
        f"{first} passe avant {second}, mieux classé par les notes : donnez le motif de l’écart pour l’un des deux."
        for first, second in unexplained(order, ranks, explained)
    ]


def _refuse_ranks(decisions: list[Decision]) -> None:
    counts = Counter(decision.rank for decision in decisions)
    if twice := sorted(rank for rank, count in counts.items() if count > 1):
        raise TransitionRefused(f"Un rang n’est donné qu’une fois ; à revoir : {', '.join(map(str, twice))}.")
    in_order = [_ORDER.index(Outcome(decision.outcome)) for decision in sorted(decisions, key=lambda item: item.rank)]
    if in_order != sorted(in_order):
        raise TransitionRefused("Les rangs suivent cet ordre : lauréats, liste complémentaire, non retenus.")


def lock_dossiers(call: Call) -> list[Dossier]:
    """The deposited dossiers of a call under their locks, in the order of their keys."""
    states = [*UNDER_EXAMINATION, DossierState.ELIGIBLE]
    return list(Dossier.objects.select_for_update().filter(call=call, state__in=states).order_by("pk"))
