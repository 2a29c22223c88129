"""Who sees a convention, and who may act on it. Nobody acts for the operator on a dossier in which they have a part."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from ami_portal.accounts.enums import Role
from ami_portal.accounts.rules import holds
from ami_portal.kernel.permissions import rule
from applications.enums import WRITERS, DossierState, MemberRole
from applications.models import Call, Dossier, DossierMember
from applications.rules import role_on

from .models import Amendment, Convention, ExpenseClaim, Instalment, RecoveryOrder, Remark, SignedCopy

Belonging = Amendment | Instalment | Remark | SignedCopy | ExpenseClaim | RecoveryOrder
"""What belongs to a convention: whoever acts on the one acts on the other."""

DUTIES = (Role.GRANT_OFFICER, Role.ACCOUNTING_OFFICER, Role.INSTRUCTOR)
"""The duties that see every convention but their own."""


def own_conventions(user: Any) -> QuerySet[Convention]:
    """The conventions of the dossiers that a person is a member of, once the results of the call are published."""
    if not user.is_authenticated:
        return Convention.objects.none()
    mine = DossierMember.objects.filter(dossier=OuterRef("dossier"), email=user.email)
    return Convention.objects.filter(Exists(mine), dossier__call__results_published_at__isnull=False)


def conventions_managed_by(user: Any) -> QuerySet[Convention]:
    """The conventions that a person follows for the operator: by duty, and never one's own."""
    if not holds(user, *DUTIES):
        return Convention.objects.none()
    own = DossierMember.objects.filter(dossier=OuterRef("dossier"), email=user.email)
    return Convention.objects.filter(~Exists(own))


def conventions_visible_to(user: Any) -> QuerySet[Convention]:
    """One's own conventions; for the duties that follow them, all."""
    return Convention.objects.all() if holds(user, *DUTIES) else own_conventions(user)


def dossiers_to_prepare(user: Any) -> QuerySet[Dossier]:
    """The laureates that still have no convention."""
    if not holds(user, Role.GRANT_OFFICER):
        return Dossier.objects.none()
    own = DossierMember.objects.filter(dossier=OuterRef("pk"), email=user.email)
    return Dossier.objects.filter(
        ~Exists(own),
        state=DossierState.LAUREATE,
        decision__amount__gt=0,
        convention=None,
        call__results_published_at__isnull=False,
    )


def grants_to_end(user: Any) -> QuerySet[Dossier]:
    """The laureates whose renouncement a person may record, and those that have renounced; never one's own."""
    if not holds(user, Role.GRANT_OFFICER):
        return Dossier.objects.none()
    own = DossierMember.objects.filter(dossier=OuterRef("pk"), email=user.email)
    return Dossier.objects.filter(~Exists(own), state__in=(DossierState.LAUREATE, DossierState.RENOUNCED))


def _acts_on(user: Any, duty: str, obj: Convention | Belonging | Dossier | None) -> bool:
    """Whether the person holds the duty, and has no part in the dossier (no object: the duty alone is asked)."""
    if not holds(user, duty):
        return False
    if obj is None:
        return True
    convention = obj if isinstance(obj, Convention | Dossier) else obj.convention
    dossier_id = convention.dossier_id if isinstance(convention, Convention) else convention.pk
    return not DossierMember.objects.filter(dossier=dossier_id, email=user.email).exists()


@rule("funding.view_convention")
def can_view(user: Any, obj: Convention | None) -> bool:
    return conventions_visible_to(user).filter(pk=obj.pk).exists() if obj else False


@rule("funding.follow_conventions")
def can_follow(user: Any, obj: Convention | None) -> bool:
    """The staff's list and pages; which conventions is `conventions_managed_by`."""
    if obj is None:
        return holds(user, *DUTIES)
    return conventions_managed_by(user).filter(pk=obj.pk).exists()


@rule("funding.prepare_convention")
def can_prepare(user: Any, obj: Dossier | None) -> bool:
    return _acts_on(user, Role.GRANT_OFFICER, obj)


@rule("funding.send_piece")
def can_send_piece(user: Any, obj: Convention | None) -> bool:
    """Those who write in the dossier send its supporting documents again."""
    return (
        obj is not None and own_conventions(user).filter(pk=obj.pk).exists() and role_on(user, obj.dossier) in WRITERS
    )


@rule("funding.make_remark")
def can_remark(user: Any, obj: Convention | None) -> bool:
    """Those who write in the dossier discuss its convention."""
    return can_send_piece(user, obj)


@rule("funding.negotiate_convention")
def can_negotiate(user: Any, obj: Convention | Remark | None) -> bool:
    return _acts_on(user, Role.GRANT_OFFICER, obj)


@rule("funding.send_signed_copy")
def can_send_signed_copy(user: Any, obj: Convention | None) -> bool:
    """Those who write in the dossier; for what came by another way, who follows the convention."""
    return can_send_piece(user, obj) or _acts_on(user, Role.GRANT_OFFICER, obj)


@rule("funding.transfer_costs")
def can_transfer(user: Any, obj: Convention | None) -> bool:
    """Those who write in the dossier move its costs."""
    return can_send_piece(user, obj)


@rule("funding.amend_convention")
def can_amend(user: Any, obj: Convention | Amendment | None) -> bool:
    return _acts_on(user, Role.GRANT_OFFICER, obj)


@rule("funding.name_parties")
def can_name_parties(user: Any, obj: Convention | None) -> bool:
    return _acts_on(user, Role.GRANT_OFFICER, obj)


@rule("funding.interrupt_convention")
def can_interrupt(user: Any, obj: Convention | None) -> bool:
    return _acts_on(user, Role.GRANT_OFFICER, obj)


@rule("funding.renounce_grant")
def can_renounce(user: Any, obj: Dossier) -> bool:
    """Who deposited the dossier gives its grant up."""
    return role_on(user, obj) == MemberRole.OWNER


@rule("funding.record_renouncement")
def can_record_renouncement(user: Any, obj: Dossier | None) -> bool:
    return _acts_on(user, Role.GRANT_OFFICER, obj)


@rule("funding.record_signature")
def can_record_signature(user: Any, obj: Convention | SignedCopy | None) -> bool:
    return _acts_on(user, Role.GRANT_OFFICER, obj)


@rule("funding.certify_service")
def can_certify(user: Any, obj: Convention | Instalment | None) -> bool:
    return _acts_on(user, Role.GRANT_OFFICER, obj)


@rule("funding.record_payment")
def can_record_payment(user: Any, obj: Convention | Instalment | None) -> bool:
    """Whoever certified a line does not pay it: see `actions.record_payment`."""
    return _acts_on(user, Role.ACCOUNTING_OFFICER, obj)


@rule("funding.follow_path")
def can_follow_path(user: Any, obj: Convention | None) -> bool:
    """Those who help with the requests for data: the instruction and the grants."""
    return _acts_on(user, Role.GRANT_OFFICER, obj) or _acts_on(user, Role.INSTRUCTOR, obj)


@rule("funding.choose_on_path")
def can_choose_on_path(user: Any, obj: Convention | None) -> bool:
    """Those who write in the dossier say what follows an opinion."""
    return can_send_piece(user, obj)


@rule("funding.write_claim")
def can_write_claim(user: Any, obj: Convention | ExpenseClaim | None) -> bool:
    """Those who write in the dossier state its expenses."""
    return can_send_piece(user, obj.convention if isinstance(obj, ExpenseClaim) else obj)


@rule("funding.examine_claim")
def can_examine_claim(user: Any, obj: Convention | ExpenseClaim | Instalment | None) -> bool:
    return _acts_on(user, Role.GRANT_OFFICER, obj)


@rule("funding.free_retention")
def can_free_retention(user: Any, obj: Convention | None) -> bool:
    return _acts_on(user, Role.GRANT_OFFICER, obj)


@rule("funding.record_repayment")
def can_record_repayment(user: Any, obj: Convention | RecoveryOrder | None) -> bool:
    return _acts_on(user, Role.ACCOUNTING_OFFICER, obj)


def calls_followed_by(user: Any) -> QuerySet[Call]:
    """The calls of which a convention is signed, for the duties that follow them."""
    if not holds(user, *DUTIES):
        return Call.objects.none()
    signed = Convention.objects.filter(dossier__call=OuterRef("pk"), signed_on__isnull=False)
    return Call.objects.filter(Exists(signed)).order_by("-closes_at", "code")


@rule("funding.follow_position")
def can_follow_position(user: Any, obj: Call | None) -> bool:
    """The totals of a call; nobody reads those in which they have a part."""
    if not holds(user, *DUTIES) or obj is None:
        return False
    return not DossierMember.objects.filter(
        dossier__call=obj, dossier__convention__isnull=False, email=user.email
    ).exists()
