"""Who sees opinions, reviews, letters and what waits for a decision; where their lists and pages start."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from ami_portal.accounts.enums import Role
from ami_portal.accounts.models import RoleGrant, User
from ami_portal.accounts.rules import holds, reads_content
from applications.enums import DossierState
from applications.models import Dossier, DossierMember
from applications.reading import FrozenDossier
from evaluation.enums import ASIDE, ReviewState, SessionState
from evaluation.models import DossierProgress, Letter, Minutes, Opinion, QueueEntry, Review, Seat, Session

from .aside import stands_aside
from .charters import awaits_charter

IN_QUEUE = (DossierState.SUBMITTED, DossierState.INELIGIBLE, DossierState.REJECTED, DossierState.RESERVE)
"""States of a dossier of which something may wait for a decision of the staff."""

JUDGED = (
    DossierState.ELIGIBLE,
    DossierState.LAUREATE,
    DossierState.RESERVE,
    DossierState.REJECTED,
    DossierState.RENOUNCED,
)
"""States of a dossier that partners and jurors may know."""
CONSULTED = (*JUDGED, DossierState.INELIGIBLE)
"""The same for a partner whose opinion was asked: a refusal may have stopped the dossier."""
RANKING_ROLES = (Role.JURY_SECRETARY, Role.INSTRUCTOR)
"""Who reads a ranking before it is published."""


def _membership(user: Any) -> Exists:
    """Whether the row's dossier is one that the person takes part in."""
    return Exists(DossierMember.objects.filter(dossier=OuterRef("dossier"), email=user.email))


def _answers_for(user: Any) -> Q:
    """Opinions asked of an organisation that the person answers for; never on a dossier of their own."""
    grants = RoleGrant.objects.filter(user=user, role=Role.PARTNER, organisation=OuterRef("dataset__partner"))
    return Q(Exists(grants), ~_membership(user), dossier__state__in=CONSULTED)


def opinions_to_give(user: Any) -> QuerySet[Opinion]:
    """A partner's own: where its list and its pages start."""
    return Opinion.objects.filter(_answers_for(user)) if holds(user, Role.PARTNER) else Opinion.objects.none()


def opinions_visible_to(user: Any) -> QuerySet[Opinion]:
    """A partner's own; for staff who read dossiers, all but those of a dossier that they have a part in."""
    if reads_content(user):
        return Opinion.objects.filter(_answers_for(user) | Q(~_membership(user), ~stands_aside(user)))
    return opinions_to_give(user)


def addresses_of(dossier: Dossier, frozen: FrozenDossier | None) -> list[str]:
    """The addresses entitled to a dossier; for one that was deposited elsewhere, and whether or not it is claimed here,
    that of who deposited it."""
    addresses = list(dossier.members.values_list("email", flat=True))
    elsewhere = frozen.submitted_by.get("email", "") if frozen and frozen.source else ""
    return [*addresses, elsewhere] if elsewhere else addresses


def drafts_to_extend(user: Any) -> QuerySet[Dossier]:
    """The drafts that may be given more time, known by their reference alone: none of one's own."""
    if not holds(user, Role.INSTRUCTOR):
        return Dossier.objects.none()
    own = DossierMember.objects.filter(dossier=OuterRef("pk"), email=user.email)
    return Dossier.objects.filter(~Exists(own), state=DossierState.DRAFT)


def jurors_kept_by(user: Any) -> QuerySet[User]:
    """The jurors whose profile a person may read and edit: their own; all of them for the jury's secretary."""
    jurors = User.objects.filter(is_active=True, role_grants__role=Role.JUROR)
    if holds(user, Role.JURY_SECRETARY):
        return jurors
    return jurors.filter(pk=user.pk) if holds(user, Role.JUROR) else User.objects.none()


def assignments_of(user: Any) -> QuerySet[Review]:
    """What a juror was entrusted with, given to somebody else since or not: their list, never a page of a dossier.

    A dossier in conflict, by their own word or detected, has no row.
    """
    if not holds(user, Role.JUROR):
        return Review.objects.none()
    return Review.objects.filter(~_membership(user), ~stands_aside(user), juror=user, dossier__state__in=JUDGED)


def own_reviews(user: Any) -> QuerySet[Review]:
    """A juror's own reviews. A dossier in conflict, or given to somebody else, is gone for good."""
    return assignments_of(user).exclude(state__in=ASIDE)


def readable_reviews(user: Any) -> QuerySet[Review]:
    """Own reviews whose dossier a juror may read: the charter accepted as it is now, no conflict, by their own word,
    and the scoring under way."""
    return own_reviews(user).filter(
        ~awaits_charter(user),
        state__in=(ReviewState.DRAFT, ReviewState.SUBMITTED),
        dossier__call__session__state=SessionState.SCORING,
    )


def reviews_visible_to(user: Any) -> QuerySet[Review]:
    """A juror's own, and the others' submitted ones of a dossier once their own is submitted.

    Those who may read a ranking see all, except of a dossier that they take part in, stand aside from, or still have
    to review themselves: no duty ranks above a conflict of interest.
    """
    if not user.is_authenticated:
        return Review.objects.none()
    mine = Review.objects.filter(dossier=OuterRef("dossier"), juror=user)
    apart = (~_membership(user), ~stands_aside(user))
    own = Q(juror=user) & ~Q(state__in=ASIDE) & Q(dossier__state__in=JUDGED)
    if holds(user, *RANKING_ROLES):
        others = Q(~Exists(mine.exclude(state__in=(ReviewState.SUBMITTED, ReviewState.REPLACED))))
        return Review.objects.filter(own | others, *apart)
    if not holds(user, Role.JUROR):
        return Review.objects.none()
    others = Q(Exists(mine.filter(state=ReviewState.SUBMITTED)), state=ReviewState.SUBMITTED)
    return Review.objects.filter(own | others, *apart)


def progress_visible_to(user: Any) -> QuerySet[DossierProgress]:
    """How far the reviews of dossiers are, for whoever reads a ranking: never of one's own, of one that one stood aside
    from, or of one whose review one still has to submit."""
    if not holds(user, *RANKING_ROLES):
        return DossierProgress.objects.none()
    mine = Review.objects.filter(dossier=OuterRef("dossier"), juror=user)
    unread = mine.exclude(state__in=(ReviewState.SUBMITTED, ReviewState.REPLACED))
    return DossierProgress.objects.filter(
        ~_membership(user), ~stands_aside(user), ~Exists(unread), dossier__state__in=JUDGED
    )


def letters_visible_to(user: Any) -> QuerySet[Letter]:
    """The team's own once it is notified; for staff who read dossiers too; before it for whoever reads a ranking."""
    if not user.is_authenticated:
        return Letter.objects.none()
    shown = Q(_membership(user), released_at__isnull=False)
    if reads_content(user):
        notified = Q() if holds(user, *RANKING_ROLES) else Q(released_at__isnull=False)
        shown |= Q(~_membership(user), ~stands_aside(user)) & notified
    return Letter.objects.filter(shown)


def sessions_sat_by(user: Any) -> QuerySet[Session]:
    """The deliberations under way of the juries that a juror is a member of."""
    if not holds(user, Role.JUROR):
        return Session.objects.none()
    entrusted = Exists(Review.objects.filter(dossier__call=OuterRef("call"), juror=user))
    seated = Exists(Seat.objects.filter(call=OuterRef("call"), juror=user))
    return Session.objects.filter(Q(entrusted) | Q(seated), state=SessionState.DELIBERATION)


def minutes_visible_to(user: Any) -> QuerySet[Minutes]:
    """For whoever reads a ranking, less those that tell of a dossier that they have a part in or stood aside from."""
    if not holds(user, *RANKING_ROLES):
        return Minutes.objects.none()
    own = DossierMember.objects.filter(dossier__call=OuterRef("session__call"), email=user.email)
    left = Dossier.objects.filter(stands_aside(user, "pk"), call=OuterRef("session__call"))
    return Minutes.objects.filter(~Exists(own), ~Exists(left))


def queue_visible_to(user: Any) -> QuerySet[QueueEntry]:
    """What waits for a decision, for staff who read dossiers, less what they have a part in or stand aside from.

    A dossier that its team has taken back, withdrawn or is completing waits for nobody.
    """
    if not reads_content(user):
        return QueueEntry.objects.none()
    shown = QueueEntry.objects.filter(~_membership(user), ~stands_aside(user))
    return shown.filter(dossier__state__in=IN_QUEUE)


def letter_of(user: Any, ref: str, number: int | None) -> Letter | None:
    """A letter about a dossier that a person may read: the one with this number, or the last."""
    letters = letters_visible_to(user).select_related("document").filter(dossier__ref=ref)
    return (letters.filter(number=number) if number else letters.order_by("-number")).first()
