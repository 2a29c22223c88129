"""The answers of a dossier as values that formulas read (pure): what is shown, rows, computed cells, totals."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal, DecimalException
from functools import cached_property
from typing import Any

from . import formula
from .answers import Address, is_empty, is_typed_only
from .form import NUMBERS, Form, Question
from .formula import Row, Value


class Sheet:
    """The answers to one form. A hidden question has no answer here, a hidden table no row; each is read once."""

    def __init__(self, form: Form, answers: Mapping[Address, Any], rows: Mapping[str, list[str]]) -> None:
        self.form, self.answers, self.row_ids = form, answers, rows
        self._tables: dict[str, list[Row]] = {}

    @cached_property
    def shown(self) -> frozenset[str]:
        """The codes of the questions that the conditions of the form let appear."""
        return shown_codes(self.form, self.answers)

    def question(self, code: str) -> Value:
        """The answer to a question."""
        question = self.form.by_code[code]
        return value_of(question, self.answers.get(Address(code))) if code in self.shown else None

    def rows(self, code: str) -> list[Row]:
        """The rows of a table, or the parts of a composed answer as one row: column → value."""
        if code not in self._tables:
            question = self.form.by_code[code]
            ids = self.ids(question) if code in self.shown else []
            self._tables[code] = [self._row(question, row) for row in ids]
        return self._tables[code]

    def ids(self, question: Question) -> list[str]:
        """The identifiers of the rows of a table; a composed answer is one row without a name."""
        return [""] if question.is_composed else self.row_ids.get(question.code, [])

    def _row(self, question: Question, row: str) -> Row:
        values: dict[str, Value] = {}
        for column in question.columns:
            if column.formula:
                values[column.code] = rounded(column, formula.evaluate(column.formula, Scope(self, question, values)))
            else:
                values[column.code] = value_of(column, self.answers.get(Address(question.code, row, column.code)))
        return values

    def computed(self, question: Question, row: str, column: Question) -> Any:
        """A computed cell as an answer is stored; None as long as it cannot be computed."""
        found = dict(zip(self.ids(question), self.rows(question.code), strict=False)).get(row, {})
        return stored(column, found.get(column.code))

    def total(self, question: Question, column: Question) -> Decimal:
        """The sum of a column of numbers."""
        held = (row[column.code] for row in self.rows(question.code))
        return sum((value for value in held if isinstance(value, Decimal)), Decimal(0))


class Scope:
    """What a formula sees from one row of a table, or from a question when `row` is None."""

    def __init__(self, sheet: Sheet, question: Question, row: Row | None) -> None:
        self.sheet, self.question, self.row = sheet, question, row

    def name(self, code: str) -> Value:
        """A column of the row, or else a question."""
        if self.row is not None and code in self.row:
            return self.row[code]
        return self.sheet.question(code)

    def rows(self, table: str) -> list[Row]:
        """The rows of a table, by default the present one."""
        return self.sheet.rows(table or self.question.code)


def shown_codes(form: Form, answers: Mapping[Address, Any]) -> frozenset[str]:
    """The questions that appear. A condition cites earlier questions: one pass tells them all."""
    found: set[str] = set()

    def held(code: str) -> Any:
        return answers.get(Address(code)) if code in found else None

    for section in form.sections:
        if section.shown_if is None or section.shown_if.holds(held):
            for question in section.questions:
                if question.shown_if is None or question.shown_if.holds(held):
                    found.add(question.code)
    return frozenset(found)


def value_of(question: Question, stored_value: Any) -> Value:
    """A stored answer as a formula reads it; None when it is not one, or has several parts."""
    if is_typed_only(stored_value) or is_empty(stored_value) or isinstance(stored_value, list):
        return None
    if question.type in NUMBERS:
        return Decimal(str(stored_value))
    held: Value = stored_value
    return held


def rounded(column: Question, value: Value) -> Value:
    """A computed number with the decimals of its type, half up."""
    if not isinstance(value, Decimal):
        return None
    places = {"amount": 2, "integer": 0}.get(column.type, column.decimals)
    try:
        return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    except DecimalException:
        return None


def stored(column: Question, value: Value) -> Any:
    """A computed number as an answer of its type is stored."""
    if not isinstance(value, Decimal):
        return None
    if column.type == "amount":
        return f"{value:.2f}"
    return int(value) if column.type == "integer" else f"{value.normalize() + 0:f}"
