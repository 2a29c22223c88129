"""Applicants at work: a dossier started, written over several evenings, deposited; or taken back, or withdrawn."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from ami_portal.accounts.models import User
from ami_portal.documents.sniff import MEDIA_TYPES
from ami_portal.kernel import clock
from ami_portal.questionnaire.answers import Address
from ami_portal.questionnaire.form import Question
from applications import actions, drafts
from applications.models import Dossier

from . import company, papers, tables
from .agenda import finish_jobs, on
from .fill import is_asked
from .stage import Edition, Stage
from .words import Project

BETWEEN_SAVES = dt.timedelta(seconds=17)
SITTINGS = ((0, "09:30"), (35, "14:10"), (60, "20:40"), (90, "10:20"))
"""When a dossier is worked on: percents of the days from its start to its end, and an hour in Paris."""
PAUSE = dt.timedelta(minutes=75)
LAST_HOUR = "11"
"""On its last day the call closes at noon."""


def plan(stage: Stage, project: Project) -> None:
    """Put the life of a dossier, as far as its applicants lead it, into the agenda."""
    edition, name = stage.edition_of(project), project["acronym"]
    starts_at = edition.before(project.pace["start"], _time(project, "start", 9))
    submits_at = _submission(project, edition)
    stage.agenda.at(starts_at - dt.timedelta(minutes=40), partial(company.arrive, stage, project.owner))
    stage.agenda.at(starts_at, partial(start, stage, project))
    if project.colleague:
        invited_at = edition.before(project.pace["start"] - 1, "11:30")
        stage.agenda.at(invited_at, partial(invite, stage, project), f"{name} : un collègue est invité")
    moments = _moments(starts_at, submits_at or clock.now() - dt.timedelta(hours=20))
    for moment, sections in zip(moments, _share(_sections(stage, project), len(moments)), strict=True):
        if sections:
            stage.agenda.at(moment, partial(write, stage, project, sections))
    if submits_at:
        stage.agenda.at(submits_at, partial(submit, stage, project), f"{name} : dossier déposé")
    _plan_second_thoughts(stage, project, edition)


def _time(project: Project, act: str, hours: int) -> str:
    """An hour of the day, from nine on, that looks random and never changes."""
    return f"{9 + project.number(act, hours):02d}:{5 + project.number(act + '-minute', 50):02d}"


def _moments(starts_at: dt.datetime, ends_at: dt.datetime) -> list[dt.datetime]:
    """When the sittings begin: the first with the dossier, each at least a pause after the one before."""
    first_day = clock.paris(starts_at).date()
    days = (clock.paris(ends_at).date() - first_day).days
    moments = [starts_at + dt.timedelta(minutes=4)]
    for percent, time in SITTINGS[1:]:
        wished = on(first_day + dt.timedelta(days=days * percent // 100), time)
        moments.append(max(wished, moments[-1] + PAUSE))
    return moments


def _submission(project: Project, edition: Edition) -> dt.datetime | None:
    days = project.pace.get("submit")
    if days is None:
        return None
    time = _time(project, "submit", 9)
    return edition.before(days, LAST_HOUR + time[2:] if days == 0 else time)


def _plan_second_thoughts(stage: Stage, project: Project, edition: Edition) -> None:
    if "reopen" in project.pace:
        reopened_at = edition.before(project.pace["reopen"], "14:20")
        stage.agenda.at(reopened_at, partial(reopen, stage, project), f"{project['acronym']} : dépôt repris")
        stage.agenda.at(reopened_at + dt.timedelta(minutes=25), partial(correct, stage, project))
    if "withdraw" in project.pace:
        withdrawn_at = edition.before(project.pace["withdraw"], "17:05")
        stage.agenda.at(withdrawn_at, partial(withdraw, stage, project), f"{project['acronym']} : dossier retiré")


def _sections(stage: Stage, project: Project) -> list[str]:
    wanted = project.get("sections", "all")
    every = [section["code"] for section in stage.edition_of(project).config["form"]["sections"]]
    return every if wanted == "all" else [code for code in every if code in wanted]


def _share(sections: list[str], parts: int) -> Iterator[list[str]]:
    """Cut a list into so many parts, some of them perhaps empty."""
    size = -(-len(sections) // parts)
    return (sections[part * size : (part + 1) * size] for part in range(parts))


# The acts


def start(stage: Stage, project: Project) -> None:
    """Start the dossier."""
    owner = stage.user(project.owner.email)
    stage.started(project, actions.start_dossier(stage.call(stage.edition_of(project)), actor=owner))


def invite(stage: Stage, project: Project) -> None:
    """Invite the colleague, who has or makes an account."""
    if project.colleague is None:
        return
    person, role = project.colleague
    company.arrive(stage, person)
    actions.invite_member(stage.dossier(project), person.email, role, actor=stage.user(project.owner.email))


def write(stage: Stage, project: Project, sections: list[str]) -> None:
    """One sitting: every answer of some sections, a few seconds after one another, and their files."""
    dossier = stage.dossier(project)
    form = drafts.form_of(dossier)
    words = tables.answers(project, dossier.call, stage.cast.organisations)
    pen = Pen(stage, project, dossier, words)
    for code in sections:
        actor = _author(stage, project, code)
        for question in form.section(code).questions:
            if question.code in words and is_asked(form, question, words):
                pen.answer(question, actor)
                if question.code in project.get("confidential", ()):
                    pen.keep(question, actor)
    with clock.pretend(pen.moment()):
        actions.note_progress(dossier, drafts.load(dossier).completeness.percent)
        finish_jobs(clock.now())
        actions.note_progress(dossier, drafts.load(dossier).completeness.percent)


def _author(stage: Stage, project: Project, section: str) -> User:
    """The owner, but for the method, which a colleague who may edit writes."""
    person, role = project.colleague or (project.owner, "owner")
    return stage.user(person.email if role == "editor" and section == "method" else project.owner.email)


@dataclass
class Pen:
    """Writes answers one by one, each a little later than the one before."""

    stage: Stage
    project: Project
    dossier: Dossier
    words: dict[str, Any]
    began_at: dt.datetime = field(default_factory=clock.now)
    _saves: Iterator[int] = field(default_factory=count)

    def moment(self) -> dt.datetime:
        """The instant of the next save."""
        return self.began_at + next(self._saves) * BETWEEN_SAVES

    def answer(self, question: Question, actor: User) -> None:
        """Answer one question: a value, the parts of one, the rows of a table, files."""
        value = self.words[question.code]
        if question.type == "table":
            for cells in value:
                self._row(question, cells, actor)
        elif question.is_composed:
            for part, raw in value.items():
                self._save(Address(question.code, "", part), raw, actor)
        elif question.type == "file":
            for name in value:
                self._file(question, name, actor)
        elif value not in (None, ""):
            self._save(Address(question.code), value, actor)

    def keep(self, question: Question, actor: User) -> None:
        """Keep the answer from the partners."""
        with clock.pretend(self.moment()):
            actions.mark_confidential(self.dossier, [question.code], actor=actor)

    def _row(self, question: Question, cells: dict[str, str], actor: User) -> None:
        with clock.pretend(self.moment()):
            row = str(actions.add_row(self.dossier, question.code, actor=actor).row)
        for column, raw in cells.items():
            if raw != "":
                self._save(Address(question.code, row, column), raw, actor)

    def _file(self, question: Question, name: str, actor: User) -> None:
        content = papers.content(self.project, self.words, question.code, name)
        uploaded = SimpleUploadedFile(name, content, content_type=MEDIA_TYPES[name.rpartition(".")[2]])
        with clock.pretend(self.moment()):
            actions.deposit_file(self.dossier, question.code, uploaded, actor=actor)

    def _save(self, address: Address, raw: Any, actor: User) -> None:
        with clock.pretend(self.moment()):
            actions.save_answer(self.dossier, address, raw, seen_version=0, actor=actor)


def submit(stage: Stage, project: Project) -> None:
    """Deposit the dossier."""
    actions.submit_dossier(stage.dossier(project), actor=stage.user(project.owner.email))


def reopen(stage: Stage, project: Project) -> None:
    """Take the deposit back."""
    actions.reopen_dossier(stage.dossier(project), actor=stage.user(project.owner.email))


def correct(stage: Stage, project: Project) -> None:
    """Say more on the quality of the data, and remove the CV, to be replaced."""
    dossier, owner = stage.dossier(project), stage.user(project.owner.email)
    address = Address("data_quality")
    draft = drafts.load(dossier)
    stored = draft.stored[address]
    actions.save_answer(
        dossier, address, f"{stored.value}\n\n{project['correction']}", seen_version=stored.version, actor=owner
    )
    for attachment in draft.attachments.get("cv_files", []):
        actions.remove_file(attachment, actor=owner)
    actions.note_progress(dossier, drafts.load(dossier).completeness.percent)


def withdraw(stage: Stage, project: Project) -> None:
    """Withdraw the dossier for good."""
    actions.withdraw_dossier(stage.dossier(project), actor=stage.user(project.owner.email))
