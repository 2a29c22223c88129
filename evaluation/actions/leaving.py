"""Take somebody who left out of the team of a dossier, from the closing to the decision."""

import datetime as dt

from django.db import transaction

from ami_portal.accounts.models import RoleGrant, User
from ami_portal.audit import trail
from ami_portal.kernel import clock
from ami_portal.kernel.text import sha256_of
from ami_portal.workflow import TransitionRefused, given_reason
from applications.actions.sharing import give_back_sections
from applications.actions.team import EXAMINED
from applications.enums import MemberRole
from applications.models import Dossier, DossierMember
from evaluation import notifications

from .locks import lock_dossier, refuse_unless_allowed

MAX_REASON = 2000
OWNER = "Le porteur ne peut pas être retiré de son dossier."
GONE = "Cette personne n’est plus dans l’équipe."
NOT_NOW = (
    "L’équipe se change dans l’espace du porteur : ce n’est qu’entre la clôture et la décision qu’elle ne le peut pas."
)
NO_REASON = "Donnez le motif du retrait : il reste au journal."
HOLDS_A_ROLE = (
    "Cette personne tient aussi un rôle sur le portail, et sa place dans l’équipe l’écarte de ce dossier : "
    "qu’un administrateur lui retire d’abord ce rôle."
)


@transaction.atomic
def take_out_member(dossier: Dossier, email: str, *, reason: str, actor: User) -> None:
    """End the right of somebody who left on a dossier under examination, at the request of its owner or of themself.

    They and the owner learn of it, not why: the reason stays in the journal. What they wrote stays, and their sections
    go back to the owner. Raises TransitionRefused: not under examination, no reason, nobody of that address, the owner,
    somebody whom their place in the team keeps away from the evaluation.
    """
    at = clock.now()
    current = lock_dossier(dossier.pk)
    refuse_unless_allowed(actor, "evaluation.take_out_member", current)
    if why_not := refusal_to_take_out(current, at):
        raise TransitionRefused(why_not)
    reason = given_reason(reason, MAX_REASON, empty=NO_REASON)
    member = _leaver(current, email)
    give_back_sections(member, at=at)
    member.delete()
    email_sha256 = sha256_of(member.email)
    trail.record(
        "dossier.take_out_member", subject=current.ref, actor=actor, at=at, email_sha256=email_sha256, reason=reason
    )
    notifications.member_taken_out(current, member.email, at=at)


def refusal_to_take_out(dossier: Dossier, at: dt.datetime) -> str:
    """Why nobody can be taken out of a team by the staff at `at`; empty when somebody can."""
    return "" if dossier.state in EXAMINED and dossier.is_closed(at) else NOT_NOW


def leavers_of(dossier: Dossier) -> list[DossierMember]:
    """Those who can be taken out: all but the owner."""
    return list(dossier.members.exclude(role=MemberRole.OWNER).order_by("email"))


def _leaver(dossier: Dossier, email: str) -> DossierMember:
    member = dossier.members.filter(email=email).first()
    if member is None:
        raise TransitionRefused(GONE)
    if member.role == MemberRole.OWNER:
        raise TransitionRefused(OWNER)
    if RoleGrant.objects.filter(user__email=email).exists():
        raise TransitionRefused(HOLDS_A_ROLE)
    return member
