"""Save one answer; add, remove and bring back the rows of a table."""

import datetime as dt
import uuid
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.db.models import Max

from ami_portal.accounts.models import User
from ami_portal.kernel import clock
from ami_portal.kernel.prepared import Prepared
from ami_portal.questionnaire import answers
from ami_portal.questionnaire.answers import Address
from ami_portal.questionnaire.carrying import asked, carried
from ami_portal.questionnaire.form import Question
from ami_portal.workflow import TransitionRefused
from applications import facts, former
from applications.models import Answer, AnswerRow, Dossier, PastAnswer

from .drafting import editable_draft, prove_editable
from .stale import StaleAnswer, past_of, reconcile

_STORED = Prepared(
    lambda **place: Answer.objects.filter(**place).order_by(), dossier=int, question=str, row=str, column=str
)
NO_ROW = "Cette ligne n’existe plus : elle a été supprimée."


@dataclass(frozen=True)
class Saved:
    """What is stored now: the question it answers, its version, what is wrong with it (or nothing), its value, when.

    `sent_version` is the version of the very text that was sent: another one than `version` when somebody else's
    changes are in the value too.
    """

    question: Question
    version: int
    problem: str
    value: Any
    at: dt.datetime
    sent_version: int

    @property
    def is_merged(self) -> bool:
        """Whether the value says more than what was sent."""
        return self.sent_version != self.version


def save_answer(dossier: Dossier, address: Address, raw: Any, *, seen_version: int, actor: User) -> Saved:
    """Store what was typed at `address`, and project its fact. `seen_version` is 0 where nothing was stored.

    What it replaces goes to the history. The same value again is a success that changes nothing, so a save whose answer
    was lost can be sent again. Where another value was stored since the version seen, changes of other words of a long
    text are merged; else StaleAnswer is raised, and what was sent is in the history too. Raises NotEditable after the
    closing, answers.Invalid when it is too long, KeyError when no form of the dossier has had such an address,
    TransitionRefused when its row is gone or the right is missing.
    """
    at = clock.now()
    with transaction.atomic():
        current = editable_draft(dossier, actor=actor, at=at, question=address.question)
        outcome = _save(current, address, raw, seen_version, actor, at)
    return _said(outcome)


def save_answer_of(
    locked: Dossier, address: Address, raw: Any, *, seen_version: int, actor: User, at: dt.datetime
) -> Saved:
    """`save_answer` at `at`, of a dossier that the present transaction has read under its lock (`own_dossier_to_edit`).

    The transaction must go on after StaleAnswer, or what was sent is not in the history.
    """
    prove_editable(locked, actor=actor, at=at, question=address.question)
    return _said(_save(locked, address, raw, seen_version, actor, at))


def _said(outcome: Saved | StaleAnswer) -> Saved:
    """The save, or its clash raised: not before what was sent is kept, whatever the answer."""
    if isinstance(outcome, StaleAnswer):
        raise outcome
    return outcome


def take_back_answer(past: PastAnswer, *, seen_version: int, actor: User) -> Saved:
    """Answer again what was said before, read as the question is asked now: a save like any other.

    Raises what `save_answer` raises.
    """
    address = Address(past.question, past.row, past.column)
    question = former.question_of(past.dossier, address)
    then = answers.question_at(past.form_revision.form, address)
    raw = answers.typed(question, carried(then, question, past.value))
    return save_answer(past.dossier, address, raw, seen_version=seen_version, actor=actor)


def _save(
    current: Dossier, address: Address, raw: Any, seen_version: int, actor: User, at: dt.datetime
) -> Saved | StaleAnswer:
    form_id, question = _answerable(current, address)
    value, _ = answers.keep(question, raw)
    problem = answers.problem(question, value) or _removed(current, address)
    place = {"dossier": current, "question": address.question, "row": address.row, "column": address.column}
    stored = _STORED.first(**place | {"dossier": current.pk})
    if stored and stored.value == value and type(stored.value) is type(value):
        return Saved(question, stored.version, problem, value, stored.saved_at, stored.version)
    if stored is None and answers.is_empty(value):
        return Saved(question, 0, "", value, at, 0)
    if stored is None:
        Answer.objects.create(**place, value=value, saved_at=at, saved_by=actor)
        version = sent_version = 1
    elif stored.version == seen_version:
        past_of(stored, place, form_id).save(force_insert=True)
        version = sent_version = stored.version + 1
    else:
        found = reconcile(
            question, stored, place, value, form_id=form_id, seen_version=seen_version, actor=actor, at=at
        )
        if isinstance(found, StaleAnswer):
            return found
        value, version, sent_version = found.value, found.version, found.sent_version
        problem = answers.problem(question, value) or _removed(current, address)
    if stored and stored.version != version:
        Answer.objects.filter(pk=stored.pk).update(value=value, version=version, saved_at=at, saved_by=actor)
    if current.is_draft and (question.fact or question.type == "dataset"):  # a deposit says what was deposited
        facts.project(current, question, value)
    return Saved(question, version, problem, value, at, sent_version)


def _removed(dossier: Dossier, address: Address) -> str:
    """What to say of an answer whose question the form asks no more."""
    return "" if asked(dossier.form_revision.form, address) else former.REMOVED


def _answerable(dossier: Dossier, address: Address) -> tuple[int, Question]:
    """The question that a value at `address` answers, after the key of the form that asks it.

    Raises KeyError, or TransitionRefused when its row is gone.
    """
    form_id, question = former.last_asked(dossier, address)
    if question.type in ("table", "file") or question.formula:
        raise KeyError(str(address))
    if address.row and not _live_rows(dossier, address.question).filter(row=_uuid(address.row)).exists():
        raise TransitionRefused(NO_ROW)
    if question.type == "dataset":
        question = replace(question, options=tuple(dossier.call.dataset_options))
    return form_id, question


@transaction.atomic
def add_row(dossier: Dossier, question: str, *, actor: User, row: uuid.UUID | None = None) -> AnswerRow:
    """Append an empty row to a table, under the identifier `row` when the page made one.

    The same identifier again is a success that changes nothing, so that a row made while the network was away can be
    sent again. Raises TransitionRefused when the table is full, KeyError when it is no table.
    """
    current = editable_draft(dossier, actor=actor, at=clock.now(), question=question)
    table = _table(current, question)
    lines = AnswerRow.objects.filter(dossier=current, question=question)
    if row and (known := lines.filter(row=row).first()):
        return known
    if lines.filter(deleted_at=None).count() >= table.rows[1]:
        raise TransitionRefused(f"Ce tableau admet {table.rows[1]} lignes au plus.")
    last = lines.aggregate(last=Max("position"))["last"] or 0
    return AnswerRow.objects.create(dossier=current, question=question, position=last + 1, row=row or uuid.uuid4())


@transaction.atomic
def remove_row(dossier: Dossier, question: str, row: str, *, actor: User) -> None:
    """Take a row out of a table. It keeps its answers and can come back; doing it twice is once."""
    at = clock.now()
    current = editable_draft(dossier, actor=actor, at=at, question=question)
    _table(current, question)
    _live_rows(current, question).filter(row=_uuid(row)).update(deleted_at=at)


@transaction.atomic
def restore_row(dossier: Dossier, question: str, row: str, *, actor: User) -> None:
    """Bring a removed row back to its place. Raises TransitionRefused when the table is full or the row unknown."""
    current = editable_draft(dossier, actor=actor, at=clock.now(), question=question)
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
