"""Mails of this room: an act, a reference, one address of the portal. No result, no name of a juror, no opinion."""

import datetime as dt
from typing import Any

from ami_portal.accounts.enums import Role
from ami_portal.accounts.models import RoleGrant
from ami_portal.notifications import outbox
from applications.enums import MemberRole
from applications.models import Dossier, Extension
from applications.notifications import tell, tell_team

from .models import (
    Appeal,
    Contradiction,
    Declaration,
    JurorProgress,
    JuryInvitation,
    Opinion,
    Reopening,
    Restriction,
    Review,
    Session,
)
from .rules import is_uninvolved


def opinion_requested(opinion: Opinion, *, at: dt.datetime) -> None:
    """Tell everyone who answers for the dataset's partner that an opinion is awaited, and by when."""
    _tell_partner("evaluation.opinion_requested", opinion, at=at, once=opinion.dataset.code, due_on=opinion.due_on)


def opinion_reminded(opinion: Opinion, *, days: int, at: dt.datetime) -> bool:
    """Remind a partner of an opinion that is due in so many days (below zero: that was), once a mark of the call; say
    whether it is this time."""
    once = f"{opinion.dataset.code} {opinion.due_on.isoformat()} {days}"
    return _tell_partner("evaluation.opinion_reminded", opinion, at=at, once=once, days=days, due_on=opinion.due_on)


def opinion_awaited(act: str, opinion: Opinion, *, at: dt.datetime) -> None:
    """Tell a partner that the delay of its opinion is over, is longer, or that it is no longer awaited."""
    once = f"{opinion.dataset.code} {opinion.due_on.isoformat()}"
    _tell_partner(f"evaluation.opinion_{act}", opinion, at=at, once=once, due_on=opinion.due_on)


def _tell_partner(kind: str, opinion: Opinion, *, at: dt.datetime, once: str, **words: Any) -> bool:
    """One mail for each of those who answer for the dataset's partner; answer whether one of them is new."""
    grants = RoleGrant.objects.filter(role=Role.PARTNER, organisation=opinion.dataset.partner, user__is_active=True)
    told = {"subject_ref": opinion.dossier.ref, "dataset": opinion.dataset, **words}
    addresses = grants.order_by("user__email").values_list("user__email", flat=True)
    messages = [outbox.post(kind, to=email, at=at, once=once, **told) for email in addresses]
    return any(message.queued_at == at for message in messages)


def contradiction(act: str, told: Contradiction, *, at: dt.datetime) -> None:
    """Tell the team that an answer is asked of it about an opinion, that time is over, or that there is news of it."""
    once = f"avis {told.opinion.dataset.code} {told.number}"
    tell_team(f"evaluation.contradiction_{act}", told.dossier, at=at, once=once, due_at=told.due_at)


def contradiction_answered(told: Contradiction, *, at: dt.datetime) -> None:
    """Tell everyone who answers for the dataset's partner that the team answers its opinion: not what."""
    once = f"{told.opinion.dataset.code} {told.number}"
    _tell_partner("evaluation.contradiction_answered", told.opinion, at=at, once=once)


def restriction(act: str, proposal: Restriction, *, at: dt.datetime) -> None:
    """Tell the team that an answer is asked of it about the opinions, that none is any more, or that time is over."""
    tell_team(
        f"evaluation.restriction_{act}",
        proposal.dossier,
        at=at,
        once=f"restriction {proposal.number}",
        due_at=proposal.due_at,
    )


def review_assigned(review: Review, *, at: dt.datetime) -> None:
    """Tell a juror that a dossier is entrusted to them: they declare their interests first."""
    outbox.post("evaluation.review_assigned", to=review.juror.email, subject_ref=review.dossier.ref, at=at)


def reopening_asked(asked: Reopening, *, at: dt.datetime) -> None:
    """Tell the operator's address of contact that a juror asks to change a submitted review: not who."""
    dossier = asked.review.dossier
    once = f"réouverture {asked.pk}"
    outbox.post("evaluation.review_reopening_asked", to=dossier.call.contact, subject_ref=dossier.ref, at=at, once=once)


def reopening_answered(act: str, reopening: Reopening, *, at: dt.datetime) -> None:
    """Tell a juror that their review is open again, or that it stays as it is: the reason is on its page."""
    review = reopening.review
    once = f"réouverture {reopening.pk}"
    outbox.post(f"evaluation.{act}", to=review.juror.email, subject_ref=review.dossier.ref, at=at, once=once)


def review_replaced(review: Review, *, at: dt.datetime) -> None:
    """Tell a juror that a dossier is entrusted to somebody else: not to whom, nor why."""
    outbox.post("evaluation.review_replaced", to=review.juror.email, subject_ref=review.dossier.ref, at=at)


def reviews_missing(row: JurorProgress, *, days: int, ends_on: dt.date, at: dt.datetime) -> bool:
    """Remind a juror of how many reviews are missing, once a mark of the call; answer whether it is this time."""
    message = outbox.post(
        "evaluation.reviews_missing",
        to=row.juror.email,
        subject_ref=row.call.code,
        at=at,
        once=f"{ends_on.isoformat()} {days}",
        missing=row.missing,
        days=days,
        ends_on=ends_on,
    )
    return message.queued_at == at


def jury_invitation(invitation: JuryInvitation, *, at: dt.datetime) -> None:
    """Invite somebody to the jury of a call: a link that asks for an account at this address."""
    outbox.post(
        "evaluation.jury_invitation",
        to=invitation.email,
        subject_ref=invitation.call.code,
        at=at,
        once=str(invitation.uuid),
        name=invitation.get_full_name(),
        call=invitation.call.title,
        uuid=str(invitation.uuid),
    )


def jury_invitation_answered(invitation: JuryInvitation, *, at: dt.datetime) -> None:
    """Tell who invited that there is an answer: not which one."""
    outbox.post(
        "evaluation.jury_invitation_answered",
        to=invitation.invited_by.email,
        subject_ref=invitation.call.code,
        at=at,
        once=str(invitation.uuid),
    )


def conflict_to_examine(dossier: Dossier, *, at: dt.datetime) -> None:
    """Tell the jury's secretaries, those who have a part in the dossier excepted, that a conflict waits for them on a
    dossier that is entrusted: not whose."""
    for email in _secretaries(dossier):
        once = f"lien {at.isoformat()}"
        outbox.post("evaluation.conflict_to_examine", to=email, subject_ref=dossier.ref, at=at, once=once)


def review_to_replace(dossier: Dossier, *, at: dt.datetime) -> None:
    """Tell the same people that a juror stood aside from a dossier: a review of it is to be entrusted again."""
    for email in _secretaries(dossier):
        once = f"déport {at.isoformat()}"
        outbox.post("evaluation.review_to_replace", to=email, subject_ref=dossier.ref, at=at, once=once)


def _secretaries(dossier: Dossier) -> list[str]:
    grants = RoleGrant.objects.filter(role=Role.JURY_SECRETARY, user__is_active=True).select_related("user")
    return [row.user.email for row in grants.order_by("user__email") if is_uninvolved(row.user, dossier)]


def result_published(dossier: Dossier, *, at: dt.datetime) -> None:
    """Tell the team that the result is out: not which one."""
    tell_team("evaluation.result_published", dossier, at=at)


def publication(act: str, session: Session, *, at: dt.datetime) -> None:
    """Tell who set the instant of a publication that it took place, or what holds it back: once an instant."""
    if session.publish_set_by and session.publish_at:
        once = session.publish_at.isoformat()
        email = session.publish_set_by.email
        outbox.post(f"evaluation.publication_{act}", to=email, subject_ref=session.ref, at=at, once=once)


def eligibility_refused(dossier: Dossier, *, at: dt.datetime, once: str) -> None:
    """Tell the team that its recevabilité, or its eligibility, is decided: not how."""
    tell_team("evaluation.eligibility_decided", dossier, at=at, once=once)


def appeal_to_read(appeal: Appeal, *, at: dt.datetime) -> None:
    """Tell the operator's address of contact that an appeal waits for an answer."""
    dossier = appeal.dossier
    once = f"recours {appeal.number}"
    outbox.post("evaluation.appeal_to_read", to=dossier.call.contact, subject_ref=dossier.ref, at=at, once=once)


def appeal_received(appeal: Appeal, *, at: dt.datetime) -> None:
    """Tell the team that its appeal is received, and until when it may be answered."""
    once = f"recours {appeal.number}"
    tell_team("evaluation.appeal_received", appeal.dossier, at=at, once=once, appeal=appeal)


def appeal_answered(dossier: Dossier, *, at: dt.datetime, once: str) -> None:
    """Tell the team that its appeal is answered: not how."""
    tell_team("evaluation.appeal_answered", dossier, at=at, once=once)


def decision_reopened(dossier: Dossier, refusal: Declaration, *, at: dt.datetime) -> None:
    """Tell the team that the operator takes up its decision again."""
    tell_team("evaluation.decision_reopened", dossier, at=at, once=f"réouverture {refusal.pk}")


def reserve_called(dossier: Dossier, *, at: dt.datetime, once: str) -> None:
    """Tell the team that there is a new decision about their dossier: not which one."""
    tell_team("evaluation.reserve_called", dossier, at=at, once=once)


def member_taken_out(dossier: Dossier, email: str, *, at: dt.datetime) -> None:
    """Tell somebody that they are no more of a team, and its owner that they are not: not why."""
    owners = dossier.members.filter(role=MemberRole.OWNER).values_list("email", flat=True)
    for to in (email, *owners):
        tell(
            "evaluation.member_taken_out",
            dossier.call,
            to=to,
            subject_ref=dossier.ref,
            at=at,
            email=email,
            is_self=to == email,
            contact=dossier.call.contact,
        )


def closing_extended(dossier: Dossier, extension: Extension) -> None:
    """Tell the team of a dossier that its closing is later."""
    tell_team(
        "evaluation.closing_extended",
        dossier,
        at=extension.given_at,
        once=f"prolongation {extension.pk}",
        for_all=extension.dossier_id is None,
        closes_at=dossier.closes_at,
        call=dossier.call,
        is_draft=dossier.is_draft,
    )
