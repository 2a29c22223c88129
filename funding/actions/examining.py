"""The operator decides each expense of a claim, then accepts the claim, which settles the amount of its instalment."""

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum

from ami_portal.accounts.models import User
from ami_portal.audit import trail
from ami_portal.kernel import clock
from ami_portal.kernel.money import ZERO, cents, in_words
from ami_portal.kernel.permissions import allowed
from ami_portal.workflow import TransitionRefused, advance, given_reason
from funding import ledger, notifications, settlement
from funding.actions.retention import open_retention
from funding.agreement import closed_sentence
from funding.enums import Basis, ClaimState, ConventionState, ExpenseVerdict, InstalmentState
from funding.models import Convention, ExpenseClaim, ExpenseLine, RecoveryOrder
from funding.regulation import FINAL_CLAIM, regulation_of
from funding.settlement import Settlement
from funding.workflow import ACCEPT_CLAIM, RETURN_CLAIM, SETTLE

MAX_REASON = 2000


def _locked(claim: ExpenseClaim, actor: User) -> ExpenseClaim:
    """The claim that was sent, under its lock, after that of its convention. Raises TransitionRefused."""
    conventions = Convention.objects.select_for_update(of=("self",)).select_related("dossier__call")
    convention = conventions.get(pk=claim.convention_id)
    current = ExpenseClaim.objects.select_for_update(of=("self",)).get(pk=claim.pk)
    current.convention = convention
    if not allowed(actor, "funding.examine_claim", current):
        raise TransitionRefused("Vous n’avez pas le droit de faire cette action.")
    if convention.state == ConventionState.CLOSED:
        raise TransitionRefused(closed_sentence(convention))
    return current


def _refuse_unless_submitted(claim: ExpenseClaim) -> None:
    if claim.state != ClaimState.SUBMITTED:
        raise TransitionRefused(f"Action impossible : l’état est « {claim.get_state_display()} ».")


@transaction.atomic
def decide_line(
    line: ExpenseLine, verdict: str, *, accepted_amount: Decimal | None = None, reason: str = "", actor: User
) -> ExpenseLine:
    """Accept an expense, reduce it to `accepted_amount` euros, or refuse it, with a reason the laureate reads.

    Raises TransitionRefused: no right, claim not sent or accepted already, no reason, an amount that reduces nothing.
    """
    claim = _locked(line.claim, actor)
    _refuse_unless_submitted(claim)
    current = claim.lines.get(pk=line.pk)
    match verdict:
        case ExpenseVerdict.ACCEPTED:
            accepted, why = current.amount, ""
        case ExpenseVerdict.REFUSED:
            accepted, why = ZERO, given_reason(reason, MAX_REASON, empty="Dites pourquoi cette dépense est refusée.")
        case ExpenseVerdict.REDUCED:
            if accepted_amount is None or not 0 < accepted_amount < current.amount:
                limit = in_words(current.amount)
                raise TransitionRefused(f"Une dépense réduite garde plus de zéro et moins de {limit}.")
            empty = "Dites pourquoi cette dépense est réduite."
            accepted, why = accepted_amount, given_reason(reason, MAX_REASON, empty=empty)
        case _:
            raise TransitionRefused("Acceptez, réduisez ou refusez cette dépense.")
    current.verdict, current.accepted_amount, current.reason = verdict, accepted, why
    current.save(update_fields=["verdict", "accepted_amount", "reason"])
    said = {"expense": current.label, "verdict": current.get_verdict_display(), "accepted": str(accepted)}
    trail.record("claim.decide_line", subject=claim.ref, actor=actor, at=clock.now(), **said, reason=why)
    return current


@transaction.atomic
def accept_rest(claim: ExpenseClaim, *, actor: User) -> int:
    """Accept every expense that nothing was decided of; how many. Raises TransitionRefused."""
    current = _locked(claim, actor)
    _refuse_unless_submitted(current)
    lines = list(current.lines.filter(verdict=ExpenseVerdict.PENDING))
    for line in lines:
        line.verdict, line.accepted_amount = ExpenseVerdict.ACCEPTED, line.amount
    ExpenseLine.objects.bulk_update(lines, ["verdict", "accepted_amount"])
    trail.record("claim.accept_rest", subject=current.ref, actor=actor, at=clock.now(), lines=len(lines))
    return len(lines)


@transaction.atomic
def return_claim(claim: ExpenseClaim, *, reason: str, actor: User) -> ExpenseClaim:
    """Give a claim back to be corrected; the team is told. Raises TransitionRefused: no right, not sent, no reason."""
    at, current = clock.now(), _locked(claim, actor)
    current.returned_reason = given_reason(reason, MAX_REASON, empty="Dites ce qui est à corriger.")
    advance(current, RETURN_CLAIM, actor=actor, at=at, reason=current.returned_reason)
    notifications.claim_returned(current, at=at)
    return current


@transaction.atomic
def accept_claim(claim: ExpenseClaim, *, actor: User) -> ExpenseClaim:
    """Accept a claim of which every expense is decided: the amount of its instalment is settled, the team is told.

    At the balance, what was given too much is taken from the retention, then asked back; what is not due is released.
    Raises TransitionRefused: no right, not sent, an expense undecided, an earlier instalment that is not paid.
    """
    at, current = clock.now(), _locked(claim, actor)
    if current.state == ClaimState.SUBMITTED:
        if undecided := current.lines.filter(verdict=ExpenseVerdict.PENDING).count():
            raise TransitionRefused(f"{undecided} dépense{'s' if undecided > 1 else ''} à examiner encore.")
        _refuse_too_early(current)
    current.accepted_by = actor
    due = settle(current)
    accepted = accepted_of(current)
    advance(current, ACCEPT_CLAIM, actor=actor, at=at, accepted=str(accepted))
    _enter(current, due, at=at, actor=actor)
    notifications.claim_accepted(current, at=at)
    return current


def _refuse_too_early(claim: ExpenseClaim) -> None:
    before = claim.convention.instalments.filter(number__lt=claim.instalment.number)
    waiting = before.filter(state__in=(InstalmentState.PLANNED, InstalmentState.CERTIFIED)).first()
    if waiting and claim.instalment.basis != Basis.SHARE:
        raise TransitionRefused(f"Le versement {waiting.number} est encore à payer : son montant compte dans celui-ci.")


def accepted_of(*claims: ExpenseClaim) -> Decimal:
    """The expenses accepted in some claims, in euros."""
    lines = ExpenseLine.objects.filter(claim__in=claims).exclude(accepted_amount=None)
    return cents(lines.aggregate(total=Sum("accepted_amount"))["total"] or ZERO)


def settle(claim: ExpenseClaim) -> Settlement:
    """What the expenses decided so far of a claim give its instalment; a share of the grant keeps its own amount."""
    convention, line = claim.convention, claim.instalment
    if line.basis == Basis.SHARE:
        return Settlement(line.gross, line.retention)
    rules = regulation_of(convention)
    lines = list(convention.instalments.filter(number__lte=line.number))
    given = sum((one.gross for one in lines if one.number < line.number), ZERO)
    if line.basis == Basis.CLAIM:
        return settlement.interim(
            convention.amount,
            rate=rules.funding_rate_percent,
            accepted=accepted_of(claim),
            given=given,
            ceiling_percent=sum((one.percent for one in lines), ZERO),
            retention_percent=convention.retention_percent,
        )
    accepted = accepted_of(claim, *convention.claims.filter(state=ClaimState.ACCEPTED))
    held = ZERO if rules.retention_freed_on == FINAL_CLAIM else convention.retention_percent
    rate = rules.funding_rate_percent
    return settlement.final(convention.amount, rate=rate, accepted=accepted, given=given, retention_percent=held)


def _enter(claim: ExpenseClaim, due: Settlement, *, at: dt.datetime, actor: User) -> None:
    """Bring the instalment to its amount; at the balance, close the account of the grant."""
    convention, line = claim.convention, claim.instalment
    line.convention = convention
    if line.basis == Basis.SHARE:
        return
    line.gross, line.retention = due.gross, due.retention
    line.save(update_fields=["gross", "retention"])
    if not due.gross:
        line.certified_by = actor
        advance(line, SETTLE, actor=actor, at=at)
    if claim.is_final:
        _take_back(claim, due.excess, at=at, actor=actor)
        ledger.release(convention, keep=due.gross, at=at, actor=actor)
        is_freed = regulation_of(convention).retention_freed_on == FINAL_CLAIM
        if is_freed and ledger.balances(convention).retained:
            open_retention(convention, at=at, actor=actor)


def _take_back(claim: ExpenseClaim, excess: Decimal, *, at: dt.datetime, actor: User) -> None:
    """What was given above what is due: out of the retention first, then by a recovery order."""
    convention = claim.convention
    from_retention = min(excess, ledger.balances(convention).retained)
    if from_retention:
        ledger.forfeit(convention, from_retention, at=at, actor=actor)
    if owed := excess - from_retention:
        ledger.recover(convention, owed, at=at, actor=actor)
        order = RecoveryOrder.objects.create(
            convention=convention,
            number=convention.orders.count() + 1,
            amount=owed,
            reason=f"Les dépenses acceptées, l’état {claim.number} compris, justifient moins que ce qui a été versé.",
            issued_at=at,
            issued_by=actor,
        )
        trail.record("order.issue", subject=order.ref, actor=actor, at=at, amount=str(owed))
        notifications.recovery_ordered(order, at=at)
