"""Give a section to a member of the team, take it back, say it ready; tell by mail who holds what."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from ami_portal.accounts.models import User
from ami_portal.audit import trail
from ami_portal.kernel import clock
from ami_portal.kernel.permissions import allowed
from ami_portal.kernel.text import sha256_of
from ami_portal.workflow import TransitionRefused
from applications import drafts, notifications
from applications.enums import MemberRole
from applications.models import Dossier, DossierMember, GivenSection, SharingNotice
from applications.sharing import can_be_shared, content_of, given_in, team_of

from .drafting import NOT_DRAFT, NOT_YOURS, NotEditable, editable_draft

WAIT = dt.timedelta(minutes=5)
NOT_A_WRITER = "Une rubrique se confie à un rédacteur de l’équipe."
NOT_HELD = "Cette rubrique ne vous est pas confiée."


@transaction.atomic
def share_sections(dossier: Dossier, wanted: Mapping[str, str], *, actor: User) -> None:
    """Give each section to the address beside it, back to the owner where it is empty: all of them, or none."""
    for section, email in wanted.items():
        if email:
            give_section(dossier, section, email, actor=actor)
        else:
            take_section(dossier, section, actor=actor)


@transaction.atomic
def give_section(dossier: Dossier, section: str, email: str, *, actor: User) -> None:
    """Ask an editor of the team to write a section; nobody else loses the right to. They are told by mail, soon.

    Who held it before, and what they said of it, is forgotten. Giving it again to the same person changes nothing.
    Raises KeyError for a section that the form has not, TransitionRefused for somebody who is no editor of the team,
    and for who is not the owner; NotEditable after the closing.
    """
    at = clock.now()
    current = _to_share(dossier, section, actor, at)
    member = current.members.filter(email=email, role=MemberRole.EDITOR).first()
    if member is None:
        raise TransitionRefused(NOT_A_WRITER)
    held = current.given_sections.select_related("member").filter(section=section).first()
    if held and held.member == member:
        return
    if held:
        _give_back(held, at)
    GivenSection.objects.create(dossier=current, section=section, member=member, given_at=at)
    _note(member, at)
    email_sha256 = sha256_of(member.email)
    trail.record(
        "dossier.give_section", subject=current.ref, actor=actor, at=at, section=section, email_sha256=email_sha256
    )


@transaction.atomic
def take_section(dossier: Dossier, section: str, *, actor: User) -> None:
    """Give a section back to the owner. Twice is once. Raises like `give_section`."""
    at = clock.now()
    current = _to_share(dossier, section, actor, at)
    held = current.given_sections.select_related("member").filter(section=section).first()
    if held:
        _give_back(held, at)
        trail.record("dossier.take_section", subject=current.ref, actor=actor, at=at, section=section)


@transaction.atomic
def mark_section_ready(dossier: Dossier, section: str, *, actor: User) -> int:
    """Say that a section that one holds is ready to be read again; answer how many points it still misses.

    It is ready as it is now: what anyone changes later shows. With the last of them, the owner learns by mail, once a
    day at most, that all the given sections are ready. Raises KeyError, NotEditable, or TransitionRefused for
    who does not hold it.
    """
    at = clock.now()
    current = _open_draft(dossier, actor, at)
    asked = current.form_revision.form.section(section)
    held = current.given_sections.filter(section=section, member__email=actor.email).first()
    if held is None:
        raise TransitionRefused(NOT_HELD)
    draft = drafts.load(current)
    content, missing = content_of(asked, draft), len(draft.completeness.of(section).missing)
    if held.content_sha256 != content:
        held.ready_at, held.content_sha256 = at, content
        held.save(update_fields=["ready_at", "content_sha256"])
        trail.record("dossier.mark_ready", subject=current.ref, actor=actor, at=at, section=section, missing=missing)
        _tell_when_all_are_ready(current, draft, actor, at)
    return missing


@transaction.atomic
def unmark_section_ready(dossier: Dossier, section: str, *, actor: User) -> None:
    """Say that a section is not ready after all: its holder, or the owner, who tells the holder so by mail.

    Twice is once. Raises KeyError, NotEditable, or TransitionRefused for anybody else.
    """
    at = clock.now()
    current = _open_draft(dossier, actor, at)
    asked = current.form_revision.form.section(section)
    held = current.given_sections.select_related("member").filter(section=section).first()
    if held is None or not (held.member.email == actor.email or allowed(actor, "applications.give_section", current)):
        raise TransitionRefused(NOT_HELD)
    if held.ready_at is None:
        return
    if held.member.email != actor.email:
        notifications.section_to_finish(held, asked.title, said_ready_at=held.ready_at, at=at)
    held.ready_at, held.content_sha256 = None, ""
    held.save(update_fields=["ready_at", "content_sha256"])
    trail.record("dossier.unmark_ready", subject=current.ref, actor=actor, at=at, section=section)


def give_back_sections(member: DossierMember, *, at: dt.datetime) -> None:
    """All that a member holds goes back to the owner, who changes the team and holds the lock of the dossier."""
    for held in member.given_sections.select_related("member"):
        _give_back(held, at)


def tell_sharing(*, at: dt.datetime) -> int:
    """Send the mails that are due: one a person for all that changed in a few minutes; answer how many were settled.

    Called every minute, by as many clocks as there are. What was given and taken back meanwhile is not told.
    """
    due = SharingNotice.objects.filter(changed_at__lte=at - WAIT).order_by("pk").values_list("pk", "member__dossier")
    return sum(_tell(notice, dossier, at) for notice, dossier in list(due))


@transaction.atomic
def _tell(notice_id: int, dossier_id: int, at: dt.datetime) -> bool:
    current = Dossier.objects.select_for_update(of=("self",)).get(pk=dossier_id)
    notice = SharingNotice.objects.select_related("member").filter(pk=notice_id, changed_at__isnull=False).first()
    if notice is None:
        return False
    held = set(notice.member.given_sections.values_list("section", flat=True))
    if can_be_shared(current, at):
        notifications.sections_shared(current, notice, held, drafts.load(current).completeness, at=at)
    notice.told, notice.changed_at = sorted(held), None
    notice.save(update_fields=["told", "changed_at"])
    return True


def _tell_when_all_are_ready(dossier: Dossier, draft: drafts.Draft, actor: User, at: dt.datetime) -> None:
    team = team_of(dossier)
    owner = next(mate.email for mate in team if mate.is_owner)
    given = given_in(team, draft, actor).values()
    if owner != actor.email and given and all(one.is_ready for one in given):
        notifications.sections_ready(dossier, owner, at=at)


def _to_share(dossier: Dossier, section: str, actor: User, at: dt.datetime) -> Dossier:
    """The draft under its lock, proven to have that section and to be `actor`'s own."""
    current = _open_draft(dossier, actor, at)
    if not allowed(actor, "applications.give_section", current):
        raise TransitionRefused(NOT_YOURS)
    current.form_revision.form.section(section)
    return current


def _open_draft(dossier: Dossier, actor: User, at: dt.datetime) -> Dossier:
    if dossier.is_returned:  # its answers may change, and nothing else
        raise NotEditable(NOT_DRAFT)
    return editable_draft(dossier, actor=actor, at=at)


def _give_back(held: GivenSection, at: dt.datetime) -> None:
    _note(held.member, at)
    held.delete()


def _note(member: DossierMember, at: dt.datetime) -> None:
    """Something is to be told to a member; what came first says when."""
    SharingNotice.objects.get_or_create(member=member)
    SharingNotice.objects.filter(member=member, changed_at=None).update(changed_at=at)
