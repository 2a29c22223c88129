"""Save one answer; add, remove and bring back the rows of a table."""

import datetime as dt
import uuid
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.db.models import Max

from ami_portal.accounts.models import User
from ami_portal.kernel import clock
from ami_portal.questionnaire import answers
from ami_portal.questionnaire.answers import Address
from ami_portal.questionnaire.form import Question
from ami_portal.workflow import TransitionRefused
from applications import facts
from applications.models import Answer, AnswerRow, Dossier

from .drafting import editable_draft

NO_ROW = "Cette ligne n’existe plus : elle a été supprimée."


@dataclass(frozen=True)
class Saved:
    """What is stored now: its version, why it does not yet answer the question (or nothing), its value, when."""

    version: int
    problem: str
    value: Any
    at: dt.datetime


class StaleAnswer(Exception):
    """The answer changed since it was seen. Carries what is stored: as typed, its version, who saved it, when."""

    def __init__(self, question: Question, answer: Answer) -> None:
        super().__init__("Cette réponse a changé depuis que vous l’avez lue.")
        self.question, self.value, self.version = question, answer.value, answer.version
        self.typed = answers.typed(question, answer.value)
        self.who = answer.saved_by.get_full_name() if answer.saved_by else ""
        self.when = answer.saved_at


@transaction.atomic
def save_answer(dossier: Dossier, address: Address, raw: Any, *, seen_version: int, actor: User) -> Saved:
    """Store what was typed at `address`, and project its fact. `seen_version` is 0 where nothing was stored.

    The same value again is a success that changes nothing, so a save whose answer was lost can be sent again. Raises
    StaleAnswer when another value was stored since, NotEditable after the closing, answers.Invalid when it is too
    long, KeyError when the form has no such address, TransitionRefused when its row is gone or the right is missing.
    """
    at = clock.now()
    current = editable_draft(dossier, actor=actor, at=at)
    question = answers.question_at(current.form_revision.form, address)
    if question.type in ("table", "file"):
        raise KeyError(str(address))
    if question.type == "dataset":
        question = replace(question, options=tuple(current.call.dataset_options))
    if address.row and not _live_rows(current, address.question).filter(row=_uuid(address.row)).exists():
        raise TransitionRefused(NO_ROW)
    value, problem = answers.keep(question, raw)
    problem = problem or answers.over_limit(question, value)
    place = {"dossier": current, "question": address.question, "row": address.row, "column": address.column}
    stored = Answer.objects.filter(**place).first()
    if stored and stored.value == value and type(stored.value) is type(value):
        return Saved(stored.version, problem, value, stored.saved_at)
    if stored and stored.version != seen_version:
        raise StaleAnswer(question, stored)
    version = stored.version + 1 if stored else 1
    if stored:
        Answer.objects.filter(pk=stored.pk).update(value=value, version=version, saved_at=at, saved_by=actor)
    elif not answers.is_empty(value):
        Answer.objects.create(**place, value=value, saved_at=at, saved_by=actor)
    else:
        return Saved(0, problem, value, at)
    if question.fact or question.type == "dataset":
        facts.project(current, question, value)
    return Saved(version, problem, value, at)


@transaction.atomic
def add_row(dossier: Dossier, question: str, *, actor: User) -> AnswerRow:
    """Append an empty row to a table. Raises TransitionRefused when the table is full, KeyError when it is no table."""
    current = editable_draft(dossier, actor=actor, at=clock.now())
    table = _table(current, question)
    lines = AnswerRow.objects.filter(dossier=current, question=question)
    if lines.filter(deleted_at=None).count() >= table.rows[1]:
        raise TransitionRefused(f"Ce tableau admet {table.rows[1]} lignes au plus.")
    last = lines.aggregate(last=Max("position"))["last"] or 0
    return AnswerRow.objects.create(dossier=current, question=question, position=last + 1)


@transaction.atomic
def remove_row(dossier: Dossier, question: str, row: str, *, actor: User) -> None:
    """Take a row out of a table. It keeps its answers and can come back; doing it twice is once."""
    at = clock.now()
    current = editable_draft(dossier, actor=actor, at=at)
    _table(current, question)
    _live_rows(current, question).filter(row=_uuid(row)).update(deleted_at=at)


@transaction.atomic
def restore_row(dossier: Dossier, question: str, row: str, *, actor: User) -> None:
    """Bring a removed row back to its place. Raises TransitionRefused when the table is full or the row unknown."""
    current = editable_draft(dossier, actor=actor, at=clock.now())
    table = _table(current, question)
    line = AnswerRow.objects.filter(dossier=current, question=question, row=_uuid(row)).first()
    if line is None:
        raise TransitionRefused(NO_ROW)
    if line.deleted_at and _live_rows(current, question).count() >= table.rows[1]:
        raise TransitionRefused(f"Ce tableau admet {table.rows[1]} lignes au plus.")
    AnswerRow.objects.filter(pk=line.pk).update(deleted_at=None)


def _table(dossier: Dossier, question: str) -> Question:
    found = dossier.form_revision.form.by_code[question]
    if found.type != "table":
        raise KeyError(question)
    return found


def _live_rows(dossier: Dossier, question: str) -> Any:
    return AnswerRow.objects.filter(dossier=dossier, question=question, deleted_at=None)


def _uuid(row: str) -> uuid.UUID:
    try:
        return uuid.UUID(row)
    except ValueError as error:
        raise TransitionRefused(NO_ROW) from error
