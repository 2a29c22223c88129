"""The way into a jury: an invitation by mail, its answer, and the charter, accepted in the very version in force."""

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from ami_portal.accounts.models import User
from ami_portal.audit import trail
from ami_portal.kernel import clock
from ami_portal.kernel.text import clean_text
from ami_portal.workflow import TransitionRefused, advance, refuse_long_reason
from applications.models import Call
from evaluation import notifications, workflow
from evaluation.conflicts import Candidate, Organisation, Stay
from evaluation.enums import InvitationState
from evaluation.models import CharterAcceptance, JurorProfile, JuryInvitation
from evaluation.rules import charter_in_force

from .jurors import SaidProfile, SaidStay, checked, orcid_kept, set_profile
from .locks import refuse_unless_allowed

MAX_ANSWER = 2000
CHANGED = "La charte a changé depuis que vous l’avez lue : relisez-la, puis acceptez-la."
TWICE = "Cette personne est déjà invitée au jury de cet appel, ou en est déjà membre."


@transaction.atomic
def invite_juror(
    call: Call, *, email: str, first_name: str, last_name: str, known: SaidProfile, actor: User
) -> JuryInvitation:
    """Invite somebody to the jury of a call by mail, whether or not they have an account.

    Raises TransitionRefused: no name, an address that is none, an invitation that waits or was accepted.
    """
    at = clock.now()
    locked = Call.objects.select_for_update().get(pk=call.pk)
    refuse_unless_allowed(actor, "evaluation.invite_juror", locked)
    address, first, last = email.strip().lower(), clean_text(first_name).strip(), clean_text(last_name).strip()
    try:
        validate_email(address)
    except ValidationError as error:
        raise TransitionRefused("Écrivez une adresse électronique comme nom@exemple.fr.") from error
    if not (first and last):
        raise TransitionRefused("Donnez le prénom et le nom : ils servent à chercher les liens d’intérêts.")
    kept = SaidProfile(orcid_kept(known.orcid), tuple(checked(known.stays, clock.paris(at).date())))
    waiting = (InvitationState.WAITING, InvitationState.ACCEPTED)
    if JuryInvitation.objects.filter(call=locked, email=address, state__in=waiting).exists():
        raise TransitionRefused(TWICE)
    invitation = JuryInvitation.objects.create(
        call=locked,
        email=address,
        first_name=first,
        last_name=last,
        known=_kept(kept),
        invited_by=actor,
        invited_at=at,
    )
    notifications.jury_invitation(invitation, at=at)
    trail.record("jury.invite", subject=invitation.ref, actor=actor, at=at, after=invitation.state)
    return invitation


@transaction.atomic
def withdraw_invitation(invitation: JuryInvitation, *, actor: User) -> None:
    """Take back an invitation that waits for its answer. Nobody is told. Raises TransitionRefused."""
    advance(invitation, workflow.WITHDRAW_INVITATION, actor=actor, at=clock.now())


@transaction.atomic
def decline_invitation(invitation: JuryInvitation, *, answer: str, actor: User) -> None:
    """Say no, with a word or without; who invited is told by mail. Raises TransitionRefused."""
    at = clock.now()
    invitation.answer = clean_text(answer).strip()
    refuse_long_reason(invitation.answer, MAX_ANSWER)
    advance(invitation, workflow.DECLINE_INVITATION, actor=actor, at=at)
    notifications.jury_invitation_answered(invitation, at=at)


@transaction.atomic
def accept_invitation(invitation: JuryInvitation, *, charter_sha256: str, actor: User) -> None:
    """Say yes and accept the charter that was read; what the secretary knew fills a profile that says nothing yet.

    The role of juror is given by the caller, in the same transaction. Raises TransitionRefused, also when the charter
    changed since it was read.
    """
    at = clock.now()
    advance(invitation, workflow.ACCEPT_INVITATION, actor=actor, at=at)
    _accept_charter(invitation.call, charter_sha256, actor, at)
    if not JurorProfile.objects.filter(juror=actor).exists():
        set_profile(actor, said_of(invitation), seen_version=0, actor=actor)
    notifications.jury_invitation_answered(invitation, at=at)


@transaction.atomic
def accept_charter(call: Call, *, charter_sha256: str, actor: User) -> None:
    """Accept the charter of a call in force now: its dossiers can then be declared and read.

    Raises TransitionRefused for somebody who is no juror, and when it changed since it was read.
    """
    at = clock.now()
    refuse_unless_allowed(actor, "evaluation.list_reviews", None)
    _accept_charter(call, charter_sha256, actor, at)


def _accept_charter(call: Call, sha256: str, actor: User, at: dt.datetime) -> None:
    charter = charter_in_force(call)
    if charter is None:
        return
    if charter.sha256 != sha256:
        raise TransitionRefused(CHANGED)
    _, is_new = CharterAcceptance.objects.get_or_create(charter=charter, juror=actor, defaults={"accepted_at": at})
    if is_new:
        trail.record("charter.accept", subject=call.code, actor=actor, at=at, charter_sha256=sha256, juror=actor.ref)


def _kept(known: SaidProfile) -> dict[str, Any]:
    """What is known of somebody, as JSON."""
    return {
        "orcid": known.orcid,
        "stays": [
            [stay.name, stay.siren, stay.since.isoformat(), stay.until.isoformat() if stay.until else ""]
            for stay in known.stays
        ],
    }


def said_of(invitation: JuryInvitation) -> SaidProfile:
    """What was known of somebody when they were invited."""
    return SaidProfile(
        invitation.known.get("orcid", ""),
        tuple(
            SaidStay(name, siren, dt.date.fromisoformat(since), dt.date.fromisoformat(until) if until else None)
            for name, siren, since, until in invitation.known.get("stays", ())
        ),
    )


def candidate_of(email: str, first_name: str, last_name: str, known: SaidProfile) -> Candidate:
    """Somebody who might be invited, as the detection knows them."""
    stays = (Stay(Organisation(one.name, one.siren), one.since, one.until) for one in known.stays)
    return Candidate(email.strip().lower(), first_name, last_name, known.orcid, tuple(stays))
