"""What the staff's own pages show, and to which duty."""

from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import StrIndex, Substr

from ami_portal.accounts.enums import Role
from ami_portal.accounts.rules import holds, is_staff_member, reads_content
from ami_portal.audit.models import AuditEvent
from ami_portal.kernel.permissions import allowed, rule
from ami_portal.notifications.models import Message
from applications.models import Call, Dossier, DossierMember, DossierMessage, RemoteDossier
from applications.rules import dossiers_visible_to
from evaluation.enums import Outcome, ReviewState
from evaluation.models import PassagePair, Review
from evaluation.rules import stands_aside
from funding.models import Convention


def dossiers_worked_on_by(user: Any) -> QuerySet[Dossier]:
    """The dossiers that someone works on for the operator: once submitted, and never one in which they have a part.

    A member of a dossier, who deposited it elsewhere, or a juror who stands aside from it, would learn here who reviews
    it and what they say.
    """
    if not reads_content(user):
        return Dossier.objects.none()
    own = DossierMember.objects.filter(dossier=OuterRef("pk"), email=user.email)
    elsewhere = RemoteDossier.objects.filter(dossier=OuterRef("pk"), email=user.email)
    apart = (~Exists(own), ~stands_aside(user, "pk"), ~Exists(elsewhere))
    return dossiers_visible_to(user).filter(*apart, submitted_at__isnull=False)


def dossiers_corresponded_with(user: Any) -> QuerySet[Dossier]:
    """The dossiers on whose messages someone works: those worked on, and those that wrote before being deposited.

    Of the latter nothing is to be shown but the reference.
    """
    if not reads_content(user):
        return Dossier.objects.none()
    own = DossierMember.objects.filter(dossier=OuterRef("pk"), email=user.email)
    wrote = Exists(DossierMessage.objects.filter(dossier=OuterRef("pk")))
    reached = Q(submitted_at__isnull=False) | wrote
    return Dossier.objects.filter(reached, ~Exists(own), ~stands_aside(user, "pk")).select_related("call")


def passage_pairs_visible_to(user: Any) -> QuerySet[PassagePair]:
    """Passages alike, each of a dossier that one works on, or of a public grant: never one side without the other."""
    seen = dossiers_worked_on_by(user)
    sides = [Q(**{f"{side}__dossier": None}) | Q(**{f"{side}__dossier__in": seen}) for side in ("left", "right")]
    return PassagePair.objects.filter(*sides) if reads_content(user) else PassagePair.objects.none()


def pairs_to_look_at(user: Any, dossier: Dossier) -> QuerySet[PassagePair]:
    """Those of one dossier that nobody has examined."""
    mine = Q(left__dossier=dossier) | Q(right__dossier=dossier)
    return passage_pairs_visible_to(user).filter(mine, examined_at=None)


def has_own_review_to_submit(user: Any, dossier: Dossier) -> bool:
    """Whether the person is also a juror of the dossier, and has not submitted yet: other reviews stay closed."""
    waiting = (ReviewState.TO_DECLARE, ReviewState.DRAFT)
    return Review.objects.filter(dossier=dossier, juror=user, state__in=waiting).exists()


def calls_visible_to(user: Any) -> QuerySet[Call]:
    """Every call, for any duty: a call's rules are public."""
    return Call.objects.all() if is_staff_member(user) else Call.objects.none()


def calls_judged_by(user: Any) -> QuerySet[Call]:
    """The calls whose jury's page a person may open."""
    return Call.objects.all() if allowed(user, "evaluation.view_ranking") else Call.objects.none()


def messages_visible_to(user: Any) -> QuerySet[Message]:
    """Mails about the dossiers that one works on; for administrators, mails of accounts (their text is never shown)."""
    shown = Q(pk__in=[])
    if reads_content(user):
        wrote = dossiers_corresponded_with(user).values("ref")
        shown |= _about_dossiers(user) | Q(kind="applications.message_received", base__in=wrote)
    if allowed(user, "applications.answer_question"):
        shown |= Q(kind="applications.question_dealt_with")
    if holds(user, Role.ADMINISTRATOR):
        shown |= Q(kind__startswith="account.")
    if allowed(user, "evaluation.view_ranking"):
        shown |= Q(kind__startswith="evaluation.jury_")
    else:
        shown &= ~(Q(kind__startswith="evaluation.review") | Q(kind="evaluation.conflict_to_examine"))
    return Message.objects.alias(base=_base("subject_ref")).filter(shown)


def events_visible_to(user: Any) -> QuerySet[AuditEvent]:
    """The journal: of the dossiers that one works on and of the calls; for administrators, of accounts and calls.

    Acts of the jury are shown to those who may read a ranking, whatever their subject; that a letter of the jury was
    made says which decision it tells, and waits for the publication like it.
    """
    shown = Q(verb__startswith="call.") | Q(verb__startswith="question.")
    if reads_content(user):
        shown |= _about_dossiers(user) | Q(verb__startswith="dataset") | Q(verb__startswith="board.")
    if holds(user, Role.ADMINISTRATOR):
        shown |= Q(verb__startswith="account.") | Q(verb__startswith="organisation.")
    jury = (
        Q(verb__startswith="conflict.")
        | Q(verb__startswith="review.")
        | Q(verb__startswith="session.")
        | Q(verb__startswith="decision.")
    )
    if allowed(user, "evaluation.view_ranking"):
        shown |= Q(verb__startswith="session.") | Q(verb__startswith="juror.") | Q(verb__startswith="jury.")
        shown |= Q(verb__startswith="charter.")
    else:
        published = Dossier.objects.filter(ref=OuterRef("base"), call__results_published_at__isnull=False)
        tells = Q(verb="letter.build", data__kind__in=Outcome.values) & ~Exists(published)
        shown &= ~jury & ~tells
    return AuditEvent.objects.alias(base=_base("subject")).filter(shown)


def _base(column: str) -> Case:
    """The part of a reference before its first slash: the dossier, or its convention."""
    slash = StrIndex(F(column), Value("/"))
    return Case(When(**{f"{column}__contains": "/"}, then=Substr(F(column), 1, slash - 1)), default=F(column))


def _about_dossiers(user: Any) -> Q:
    """Rows whose alias `base` is a dossier that `user` works on, or the convention of one."""
    dossiers = dossiers_worked_on_by(user)
    conventions = Convention.objects.filter(dossier__in=dossiers)
    return Q(base__in=dossiers.values("ref")) | Q(base__in=conventions.values("ref"))


@rule("desk.view_dossier")
def can_view_dossier(user: Any, obj: Any) -> bool:
    """A duty that opens the content of dossiers; which ones is `dossiers_worked_on_by`."""
    return reads_content(user)


@rule("desk.view_queue")
def can_view_queue(user: Any, obj: Any) -> bool:
    """A duty that opens the content of dossiers; which ones is `queue_visible_to`."""
    return reads_content(user)


@rule("desk.view_grants")
def can_view_grants(user: Any, obj: Any) -> bool:
    """Public grants, for whoever reads dossiers."""
    return reads_content(user)


@rule("desk.answer_applicant")
def can_answer_applicant(user: Any, obj: Dossier) -> bool:
    """Whoever reads the messages of a dossier may answer, and write first where it is deposited."""
    return dossiers_corresponded_with(user).filter(pk=obj.pk).exists()


@rule("desk.view_messages")
def can_view_messages(user: Any, obj: Any) -> bool:
    """Mails of dossiers for content duties, of accounts for administrators."""
    return is_staff_member(user)


@rule("desk.resend_message")
def can_resend_message(user: Any, obj: Any) -> bool:
    """Whoever sees a mail that may not have arrived may send it again."""
    return is_staff_member(user)


@rule("desk.view_journal")
def can_view_journal(user: Any, obj: Any) -> bool:
    """Any duty; which events is `events_visible_to`."""
    return is_staff_member(user)


@rule("desk.view_call")
def can_view_call(user: Any, obj: Any) -> bool:
    """Any duty."""
    return is_staff_member(user)


@rule("desk.answer_questions")
def can_answer_questions(user: Any, obj: Any) -> bool:
    """The questions and answers of a call are the instructors'."""
    return holds(user, Role.INSTRUCTOR)


@rule("desk.view_jobs")
def can_view_jobs(user: Any, obj: Any) -> bool:
    """Background work is the administrators'."""
    return holds(user, Role.ADMINISTRATOR)
