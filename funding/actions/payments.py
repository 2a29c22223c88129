"""Certify that the condition of a line is met; record its payment. Whoever does the one does not do the other."""

import datetime as dt

from django.db import transaction

from ami_portal.accounts.models import User
from ami_portal.kernel import clock
from ami_portal.kernel.permissions import allowed
from ami_portal.kernel.text import clean_text
from ami_portal.workflow import TransitionRefused, advance
from applications.pieces import Event
from funding import ledger, notifications
from funding.agreement import closed_sentence
from funding.conditions import checklist
from funding.enums import ConventionState, InstalmentState
from funding.models import Convention, Instalment
from funding.pieces import unmet
from funding.regulation import regulation_of
from funding.workflow import CERTIFY, PAY

MAX_REFERENCE = 100


@transaction.atomic
def certify_service(instalment: Instalment, *, actor: User) -> Instalment:
    """Certify that what conditions a line is done (« service fait »): the accounting officer may pay it.

    Raises TransitionRefused: no right, convention not signed, done already, a condition of the regulation not met.
    """
    current = _locked(instalment, actor, "funding.certify_service")
    if current.state == InstalmentState.PLANNED and (waiting := unmet_conditions(current)):
        raise TransitionRefused(" ".join(waiting))
    current.certified_by = actor
    advance(current, CERTIFY, actor=actor, at=clock.now())
    return current


@transaction.atomic
def record_payment(
    instalment: Instalment, *, paid_on: dt.date, payment_reference: str, despite: str = "", actor: User
) -> Instalment:
    """Record that a certified line was paid, net of its retention, and enter both in the ledger; the team is told.

    `paid_on` is the day of the transfer, between the certification and today; `despite` says why it was paid although a
    supporting document is not valid on that day. Raises TransitionRefused: no right, convention not signed, not
    certified or paid already, payer who certified, impossible day, no reference, a document that is not valid and no
    reason.
    """
    at = clock.now()
    current = _locked(instalment, actor, "funding.record_payment")
    reference = " ".join(clean_text(payment_reference).split())
    missing: dict[str, str] = {}
    if current.state == InstalmentState.CERTIFIED:
        _refuse_payment(current, paid_on, reference, actor, at)
        missing = unmet(current.convention, Event.PAYMENT, paid_on, despite)
    current.paid_on, current.paid_by, current.payment_reference = paid_on, actor, reference
    advance(
        current,
        PAY,
        actor=actor,
        at=at,
        net=str(current.net),
        retention=str(current.retention),
        paid_on=paid_on.isoformat(),
        reference=reference,
        **missing,
    )
    ledger.pay(current, at=at, actor=actor)
    notifications.payment_recorded(current, at=at)
    return current


def unmet_conditions(line: Instalment) -> list[str]:
    """What the certification of an instalment still waits for; its pieces are asked at the payment."""
    convention = line.convention
    claims = {claim.instalment_id: claim for claim in convention.claims.all()}
    lines = list(convention.instalments.all())
    checks = checklist(line, regulation_of(convention), lines=lines, claims=claims, pieces=[])
    return [check.sentence for check in checks if not check.is_met]


def _locked(instalment: Instalment, actor: User, permission: str) -> Instalment:
    """The line under its lock, after that of its convention, which a renouncement closes."""
    convention = Convention.objects.select_for_update(of=("self",)).select_related("dossier__call")
    held = convention.get(pk=instalment.convention_id)
    current = Instalment.objects.select_for_update(of=("self",)).get(pk=instalment.pk)
    current.convention = held
    if not allowed(actor, permission, current):
        raise TransitionRefused("Vous n’avez pas le droit de faire cette action.")
    if held.state == ConventionState.CLOSED:
        raise TransitionRefused(closed_sentence(held))
    if held.state in (ConventionState.SUSPENDED, ConventionState.TERMINATED):
        raise TransitionRefused(f"La convention est « {held.get_state_display()} » : rien n’est constaté ni payé.")
    if held.state != ConventionState.SIGNED:
        raise TransitionRefused("La convention n’est pas encore signée.")
    return current


def _refuse_payment(instalment: Instalment, paid_on: dt.date, reference: str, actor: User, at: dt.datetime) -> None:
    if instalment.certified_by_id == actor.pk:
        raise TransitionRefused(
            "Vous avez constaté le service fait de ce versement : une autre personne doit enregistrer son paiement."
        )
    if paid_on > clock.paris(at).date():
        raise TransitionRefused("La date du paiement est dans l’avenir.")
    if instalment.certified_at and paid_on < clock.paris(instalment.certified_at).date():
        raise TransitionRefused("La date du paiement précède le constat du service fait.")
    if not 0 < len(reference) <= MAX_REFERENCE:
        raise TransitionRefused(f"La référence du paiement est attendue, en {MAX_REFERENCE} caractères au plus.")
