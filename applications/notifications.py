"""Mails of this room: an act, a reference, one address of the portal; never the content of a dossier."""

import datetime as dt
from collections.abc import Sequence, Set
from typing import Any

from ami_portal.accounts.models import User
from ami_portal.kernel import clock
from ami_portal.notifications import outbox
from ami_portal.questionnaire.completeness import Completeness
from ami_portal.questionnaire.languages import ENGLISH, spoken

from .enums import WRITERS, MemberRole
from .models import (
    CalendarMove,
    Call,
    CallDataset,
    CompletionRequest,
    Dossier,
    DossierMember,
    DossierMessage,
    DossierVersion,
    FormMove,
    GivenSection,
    Reminder,
    RemoteDossier,
    SharingNotice,
    VisitorQuestion,
)


def tell(kind: str, call: Call, /, *, to: str, **words: Any) -> None:
    """Queue a mail about a call or a dossier of it; in two languages for who reads English, where the call does."""
    in_english = call.translations and User.objects.filter(email=to, language=ENGLISH).exists()
    english = {name: spoken(word, call.translations) for name, word in words.items()} if in_english else None
    outbox.post(kind, to=to, english=english, **words)


def tell_team(
    kind: str, dossier: Dossier, *, at: dt.datetime, subject_ref: str = "", once: str = "", **words: object
) -> None:
    """Queue the same mail for every member of a dossier, about it unless `subject_ref` names what belongs to it."""
    for member in dossier.members.all():
        tell(kind, dossier.call, to=member.email, subject_ref=subject_ref or dossier.ref, at=at, once=once, **words)


def receipt(version: DossierVersion, *, is_reply: bool) -> None:
    """Tell the team that its deposit, or its reply, is received, with instant and fingerprint; once for each."""
    dossier = version.dossier
    tell_team(
        "applications.receipt",
        dossier,
        at=version.submitted_at,
        once=f"dépôt {version.number}",
        submitted_at=version.submitted_at,
        sha256=version.sha256,
        sent_at=clock.now(),
        closes_at=dossier.closes_at,
        is_reply=is_reply,
    )


def reopened(dossier: Dossier, *, at: dt.datetime) -> None:
    """Tell the team that the dossier is a draft again, so that nobody believes it deposited."""
    tell_team("applications.reopened", dossier, at=at, closes_at=dossier.closes_at)


def withdrawn(dossier: Dossier, *, at: dt.datetime) -> None:
    """Tell the team that the dossier is withdrawn."""
    tell_team("applications.withdrawn", dossier, at=at)


def claimable(row: RemoteDossier, *, at: dt.datetime) -> None:
    """Tell whom a dossier was deposited by, elsewhere, that it is examined here and can be claimed."""
    if row.dossier and row.email:
        words = {"subject_ref": row.dossier.ref, "at": at, "call": row.call.title, "number": row.number}
        tell("applications.dossier_to_claim", row.call, to=row.email, **words)


def claimed(row: RemoteDossier, *, at: dt.datetime) -> None:
    """Confirm to who claimed a dossier that it is theirs here."""
    if row.dossier:
        words = {"subject_ref": row.dossier.ref, "at": at, "number": row.number}
        tell("applications.dossier_claimed", row.call, to=row.email, **words)


def handed_over(dossier: Dossier, *, giver: str, taker: str, at: dt.datetime) -> None:
    """Tell who gives a dossier and who receives it that it has another owner."""
    for email in (giver, taker):
        tell(
            "applications.handed_over",
            dossier.call,
            to=email,
            subject_ref=dossier.ref,
            at=at,
            giver=giver,
            taker=taker,
            is_taker=email == taker,
            closes_at=dossier.closes_at,
            must_submit=dossier.is_editable(at),
        )


def not_sealed(dossier: Dossier, completeness: Completeness, *, at: dt.datetime) -> None:
    """Tell the team that the deposit asked for at the closing could not be made, and what was missing."""
    tell_team(
        "applications.not_sealed",
        dossier,
        at=at,
        once=dossier.closes_at.isoformat(),
        closes_at=dossier.closes_at,
        missing=[item.label for item in completeness.missing],
    )


def closing_comes(reminder: Reminder, dossier: Dossier, completeness: Completeness) -> None:
    """Tell those who write in a draft that its closing comes: how many points are missing, in which sections."""
    for member in _writers(dossier):
        tell(
            "applications.closing_comes",
            dossier.call,
            to=member.email,
            subject_ref=dossier.ref,
            at=reminder.decided_at,
            once=f"rappel {reminder.pk}",
            closes_at=dossier.closes_at,
            call=dossier.call.title,
            missing=len(completeness.missing),
            sections=[(item.section.title, len(item.missing)) for item in completeness.sections if item.missing],
            is_owner=member.role == MemberRole.OWNER,
        )


def completion_asked(request: CompletionRequest, *, at: dt.datetime) -> None:
    """Tell the team that a completion is asked for, and until when it may reply: not what is asked."""
    _about_completion("asked", request, at=at)


def completion_comes(request: CompletionRequest, *, at: dt.datetime) -> None:
    """Tell those who write in the dossier that the delay of a request ends."""
    _about_completion("comes", request, at=at)


def completion_prolonged(request: CompletionRequest, *, at: dt.datetime) -> None:
    """Tell the team that it has more time to reply."""
    _about_completion("prolonged", request, at=at)


def completion_withdrawn(request: CompletionRequest, *, at: dt.datetime) -> None:
    """Tell the team that nothing more is asked of it."""
    _about_completion("withdrawn", request, at=at)


def completion_unanswered(request: CompletionRequest, *, at: dt.datetime) -> None:
    """Tell the team that the delay has passed, and what becomes of the dossier."""
    _about_completion("unanswered", request, at=at)


def _about_completion(act: str, request: CompletionRequest, *, at: dt.datetime) -> None:
    members = _writers(request.dossier) if act == "comes" else request.dossier.members.all()
    for member in members:
        tell(
            f"applications.completion_{act}",
            request.dossier.call,
            to=member.email,
            subject_ref=request.dossier.ref,
            at=at,
            once=f"complément {request.number}, {request.due_at.isoformat()}",
            number=request.number,
            due_at=request.due_at,
            is_owner=member.role == MemberRole.OWNER,
        )


def closing_moved(dossier: Dossier, move: CalendarMove, *, at: dt.datetime) -> None:
    """Tell the team of a dossier that its closing is at another instant than it was."""
    before, after = move.instants
    tell_team(
        "applications.closing_moved",
        dossier,
        at=at,
        once=f"report {move.pk}",
        before=before,
        after=after,
        closes_at=dossier.closes_at,
        call=dossier.call,
        round_label=dossier.window(at).label,
        is_draft=dossier.is_draft,
    )


def message_written(message: DossierMessage, *, at: dt.datetime) -> None:
    """Tell the other side that there is a message: the whole team, or the operator's address of contact."""
    dossier = message.dossier
    once, operator = str(message.token), dossier.call.named_operator
    if message.from_staff:
        tell_team("applications.message_received", dossier, at=at, once=once, operator=operator)
    else:
        outbox.post("applications.message_to_read", to=dossier.call.contact, subject_ref=dossier.ref, at=at, once=once)


def question_dealt_with(question: VisitorQuestion, answered: VisitorQuestion) -> None:
    """Tell who asked a question that it is answered, by itself or by another one, or why it will not be."""
    tell(
        "applications.question_dealt_with",
        question.call,
        to=question.email,
        subject_ref=question.ref,
        at=answered.decided_at or question.asked_at,
        call=question.call,
        reason=question.reason,
        anchor=f"question-{answered.number}",
    )


def answers_published(reader: User, news: Sequence[tuple[Call, int]], *, at: dt.datetime) -> None:
    """Tell someone who drafts how many answers were published about each of their calls; once a day."""
    once = clock.paris(at).date().isoformat()
    call = next((call for call, _ in news if call.translations), news[0][0])
    tell("applications.answers_published", call, to=reader.email, subject_ref="", at=at, once=once, news=news)


def invitation(member: DossierMember, *, inviter: str, at: dt.datetime) -> None:
    """Tell someone that they may work on a dossier, whether or not they have an account."""
    tell(
        "applications.invitation",
        member.dossier.call,
        to=member.email,
        subject_ref=member.dossier.ref,
        at=at,
        inviter=inviter,
        role=member.get_role_display(),
        call=member.dossier.call.title,
        may_edit=member.role == "editor",
        is_draft=member.dossier.is_draft,
    )


def form_revised(dossier: Dossier, move: FormMove) -> None:
    """Tell those who write a draft that the form of their call was revised; once a person and a revision."""
    for member in _writers(dossier):
        tell(
            "applications.form_revised",
            dossier.call,
            to=member.email,
            subject_ref=dossier.ref,
            at=move.moved_at,
            once=f"formulaire {move.after.code} {move.after.number}",
            closes_at=dossier.closes_at,
        )


def dataset_opened(dossier: Dossier, opened: CallDataset) -> None:
    """Tell those who write a draft that a dataset has joined their call; once a person and a dataset."""
    for member in _writers(dossier):
        tell(
            "applications.dataset_opened",
            dossier.call,
            to=member.email,
            subject_ref=dossier.ref,
            at=opened.opened_at,
            once=f"base {opened.version.dataset.code} {opened.version.version}",
            dataset=opened.version.dataset.title,
            code=opened.version.dataset.code,
            closes_at=dossier.closes_at,
        )


def sections_shared(
    dossier: Dossier, notice: SharingNotice, held: Set[str], completeness: Completeness, *, at: dt.datetime
) -> None:
    """Tell a member which sections they hold since the last mail, and which no more; nothing when nothing changed."""
    told, asked = set(notice.told), [progress.section for progress in completeness.sections]
    given = [section.title for section in asked if section.code in held - told]
    taken = [section.title for section in asked if section.code in told - held]
    if given or taken:
        tell(
            "applications.sections_shared",
            dossier.call,
            to=notice.member.email,
            subject_ref=dossier.ref,
            at=at,
            given=given,
            taken=taken,
            closes_at=dossier.closes_at,
        )


def sections_ready(dossier: Dossier, owner: str, *, at: dt.datetime) -> None:
    """Tell the owner that every section that they gave is said ready; once a day."""
    tell(
        "applications.sections_ready",
        dossier.call,
        to=owner,
        subject_ref=dossier.ref,
        at=at,
        once=clock.paris(at).date().isoformat(),
        closes_at=dossier.closes_at,
    )


def section_to_finish(held: GivenSection, title: str, *, said_ready_at: dt.datetime, at: dt.datetime) -> None:
    """Tell the holder of a section that the owner does not take it as ready; once for each time it was said so."""
    tell(
        "applications.section_to_finish",
        held.dossier.call,
        to=held.member.email,
        subject_ref=held.dossier.ref,
        at=at,
        once=f"{held.section} {said_ready_at.isoformat()}",
        title=title,
        section=held.section,
        closes_at=held.dossier.closes_at,
    )


def _writers(dossier: Dossier) -> list[DossierMember]:
    return [member for member in dossier.members.all() if member.role in WRITERS]
