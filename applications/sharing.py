"""The team of a dossier and the sections given to each, as its pages show them.

A section said ready is ready as long as it holds what it held then: an edit by anyone makes it « modifiée depuis », the
same content put back makes it ready again (docs/decisions/0019).
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Subquery

from ami_portal.accounts.models import User
from ami_portal.kernel.text import canonical_json, sha256_of
from ami_portal.questionnaire.answers import is_empty
from ami_portal.questionnaire.completeness import SectionProgress
from ami_portal.questionnaire.form import Section

from .drafts import Draft
from .enums import MemberRole
from .models import Dossier, DossierMember, GivenSection


@dataclass(frozen=True)
class Teammate:
    """A member as colleagues know them: by the name of their account, or by their address until they have one."""

    member: DossierMember
    name: str
    account: int | None

    @property
    def email(self) -> str:
        return self.member.email

    @property
    def is_owner(self) -> bool:
        return self.member.role == MemberRole.OWNER

    @property
    def can_hold(self) -> bool:
        """Whether the owner may give them a section."""
        return self.member.role == MemberRole.EDITOR


@dataclass(frozen=True)
class Given:
    """A section that is asked now and that somebody holds. `is_modified`: it no longer holds what was said ready."""

    progress: SectionProgress
    holder: Teammate
    given_at: dt.datetime
    ready_at: dt.datetime | None
    is_modified: bool
    is_mine: bool

    @property
    def section(self) -> Section:
        return self.progress.section

    @property
    def is_ready(self) -> bool:
        """Said ready, and not modified since."""
        return self.ready_at is not None and not self.is_modified

    @property
    def state(self) -> str:
        """« prête à relire », « modifiée depuis » or « pas encore prête »."""
        if self.ready_at is None:
            return "pas encore prête"
        return "modifiée depuis" if self.is_modified else "prête à relire"


def can_be_shared(dossier: Dossier, at: dt.datetime) -> bool:
    """Whether its sections may be given and said ready: a draft that is not closed (a completion changes answers)."""
    return dossier.is_draft and dossier.is_editable(at)


def team_of(dossier: Dossier) -> list[Teammate]:
    """The members, the first invited first, with the sections that each holds: two queries."""
    account = User.objects.filter(email=OuterRef("email"), is_active=True)
    names = {name: Subquery(account.values(name)[:1]) for name in ("first_name", "last_name")}
    rows = dossier.members.annotate(account=Subquery(account.values("pk")[:1]), **names)
    return [_teammate(row) for row in rows.prefetch_related("given_sections")]


def _teammate(row: Any) -> Teammate:
    person = User(email=row.email, first_name=row.first_name or "", last_name=row.last_name or "")
    return Teammate(row, person.get_full_name(), row.account)


def given_in(team: Sequence[Teammate], draft: Draft, user: User) -> dict[str, Given]:
    """By its code, each section that is asked and that somebody holds, in the order of the form."""
    rows = {row.section: (teammate, row) for teammate in team for row in teammate.member.given_sections.all()}
    return {
        progress.section.code: _given(progress, *rows[progress.section.code], draft, user)
        for progress in draft.completeness.sections
        if progress.section.code in rows
    }


def outline(draft: Draft, given: Mapping[str, Given]) -> list[tuple[SectionProgress, Given | None]]:
    """Every section that is asked, with who holds it; None for the owner's own."""
    return [(progress, given.get(progress.section.code)) for progress in draft.completeness.sections]


def _given(progress: SectionProgress, holder: Teammate, row: GivenSection, draft: Draft, user: User) -> Given:
    is_modified = row.ready_at is not None and row.content_sha256 != content_of(progress.section, draft)
    return Given(progress, holder, row.given_at, row.ready_at, is_modified, holder.email == user.email)


def content_of(section: Section, draft: Draft) -> str:
    """The fingerprint of all that a section holds: answers, rows in order, files. What is hidden counts too."""
    codes = {question.code for question in section.questions}
    rows = {code: draft.rows[code] for code in codes if draft.rows.get(code)}
    live = {row for lines in rows.values() for row in lines}
    answers = {
        str(address): answer.value
        for address, answer in draft.stored.items()
        if address.question in codes and (not address.row or address.row in live) and not is_empty(answer.value)
    }
    files = {code: [one.pk for one in draft.attachments[code]] for code in codes if draft.attachments.get(code)}
    return sha256_of(canonical_json({"answers": answers, "rows": rows, "files": files}))
