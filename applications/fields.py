"""What a page shows of a section: each field with its typed value, its version and what is wrong with it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from ami_portal.kernel.text import English, clean_text, count_words, sha256_of
from ami_portal.questionnaire import answers, coherence
from ami_portal.questionnaire.answers import Address
from ami_portal.questionnaire.coherence import Finding
from ami_portal.questionnaire.conditions import Condition
from ami_portal.questionnaire.form import NUMBERS, Question, Section
from ami_portal.questionnaire.sheet import stored

from . import figures
from .actions import StaleAnswer
from .drafts import Draft
from .figures import Drawing
from .papers import Paper, papers_of

MANY_OPTIONS = 6
MODEL_ROW = str(UUID(int=0))
SEVERAL = ("choices", "dataset", "linkage")
Typed = str | list[str]
_INPUT_MODES = dict.fromkeys(("amount", "percentage", "number"), "decimal") | dict.fromkeys(
    ("integer", "siren", "siret", "siren_siret"), "numeric"
)


@dataclass(frozen=True)
class Option:
    """One choice of a list."""

    code: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class Field:
    """One control, or one computed cell. `line` is its row's number in a table, 0 outside; `stale` what somebody else
    saved meanwhile; `said` the rules that do not hold, said beside it."""

    address: Address
    question: Question
    typed: Typed
    version: int = 0
    problem: str = ""
    line: int = 0
    stale: StaleAnswer | None = None
    is_ruled: bool = False
    said: tuple[Finding, ...] = ()

    @property
    def name(self) -> str:
        return f"q.{self.address}"

    @property
    def id(self) -> str:
        return f"q-{self.address}"

    @property
    def seen(self) -> str:
        """What the page shows now, sent back with the form: its version, and a digest that tells an untouched field."""
        return f"{self.version}:{digest(self.typed)}"

    @property
    def widget(self) -> str:
        """The template of the control: `applications/fields/<widget>.html`."""
        kind = self.question.type
        if self.question.formula:
            return "computed"
        if kind in SEVERAL:
            return "checkboxes"
        if kind in ("choice", "yes_no"):
            return "select" if self.line or len(self.question.options) >= MANY_OPTIONS else "radios"
        return {"long_text": "textarea", "declaration": "declaration"}.get(kind, "input")

    @property
    def input_type(self) -> str:
        """A day that is one has the browser's picker; what was typed otherwise stays visible as text."""
        if self.question.type == "date" and not self.problem:
            return "date"
        return {"email": "email", "url": "url"}.get(self.question.type, "text")

    @property
    def input_mode(self) -> str:
        return _INPUT_MODES.get(self.question.type, "")

    @property
    def is_number(self) -> bool:
        return self.question.type in NUMBERS

    @property
    def options(self) -> list[Option]:
        """The choices, with those that are made; a typed choice that is none of them is kept too."""
        chosen = self.typed if isinstance(self.typed, list) else [self.typed]
        in_english = isinstance(self.question.label, English)
        yes, no, none = map(English, ("Yes", "No", "No answer")) if in_english else ("Oui", "Non", "Sans réponse")
        pairs = (("true", yes), ("false", no)) if self.question.type == "yes_no" else self.question.options
        if self.widget == "radios" and not self.question.required:  # a radio cannot be undone: not answered is a choice
            pairs = (*pairs, ("", none))
        return [Option(code, label, code in chosen) for code, label in pairs]

    @property
    def words(self) -> int:
        return count_words(self.typed) if isinstance(self.typed, str) else 0

    @property
    def characters(self) -> int:
        return len(self.typed)


@dataclass(frozen=True)
class Row:
    """One line of a table."""

    id: str
    number: int
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Total:
    """Under a column, its sum as read; empty when it has none. `typed` names the type of what people type there."""

    column: Question
    shown: str

    @property
    def typed(self) -> str:
        return "" if self.column.formula else self.column.type


@dataclass(frozen=True)
class RemovedRow:
    """A line that can come back, and what it held."""

    id: str
    summary: str


@dataclass(frozen=True)
class Block:
    """One question of the page: a field, the parts of a composed answer, a table with its rows, or deposited files.

    `models` holds the row from which the page's script makes new ones, under identifiers of its own. While a completion
    is asked for, `asked` says what of this question, and what it does not name is locked. `is_confidential` says
    that the team keeps the answer from the partners.
    """

    question: Question
    is_shown: bool
    field: Field | None = None
    parts: tuple[Field, ...] = ()
    rows: tuple[Row, ...] = ()
    models: tuple[Row, ...] = ()
    removed: tuple[RemovedRow, ...] = ()
    totals: tuple[Total, ...] = ()
    files: tuple[Paper, ...] = ()
    said: tuple[Finding, ...] = ()
    condition: str = ""
    drawing: Drawing | None = None
    asked: str = ""
    is_locked: bool = False
    is_confidential: bool = False

    @property
    def is_ruled(self) -> bool:
        """Whether a rule may speak of the whole question."""
        return "" in coherence.ruled_columns(self.question)

    @property
    def is_rewritten(self) -> bool:
        """Whether an earlier text of the question can be read."""
        fields = [*([self.field] if self.field else []), *self.parts, *(one for row in self.rows for one in row.fields)]
        return bool(self.removed) or any(one.version > 1 for one in fields)

    @property
    def lines_left(self) -> int:
        return self.question.rows[1] - len(self.rows)

    @property
    def files_left(self) -> int:
        return self.question.files - len(self.files)


def _word(value: Any) -> str:
    return {True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def condition_of(condition: Condition, draft: Draft) -> dict[str, Any]:
    """A condition for the page's script, which asks the fields that it has; `now` answers for those of other pages."""
    if condition.question:
        held = condition.holds(lambda code: draft.answers.get(Address(code)) if code in draft.sheet.shown else None)
        return {"question": condition.question, "values": [_word(value) for value in condition.values], "now": held}
    mode, parts = ("all", condition.all) if condition.all else ("any", condition.any)
    return {mode: [condition_of(part, draft) for part in parts]}


def digest(typed: Typed) -> str:
    """A short mark of what a field shows, the same whichever line ends a browser sends."""
    text = "\n".join(sorted(typed)) if isinstance(typed, list) else clean_text(typed).strip()
    return sha256_of(text)[:12]


def blocks_of(section: Section, draft: Draft) -> list[Block]:
    """The questions of a section as they stand."""
    return [_block(section, question, draft) for question in section.questions]


def _block(section: Section, question: Question, draft: Draft) -> Block:
    hung = [condition for condition in (section.shown_if, question.shown_if) if condition]
    condition = json.dumps({"all": [condition_of(one, draft) for one in hung]}) if hung else ""
    block = Block(question, draft.is_shown(question), said=_said(draft, Address(question.code)), condition=condition)
    if section.partners and question.code in draft.confidential:
        block = replace(block, is_confidential=True)
    if question.type == "table":
        rows = tuple(row_of(question, row, number, draft) for number, row in enumerate(_rows(question, draft), start=1))
        removed = tuple(_removed(question, row, draft) for row in draft.removed.get(question.code, []))
        kept = tuple(row for row in removed if row.summary)
        models = (row_of(question, MODEL_ROW, 1, draft),)
        block = replace(block, rows=rows, models=models, removed=kept, totals=totals_of(question, draft))
        return replace(block, drawing=drawing_of(question, draft))
    if question.type == "file":
        return replace(block, files=papers_of(question, draft))
    if question.is_composed:
        return replace(block, parts=_cells(question, "", draft))
    return replace(block, field=field_at(Address(question.code), question, draft))


def drawing_of(question: Question, draft: Draft) -> Drawing | None:
    """The figure of a table as it is being written."""
    if question.figure is None:
        return None
    regulation = draft.regulation if question.figure.shows == "budget" else {}
    spec = figures.spec_of(question, draft.sheet, regulation)
    return figures.draw(spec, figures.lines_of(question, draft.sheet))


def _said(draft: Draft, address: Address) -> tuple[Finding, ...]:
    return tuple(finding for finding in draft.completeness.findings if finding.address == address)


def _rows(question: Question, draft: Draft) -> list[str]:
    return draft.rows.get(question.code, [])


def row_of(question: Question, row: str, number: int, draft: Draft) -> Row:
    """One line of a table."""
    return Row(row, number, _cells(question, row, draft, line=number))


def _cells(question: Question, row: str, draft: Draft, *, line: int = 0) -> tuple[Field, ...]:
    """The fields of a row of a table, or the parts of a composed answer, with what the rules say beside each."""
    ruled = coherence.ruled_columns(question)
    found = []
    for column in question.columns:
        address = Address(question.code, row, column.code)
        if column.formula:
            value = draft.sheet.computed(question, row, column)
            field = Field(address, column, answers.shown(column, value), line=line)
        else:
            field = field_at(address, column, draft, line=line)
        if column.code in ruled:
            field = replace(field, is_ruled=True, said=_said(draft, address))
        found.append(field)
    return tuple(found)


def field_at(address: Address, question: Question, draft: Draft, *, line: int = 0) -> Field:
    """One field with what is stored for it."""
    stored = draft.stored.get(address)
    value = stored.value if stored else None
    version = stored.version if stored else 0
    return Field(address, question, answers.typed(question, value), version, answers.problem(question, value), line)


def totals_of(question: Question, draft: Draft) -> tuple[Total, ...]:
    """The sum of each column that declares it, empty for the others; nothing when none does."""
    if not any(column.has_total for column in question.columns):
        return ()
    return tuple(Total(column, _total(question, column, draft)) for column in question.columns)


def _total(question: Question, column: Question, draft: Draft) -> str:
    return answers.shown(column, stored(column, draft.sheet.total(question, column))) if column.has_total else ""


def _removed(question: Question, row: str, draft: Draft) -> RemovedRow:
    shown = (
        answers.shown(column, draft.answers.get(Address(question.code, row, column.code)))
        for column in question.columns
        if not column.formula
    )
    return RemovedRow(row, " – ".join(text for text in shown if text)[:200])


def fields_in(blocks: list[Block]) -> Iterator[Field]:
    """Every control of a page."""
    for block in blocks:
        if block.field:
            yield block.field
        yield from block.parts
        for row in block.rows:
            yield from row.fields


def with_changes(blocks: list[Block], changed: Mapping[Address, Field]) -> list[Block]:
    """The same blocks, some fields taken from `changed`: what was typed and could not be saved stays on the page."""

    def renewed(row: Row) -> Row:
        return replace(row, fields=tuple(changed.get(field.address, field) for field in row.fields))

    return [
        replace(
            block,
            field=changed.get(block.field.address, block.field) if block.field else None,
            parts=tuple(changed.get(field.address, field) for field in block.parts),
            rows=tuple(renewed(row) for row in block.rows),
        )
        for block in blocks
    ]
