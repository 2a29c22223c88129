"""The retention is freed: what is left of it becomes a line of its own, which another person pays. A debt is repaid."""

import datetime as dt

from django.db import transaction

from ami_portal.accounts.models import User
from ami_portal.audit import trail
from ami_portal.kernel import clock
from ami_portal.kernel.money import ZERO
from ami_portal.kernel.permissions import allowed
from ami_portal.kernel.text import clean_text
from ami_portal.workflow import TransitionRefused, advance, given_reason
from funding import ledger
from funding.agreement import closed_sentence
from funding.enums import Basis, ConventionState, InstalmentState
from funding.models import Convention, Instalment, RecoveryOrder
from funding.regulation import FINAL_CLAIM, regulation_of
from funding.workflow import CERTIFY, REPAY_ORDER

MAX_REASON, MAX_REFERENCE = 1000, 100


def _locked(convention: Convention, actor: User, permission: str) -> Convention:
    current = Convention.objects.select_for_update(of=("self",)).select_related("dossier__call").get(pk=convention.pk)
    if not allowed(actor, permission, current):
        raise TransitionRefused("Vous n’avez pas le droit de faire cette action.")
    return current


@transaction.atomic
def free_retention(convention: Convention, *, reason: str, actor: User) -> Instalment:
    """Free the retention once the final report is accepted, as `reason` says; the accounting officer may pay it.

    Raises TransitionRefused: no right, no reason, the regulation frees it otherwise, an instalment still to be paid,
    nothing retained.
    """
    at, current = clock.now(), _locked(convention, actor, "funding.free_retention")
    why = given_reason(reason, MAX_REASON, empty="Dites par quoi le rapport final est accepté, et de quand.")
    if obstacle := why_not_freed(current):
        raise TransitionRefused(obstacle)
    return open_retention(current, at=at, actor=actor, reason=why)


def why_not_freed(convention: Convention) -> str:
    """Why the retention of a convention cannot be freed now; empty when it can."""
    if convention.state == ConventionState.CLOSED:
        return closed_sentence(convention)
    if convention.state != ConventionState.SIGNED:
        return "La convention n’est pas encore signée."
    if regulation_of(convention).retention_freed_on == FINAL_CLAIM:
        return "Le règlement libère la retenue à l’acceptation du dernier état de dépenses."
    waiting = (InstalmentState.PLANNED, InstalmentState.CERTIFIED)
    if (line := convention.instalments.filter(state__in=waiting).order_by("number").first()) is not None:
        return f"Le versement {line.number} est encore à payer : la retenue se libère après lui."
    return "" if ledger.balances(convention).retained else "Rien n’est retenu."


def open_retention(convention: Convention, *, at: dt.datetime, actor: User, reason: str = "") -> Instalment:
    """Free what is retained, if anything, as a line that is certified; call it with the convention locked."""
    retained = ledger.balances(convention).retained
    last = convention.instalments.order_by("-number").first()
    if not retained or last is None:
        raise TransitionRefused("Rien n’est retenu.")
    ledger.free(convention, retained, at=at, actor=actor)
    line = Instalment.objects.create(
        convention=convention,
        number=last.number + 1,
        code="retention",
        label="Libération de la retenue",
        basis=Basis.RETENTION,
        percent=ZERO,
        months_after_signature=last.months_after_signature,
        gross=ZERO,
        retention=-retained,
        due_on=clock.paris(at).date(),
    )
    line.certified_by = actor
    facts = {"amount": str(retained)} | ({"reason": reason} if reason else {})
    trail.record("convention.free_retention", subject=convention.ref, actor=actor, at=at, **facts)
    advance(line, CERTIFY, actor=actor, at=at)
    return line


@transaction.atomic
def record_repayment(order: RecoveryOrder, *, repaid_on: dt.date, reference: str, actor: User) -> RecoveryOrder:
    """Record that a sum asked back has come. Raises TransitionRefused: no right, repaid already, impossible day, no
    reference."""
    at = clock.now()
    convention = _locked(order.convention, actor, "funding.record_repayment")
    current = RecoveryOrder.objects.select_for_update(of=("self",)).get(pk=order.pk)
    current.convention = convention
    said = " ".join(clean_text(reference).split())
    if not clock.paris(current.issued_at).date() <= repaid_on <= clock.paris(at).date():
        raise TransitionRefused("Le reversement vient après l’ordre, et pas dans l’avenir.")
    if not 0 < len(said) <= MAX_REFERENCE:
        raise TransitionRefused(f"La référence du reversement est attendue, en {MAX_REFERENCE} caractères au plus.")
    current.repaid_on, current.repayment_reference = repaid_on, said
    advance(current, REPAY_ORDER, actor=actor, at=at, amount=str(current.amount), reference=said)
    ledger.repay(convention, current.amount, at=at, actor=actor)
    return current
