"""Which charter a jury accepts, who accepted it, who was invited."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from ami_portal.accounts.enums import Role
from ami_portal.accounts.models import User
from ami_portal.accounts.rules import holds, owns_address
from ami_portal.kernel.permissions import rule
from applications.models import Call
from evaluation.enums import InvitationState
from evaluation.models import Charter, CharterAcceptance, JuryInvitation


def charter_in_force(call: Call) -> Charter | None:
    """The charter that the jury of a call accepts now; None for a call without any."""
    return Charter.objects.filter(call=call, replaced_at=None).first()


def awaits_charter(person: Any, call: str = "dossier__call") -> Exists:
    """Whether the charter in force of the call at `call` of a row is not accepted by somebody."""
    accepted = CharterAcceptance.objects.filter(charter=OuterRef("pk"), juror=person)
    return Exists(Charter.objects.filter(~Exists(accepted), call=OuterRef(call), replaced_at=None))


def invitations_to(user: Any) -> QuerySet[JuryInvitation]:
    """One's own invitations, found by the confirmed address of the account; those taken back are gone."""
    if not user.is_authenticated or not owns_address(user):
        return JuryInvitation.objects.none()
    return JuryInvitation.objects.filter(email=user.email).exclude(state=InvitationState.WITHDRAWN)


def invitations_sent_in(user: Any, call: Call) -> QuerySet[JuryInvitation]:
    """The invitations to the jury of a call, for its secretary."""
    sent = JuryInvitation.objects.filter(call=call)
    return sent if holds(user, Role.JURY_SECRETARY) else sent.none()


@rule("evaluation.invite_juror")
def can_invite_juror(user: User, obj: Any) -> bool:
    return holds(user, Role.JURY_SECRETARY)


@rule("evaluation.answer_invitation")
def can_answer_invitation(user: User, obj: JuryInvitation) -> bool:
    return invitations_to(user).filter(pk=obj.pk).exists()
