"""Who sees a dossier, and who may do what on it. When is the business of the workflow and of the calendar."""

from typing import Any

from allauth.account.models import EmailAddress
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Value

from ami_portal.accounts.enums import Role
from ami_portal.accounts.rules import holds, reads_content
from ami_portal.kernel import clock
from ami_portal.kernel.permissions import rule
from ami_portal.kernel.prepared import Given, Prepared

from .enums import WRITERS, DossierState, MemberRole
from .models import Attachment, Call, Dossier, DossierMember, DossierVersion, Sealing

# Long texts of a call and of its form that no list and no save needs.
_HEAVY = [
    *(f"call__{name}" for name in ("purpose", "steps", "rules", "data_access_path", "supports", "regulation", "texts")),
    "call__demarches",
    "form_revision__definition",
]
_DECIDES = (
    *("ref", "state", "extended_until", "completion_due_at", "percent_complete"),
    *("call__code", "call__opens_at", "call__closes_at", "call__rounds", "form_revision__sha256"),
    *("sealing__asked_at", "sealing__settled_at"),
)


def calls_public() -> QuerySet[Call]:
    """The calls that the public knows: published, or open since. A copy that staff prepares is neither."""
    return Call.objects.filter(Q(published_at__isnull=False) | Q(opens_at__lte=clock.now()))


def dossiers_visible_to(user: Any) -> QuerySet[Dossier]:
    """Every list, search, export and detail page starts here: one's own dossiers; for staff, all that were deposited.

    One's own are found by the verified address of the account.
    """
    if not user.is_authenticated:
        return Dossier.objects.none()
    if reads_content(user):
        never_deposited = Q(state=DossierState.DRAFT) | Q(state=DossierState.WITHDRAWN, submitted_at=None)
        return Dossier.objects.filter(Exists(_membership(user)) | ~never_deposited)
    return Dossier.objects.filter(members__email=user.email)


def dossiers_seen_by(user: Any) -> QuerySet[Dossier]:
    """The same dossiers, with their call, and with the person's role on each, so that the rules ask no more queries."""
    dossiers = dossiers_visible_to(user).select_related("call", "form_revision").defer(*_HEAVY)
    if not user.is_authenticated:
        return dossiers
    role = Subquery(_membership(user).values("role")[:1])
    return dossiers.annotate(seen_by=Value(user.pk), seen_role=role)


def own_dossiers(user: Any) -> QuerySet[Dossier]:
    """The dossiers that a person is a member of, whatever other duty they hold."""
    return _own(user).select_related("call", "form_revision", "remote").defer(*_HEAVY)


def own_dossier_to_edit(user: Any) -> Given[Dossier]:
    """The same, one by its `ref`, under its row lock, with what decides whether its answers may change: one query."""
    return _TO_EDIT.given(email=user.email, person=user.pk)


def dossiers_deposited_elsewhere_by(user: Any) -> QuerySet[Dossier]:
    """The dossiers imported from Démarches Simplifiées that a person deposited there, known by the address that they
    have confirmed here: those that nobody owns yet, and those that they own."""
    if not user.is_authenticated:
        return Dossier.objects.none()
    confirmed = EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=True)
    others = DossierMember.objects.filter(~Q(email=user.email), dossier=OuterRef("pk"), role=MemberRole.OWNER)
    theirs = Dossier.objects.filter(Exists(confirmed), ~Exists(others), remote__email=user.email.lower())
    return theirs.select_related("call", "remote")


def dossiers_to_claim(user: Any) -> QuerySet[Dossier]:
    """Those of them that have no owner yet."""
    owners = DossierMember.objects.filter(dossier=OuterRef("pk"), role=MemberRole.OWNER)
    return dossiers_deposited_elsewhere_by(user).filter(~Exists(owners))


def _own(user: Any) -> QuerySet[Dossier]:
    if not user.is_authenticated:
        return Dossier.objects.none()
    return _dossiers_of(user.email, user.pk)


def _dossiers_of(email: str, person: int) -> QuerySet[Dossier]:
    own = Dossier.objects.filter(members__email=email)
    return own.annotate(seen_by=Value(person), seen_role=F("members__role"))


def _to_edit(email: str, person: int, ref: str) -> QuerySet[Dossier]:
    own = _dossiers_of(email, person).filter(ref=ref).select_related("call", "form_revision", "sealing")
    return own.only(*_DECIDES).order_by().select_for_update(of=("self",))


_TO_EDIT = Prepared(_to_edit, email=str, person=int, ref=str)


def versions_visible_to(user: Any) -> QuerySet[DossierVersion]:
    """The deposits of the dossiers that a person sees."""
    return DossierVersion.objects.filter(dossier__in=dossiers_visible_to(user))


def attachments_visible_to(user: Any) -> QuerySet[Attachment]:
    """The files of one's own dossiers; for staff, those of deposited dossiers that were not removed before.

    While a completion is asked for, what its team adds is its own: staff read the files of the deposit, from its copy.
    """
    own = Q(Exists(DossierMember.objects.filter(dossier=OuterRef("dossier"), email=getattr(user, "email", ""))))
    sent = ~Q(dossier__state=DossierState.RETURNED)
    return Attachment.objects.filter(own | Q(sent, removed_at=None), dossier__in=dossiers_visible_to(user))


def sealing_of(dossier: Dossier) -> Sealing | None:
    """The deposit at the closing that was asked for a dossier, if any."""
    return Sealing.objects.select_related("asked_by").filter(dossier=dossier).first()


def _membership(user: Any) -> QuerySet[DossierMember]:
    return DossierMember.objects.filter(dossier=OuterRef("pk"), email=user.email)


def role_on(user: Any, dossier: Dossier) -> str | None:
    """The person's role on a dossier, or None for somebody who is not of its team."""
    if not user.is_authenticated:
        return None
    if getattr(dossier, "seen_by", None) == user.pk:
        role: str | None = getattr(dossier, "seen_role", None)
        return role
    return DossierMember.objects.filter(dossier=dossier, email=user.email).values_list("role", flat=True).first()


@rule("applications.start_dossier")
def can_start(user: Any, obj: Any) -> bool:
    return bool(user.is_authenticated)


@rule("applications.claim_dossier")
def can_claim(user: Any, obj: Dossier) -> bool:
    return dossiers_deposited_elsewhere_by(user).filter(pk=obj.pk).exists()


@rule("applications.sync_demarche")
def can_sync(user: Any, obj: Any) -> bool:
    """What comes from Démarches Simplifiées is looked after by the instructors."""
    return holds(user, Role.INSTRUCTOR)


@rule("applications.view_dossier")
def can_view(user: Any, obj: Dossier) -> bool:
    if user.is_authenticated and getattr(obj, "seen_by", None) == user.pk:
        return True
    return dossiers_visible_to(user).filter(pk=obj.pk).exists()


@rule("applications.download_file")
def can_download(user: Any, obj: Attachment) -> bool:
    return attachments_visible_to(user).filter(pk=obj.pk).exists()


@rule("applications.edit_dossier")
def can_edit(user: Any, obj: Dossier) -> bool:
    return role_on(user, obj) in WRITERS


@rule("applications.answer_question")
def can_answer_question(user: Any, obj: Any) -> bool:
    """The questions about a call are the instructors'."""
    return holds(user, Role.INSTRUCTOR)


@rule("applications.write_message")
def can_write_message(user: Any, obj: Dossier) -> bool:
    """Those who write in the dossier write for it; readers read."""
    return role_on(user, obj) in WRITERS


@rule("applications.submit_dossier")
def can_submit(user: Any, obj: Dossier) -> bool:
    return role_on(user, obj) == MemberRole.OWNER


@rule("applications.answer_completion")
def can_answer_completion(user: Any, obj: Dossier) -> bool:
    return role_on(user, obj) == MemberRole.OWNER


@rule("applications.reopen_dossier")
def can_reopen(user: Any, obj: Dossier) -> bool:
    return role_on(user, obj) == MemberRole.OWNER


@rule("applications.withdraw_dossier")
def can_withdraw(user: Any, obj: Dossier) -> bool:
    return role_on(user, obj) == MemberRole.OWNER


@rule("applications.hand_over_dossier")
def can_hand_over(user: Any, obj: Dossier) -> bool:
    return role_on(user, obj) == MemberRole.OWNER


@rule("applications.invite_member")
def can_invite(user: Any, obj: Dossier) -> bool:
    return role_on(user, obj) == MemberRole.OWNER


@rule("applications.give_section")
def can_give_section(user: Any, obj: Dossier) -> bool:
    return role_on(user, obj) == MemberRole.OWNER


@rule("applications.configure_call")
def can_configure(user: Any, obj: Any) -> bool:
    """The form, the calendar, the texts and the perimeter of a call are the administrators'."""
    return holds(user, Role.ADMINISTRATOR)
