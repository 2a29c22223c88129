"""Invite a colleague to a dossier, take back an invitation, hand the dossier over."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from ami_portal.accounts.models import User
from ami_portal.audit import trail
from ami_portal.kernel import clock
from ami_portal.kernel.permissions import allowed
from ami_portal.kernel.text import sha256_of
from ami_portal.workflow import TransitionRefused
from applications import notifications
from applications.due import refusal_while_due
from applications.enums import DossierState, MemberRole
from applications.models import Dossier, DossierMember, Sealing
from applications.rules import dossiers_seen_by

from .drafting import NOT_YOURS
from .sharing import give_back_sections

MAX_MEMBERS = 30
EXAMINED = (DossierState.DRAFT, DossierState.SUBMITTED, DossierState.RETURNED, DossierState.ELIGIBLE)
"""What the closing stops, and what nothing is decided of yet."""
NO_ACCOUNT = "Cette personne n’a pas encore de compte : le dossier ne peut pas lui être confié."


@transaction.atomic
def invite_member(dossier: Dossier, email: str, role: str, *, actor: User) -> DossierMember:
    """Let someone edit or read the dossier, whether or not they have an account yet, and tell them by mail.

    Inviting again with another role changes the role: the sections of an editor who now reads go back to the owner.
    Raises TransitionRefused for an address that is none, the owner's own, a role that cannot be given, or too large a
    team.
    """
    at = clock.now()
    current = _owned(dossier, actor, at)
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise TransitionRefused("Écrivez une adresse électronique comme nom@exemple.fr.") from error
    if role not in (MemberRole.EDITOR, MemberRole.READER):
        raise TransitionRefused("Choisissez un rôle : rédacteur ou lecteur.")
    member = current.members.filter(email=email).first()
    if member and member.role == MemberRole.OWNER:
        raise TransitionRefused("Cette adresse est celle du porteur du dossier.")
    if member is None and current.members.count() >= MAX_MEMBERS:
        raise TransitionRefused(f"Une équipe compte {MAX_MEMBERS} personnes au plus.")
    if member and role == MemberRole.READER:
        give_back_sections(member, at=at)
    member, _ = DossierMember.objects.update_or_create(
        dossier=current, email=email, defaults={"role": role}, create_defaults={"role": role, "invited_at": at}
    )
    notifications.invitation(member, inviter=actor.email, at=at)
    trail.record("dossier.invite", subject=current.ref, actor=actor, at=at, role=role, email_sha256=sha256_of(email))
    return member


@transaction.atomic
def remove_member(member: DossierMember, *, actor: User) -> None:
    """End someone's right on a dossier; the owner stays. What they wrote stays too; their sections are the owner's."""
    at = clock.now()
    current = _owned(member.dossier, actor, at)
    removed, _ = current.members.filter(pk=member.pk).exclude(role=MemberRole.OWNER).delete()
    if not removed:
        raise TransitionRefused("Le porteur ne peut pas être retiré de son dossier.")
    email_sha256 = sha256_of(member.email)
    trail.record("dossier.remove_member", subject=current.ref, actor=actor, at=at, email_sha256=email_sha256)


@transaction.atomic
def hand_over_dossier(member: DossierMember, *, actor: User) -> None:
    """Make an editor the owner; who owned the dossier edits it from then on. Both are told by mail.

    A deposit asked for at the closing was the decision of who leaves: it is no longer asked. Raises TransitionRefused
    for somebody who is no editor, or has no account yet, and for who is not the owner.
    """
    at = clock.now()
    current = _owned(member.dossier, actor, at)
    taker = current.members.filter(pk=member.pk, role=MemberRole.EDITOR).first()
    if taker is None:
        raise TransitionRefused("Un dossier se confie à un rédacteur de son équipe.")
    if not has_account(taker):
        raise TransitionRefused(NO_ACCOUNT)
    Sealing.objects.filter(dossier=current, settled_at=None).delete()
    current.members.filter(role=MemberRole.OWNER).update(role=MemberRole.EDITOR)
    current.members.filter(pk=taker.pk).update(role=MemberRole.OWNER)
    notifications.handed_over(current, giver=actor.email, taker=taker.email, at=at)
    email_sha256 = sha256_of(taker.email)
    trail.record("dossier.hand_over", subject=current.ref, actor=actor, at=at, email_sha256=email_sha256)


def has_account(member: DossierMember) -> bool:
    """Whether a member can sign in: an invitation alone owns nothing."""
    return User.objects.filter(email=member.email, is_active=True, emailaddress__verified=True).exists()


def refusal_to_change_team(dossier: Dossier, at: dt.datetime) -> str:
    """Why the team of a dossier cannot change at `at`; empty when it can.

    From the closing to the decision the team stands as it deposited: partners, jurors and their interests are told
    apart from it. A laureate's changes again, for the months that follow.
    """
    if dossier.state in EXAMINED and dossier.is_closed(at):
        return f"De la clôture à la décision, l’équipe ne change pas. Écrivez à {dossier.call.contact}."
    return refusal_while_due(dossier, at)


def _owned(dossier: Dossier, actor: User, at: dt.datetime) -> Dossier:
    """The dossier under its row lock, proven to be `actor`'s own and open to a change. Raises TransitionRefused."""
    current = dossiers_seen_by(actor).select_for_update(of=("self",)).filter(pk=dossier.pk).first()
    if current is None or not allowed(actor, "applications.invite_member", current):
        raise TransitionRefused(NOT_YOURS)
    if why_not := refusal_to_change_team(current, at):
        raise TransitionRefused(why_not)
    return current
