"""What people say to one another: questions of visitors, messages, more time, sections given, a dossier handed over."""

import datetime as dt
from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile

from ami_portal.desk.staff.acts import answer_applicant
from ami_portal.kernel import clock
from applications import actions, conversation
from applications.enums import MemberRole
from applications.models import VisitorQuestion
from evaluation.actions import closing

from . import papers
from .agenda import on
from .checking import INSTRUCTOR
from .stage import Stage
from .words import Project

Words = Mapping[str, Any]


def plan(stage: Stage) -> None:
    """Put every question, message, extension and handing over of the file into the agenda."""
    for words in stage.cast.questions:
        edition = stage.editions[words["edition"]]
        stage.agenda.at(edition.before(*words["asked"]), partial(ask, stage, words), "Question d’un visiteur")
        if "settled" in words:
            stage.agenda.at(edition.before(*words["settled"]), partial(settle, stage, words))
    by_code = {project.code: project for project in stage.cast.projects}
    for words in stage.cast.messages:
        project = by_code[words["project"]]
        edition = stage.edition_of(project)
        at = edition.before(*words["at"]) if "at" in words else edition.after(*words["after"])
        stage.agenda.at(at, partial(write, stage, project, words), f"{project['acronym']} : message")
    for words in stage.cast.extensions:
        edition = stage.editions[words["edition"]]
        project = by_code.get(words.get("project", ""))
        stage.agenda.at(edition.before(*words["at"]), partial(extend, stage, words, project), "Clôture prolongée")
    for project in stage.cast.projects:
        if "hand_over" in project.pace:
            at = stage.edition_of(project).before(project.pace["hand_over"], "09:10")
            stage.agenda.at(at, partial(hand_over, stage, project), f"{project['acronym']} : dossier confié")
        if "give" in project.pace:
            edition = stage.edition_of(project)
            stage.agenda.at(edition.before(project.pace["give"], "10:40"), partial(give, stage, project))
            stage.agenda.at(edition.before(project.pace["ready"], "17:20"), partial(say_ready, stage, project))


# The acts


def ask(stage: Stage, words: Words) -> None:
    """A visitor asks."""
    actions.ask_question(stage.call(stage.editions[words["edition"]]), words["text"], email=words["email"])


def settle(stage: Stage, words: Words) -> None:
    """The instructor answers for all, puts a question aside, or says that it is another one."""
    actor = stage.user(INSTRUCTOR)
    question = _question(words["text"])
    if "answer" in words:
        actions.answer_question(question, wording=words["wording"], answer=words["answer"], actor=actor)
    elif "same_as" in words:
        actions.merge_question(question, _question(words["same_as"]), actor=actor)
    else:
        actions.ignore_question(question, reason=words["reason"], actor=actor)


def _question(text: str) -> VisitorQuestion:
    return VisitorQuestion.objects.get(asked=text)


def write(stage: Stage, project: Project, words: Words) -> None:
    """The owner writes to the operator, or the instructor answers; each has read what came before."""
    from_staff = words["from"] == "staff"
    author = stage.user(INSTRUCTOR if from_staff else project.owner.email)
    dossier = stage.dossier(project)
    before = conversation.page_of(dossier, None).object_list
    actions.note_read(before, to_staff=from_staff, actor=author)
    files = [_paper(*words["file"])] if "file" in words else []
    send = answer_applicant if from_staff else actions.write_message
    send(dossier, words["text"], files, token=uuid4(), actor=author)


def _paper(name: str, title: str, text: str) -> SimpleUploadedFile:
    content = papers.pdf(title, [(title, [text])])
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def extend(stage: Stage, words: Words, project: Project | None) -> None:
    """The instructor closes the call later: for all, or for the dossier of a project."""
    edition, actor = stage.editions[words["edition"]], stage.user(INSTRUCTOR)
    closes_at = on(edition.closes_on + dt.timedelta(days=words["days"]), f"{clock.paris(edition.closes_at):%H:%M}")
    if project is None:
        closing.extend_call(stage.call(edition), closes_at=closes_at, reason=words["reason"], actor=actor)
    else:
        closing.extend_dossier(stage.dossier(project), closes_at=closes_at, reason=words["reason"], actor=actor)


def give(stage: Stage, project: Project) -> None:
    """The owner gives sections to the colleague who edits the dossier."""
    colleague = project.colleague[0].email if project.colleague else ""
    sections = dict.fromkeys(project["given"], colleague)
    actions.share_sections(stage.dossier(project), sections, actor=stage.user(project.owner.email))


def say_ready(stage: Stage, project: Project) -> None:
    """The colleague says the first of them ready to be read."""
    colleague = project.colleague[0].email if project.colleague else ""
    actions.mark_section_ready(stage.dossier(project), project["given"][0], actor=stage.user(colleague))


def hand_over(stage: Stage, project: Project) -> None:
    """The owner, who leaves, gives the dossier to the colleague who edits it."""
    member = stage.dossier(project).members.get(role=MemberRole.EDITOR)
    actions.hand_over_dossier(member, actor=stage.user(project.owner.email))
