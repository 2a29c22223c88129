"""Suspend the payments of a convention, resume them, end it before its time: each for a reason, from a day."""

import datetime as dt
from decimal import Decimal

from django.db import transaction

from ami_portal.accounts.models import User
from ami_portal.kernel import clock
from ami_portal.kernel.money import in_words
from ami_portal.kernel.permissions import allowed
from ami_portal.workflow import TransitionRefused, advance, given_reason
from funding import ledger, notifications
from funding.enums import AmendmentState
from funding.models import Convention, Suspension, Termination
from funding.workflow import ABANDON_AMENDMENT, RESUME, SUSPEND, TERMINATE

MAX_REASON = 4000
ENDED = "La convention est résiliée : l’avenant est sans objet."


@transaction.atomic
def suspend_convention(convention: Convention, *, on: dt.date, reason: str, actor: User) -> Suspension:
    """Suspend the payments from the day `on`: nothing is certified nor paid until they are resumed; the team is told.

    Raises TransitionRefused: no right, not signed, no reason, impossible day.
    """
    at = clock.now()
    current = _locked(convention, actor)
    reason = given_reason(reason, MAX_REASON, empty="Donnez le motif de la suspension.")
    _refuse_day(current, on, at)
    advance(current, SUSPEND, actor=actor, at=at, reason=reason, suspended_on=on.isoformat())
    suspension = Suspension.objects.create(
        convention=current, suspended_on=on, reason=reason, recorded_at=at, recorded_by=actor
    )
    notifications.convention_suspended(current, at=at)
    return suspension


@transaction.atomic
def resume_convention(convention: Convention, *, on: dt.date, reason: str, actor: User) -> Suspension:
    """Resume the payments on the day `on`; the end of the project stays, unless an amendment moves it.

    Raises TransitionRefused: no right, not suspended, no reason, a day before the suspension or to come.
    """
    at = clock.now()
    current = _locked(convention, actor)
    reason = given_reason(reason, MAX_REASON, empty="Donnez le motif de la reprise.")
    advance(current, RESUME, actor=actor, at=at, reason=reason, resumed_on=on.isoformat())
    suspension = current.suspensions.select_for_update(of=("self",)).get(resumed_on=None)
    if not suspension.suspended_on <= on <= clock.paris(at).date():
        raise TransitionRefused("La reprise est entre le jour de la suspension et aujourd’hui.")
    suspension.resumed_on, suspension.resumed_by, suspension.resumed_reason = on, actor, reason
    suspension.save(update_fields=["resumed_on", "resumed_by", "resumed_reason"])
    notifications.convention_resumed(current, at=at)
    return suspension


@transaction.atomic
def terminate_convention(
    convention: Convention,
    *,
    on: dt.date,
    reason: str,
    recovered: Decimal,
    forfeits_retention: bool,
    actor: User,
) -> Termination:
    """End a convention from the day `on`: what was still to be paid is released, what was paid too much (`recovered`,
    euros) is owed, the retention leaves the grant or stays to be settled; the team is told.

    Raises TransitionRefused: no right, not signed nor suspended, no reason, impossible day, more to recover than what
    was paid.
    """
    at = clock.now()
    current = _locked(convention, actor)
    reason = given_reason(reason, MAX_REASON, empty="Donnez le motif de la résiliation.")
    _refuse_day(current, on, at)
    held = ledger.balances(current)
    if not 0 <= recovered <= held.paid:
        raise TransitionRefused(f"Ce qui est à reverser est entre zéro et ce qui est versé, {in_words(held.paid)}.")
    forfeited = held.retained if forfeits_retention else Decimal(0)
    facts = {"terminated_on": on.isoformat(), "recovered": str(recovered), "forfeited": str(forfeited)}
    for amendment in current.amendments.filter(state=AmendmentState.PREPARED):
        advance(amendment, ABANDON_AMENDMENT, actor=actor, at=at, reason=ENDED)
    advance(current, TERMINATE, actor=actor, at=at, reason=reason, **facts)
    _settle(current, recovered, forfeited, at, actor)
    termination = Termination.objects.create(
        convention=current,
        terminated_on=on,
        reason=reason,
        recovered=recovered,
        forfeited=forfeited,
        recorded_at=at,
        recorded_by=actor,
    )
    notifications.convention_terminated(current, at=at)
    return termination


def _settle(convention: Convention, recovered: Decimal, forfeited: Decimal, at: dt.datetime, actor: User) -> None:
    """What a termination does to the ledger."""
    ledger.release(convention, at=at, actor=actor)
    if recovered:
        ledger.recover(convention, recovered, at=at, actor=actor)
    if forfeited:
        ledger.forfeit(convention, forfeited, at=at, actor=actor)


def _locked(convention: Convention, actor: User) -> Convention:
    current = Convention.objects.select_for_update(of=("self",)).select_related("dossier__call").get(pk=convention.pk)
    if not allowed(actor, "funding.interrupt_convention", current):
        raise TransitionRefused("Vous n’avez pas le droit de faire cette action.")
    return current


def _refuse_day(convention: Convention, on: dt.date, at: dt.datetime) -> None:
    if on > clock.paris(at).date():
        raise TransitionRefused("Cette date est dans l’avenir.")
    if convention.signed_on and on < convention.signed_on:
        raise TransitionRefused("Cette date précède la signature de la convention.")
