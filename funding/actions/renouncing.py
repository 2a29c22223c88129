"""A laureate gives its grant up, as long as nothing of it was paid: its place is free for the reserve list."""

import datetime as dt

from django.db import transaction

from ami_portal.accounts.models import User
from ami_portal.kernel import clock
from ami_portal.kernel.permissions import allowed
from ami_portal.kernel.text import clean_text
from ami_portal.ui import wording
from ami_portal.workflow import Transition, TransitionRefused, advance, refuse_long_reason
from applications.models import Call, Dossier
from funding import ledger, notifications
from funding.enums import ConventionState, InstalmentState
from funding.models import Convention, Renouncement
from funding.workflow import CLOSE, RECORD_RENOUNCEMENT, RENOUNCE

MAX_REASON = 2000


@transaction.atomic
def renounce_grant(dossier: Dossier, *, reason: str = "", actor: User) -> Renouncement:
    """Give up the grant of one's own dossier, for good; the team and the operator are told.

    A convention, signed or not, is closed, and what a signature had committed is released. Raises TransitionRefused:
    no right, not a laureate, something was paid, reason too long.
    """
    return _end(dossier, RENOUNCE, reason=reason, received_on=None, actor=actor)


@transaction.atomic
def record_renouncement(dossier: Dossier, *, received_on: dt.date, reason: str, actor: User) -> Renouncement:
    """Record a renouncement that came by letter on `received_on`: the same end, with the reason that the letter gives.

    Raises TransitionRefused as `renounce_grant` does, and for an impossible day or no reason.
    """
    return _end(dossier, RECORD_RENOUNCEMENT, reason=reason, received_on=received_on, actor=actor)


def _end(dossier: Dossier, step: Transition, *, reason: str, received_on: dt.date | None, actor: User) -> Renouncement:
    at = clock.now()
    current = Dossier.objects.select_for_update(of=("self",)).select_related("call").get(pk=dossier.pk)
    if not allowed(actor, step.permission or "", current):
        raise TransitionRefused("Vous n’avez pas le droit de faire cette action.")
    convention = Convention.objects.select_for_update(of=("self",)).filter(dossier=current).first()
    reason = clean_text(reason).strip()
    if why_not := obstacle(current, convention):
        raise TransitionRefused(why_not)
    _refuse_content(current.call, reason, received_on, at)
    facts = {"received_on": received_on.isoformat()} if received_on else {}
    advance(current, step, actor=actor, at=at, reason=reason, **facts)
    renouncement = Renouncement.objects.create(
        dossier=current, reason=reason, received_on=received_on, recorded_at=at, recorded_by=actor
    )
    if convention:
        _close(convention, at=at, actor=actor)
    notifications.grant_renounced(renouncement, at=at)
    return renouncement


def obstacle(dossier: Dossier, convention: Convention | None) -> str:
    """Why a laureate cannot renounce any more, and whom to call; empty when it can (or when it is no laureate)."""
    if convention is None or not convention.instalments.filter(state=InstalmentState.PAID).exists():
        return ""
    return (
        f"Un versement de la convention {convention.ref} est déjà payé : l’aide ne prend plus fin par un renoncement, "
        f"mais par une résiliation. {whom_to_call(dossier.call)} en rappelant cette référence."
    )


def whom_to_call(call: Call) -> str:
    """« Écrivez à … ou appelez le … », as far as the call's file says it."""
    phone = call.texts.get("receipt_office", {}).get("phone", "")
    return f"Écrivez à {call.contact}{f' ou appelez le {phone}' if phone else ''}"


def _refuse_content(call: Call, reason: str, received_on: dt.date | None, at: dt.datetime) -> None:
    refuse_long_reason(reason, MAX_REASON)
    if received_on is None:
        return
    if not reason:
        raise TransitionRefused("Donnez le motif du courrier, ou dites qu’il n’en donne pas.")
    if received_on > clock.paris(at).date():
        raise TransitionRefused("La date de réception du courrier est dans l’avenir.")
    published = call.results_published_at
    if published and received_on < clock.paris(published).date():
        raise TransitionRefused(f"Le courrier vient après la publication des résultats, le {wording.day(published)}.")


def _close(convention: Convention, *, at: dt.datetime, actor: User) -> None:
    was_signed = convention.state == ConventionState.SIGNED
    advance(convention, CLOSE, actor=actor, at=at)
    if was_signed:
        ledger.release(convention, at=at, actor=actor)
