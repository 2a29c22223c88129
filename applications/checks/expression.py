"""A criterion written as an expression over the form, and those made of several others."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ami_portal.kernel.money import in_words
from ami_portal.questionnaire import conditions, formula
from ami_portal.questionnaire.coherence import Kinds
from ami_portal.questionnaire.form import Form, Question
from ami_portal.questionnaire.formula import AMOUNT, FormulaError, Row, Value
from ami_portal.questionnaire.sheet import Sheet

from .facts import Facts, Params, Result
from .results import MET, NOT_MET, UNKNOWN

NOWHERE = Question("", "table", "")
"""An expression over a whole form stands in no table."""


def expression(facts: Facts, params: Params) -> Result:
    """Met when the formula, or the condition, holds; not yet known as long as an answer that it needs is missing."""
    message = str(params.get("message") or "Ce qui est attendu n’est pas vérifié.")
    fine = str(params.get("fine") or "Ce qui est attendu est vérifié.")
    if "condition" in params:
        wanted = conditions.parse(params["condition"])
        found_at = list(dict.fromkeys(leaf.question for leaf in wanted.leaves()))
        if any(facts.answer(code) is None for code in found_at) and not wanted.holds(facts.answer):
            return _untold(facts, found_at)
        return Result(MET, fine, found_at) if wanted.holds(facts.answer) else Result(NOT_MET, message, found_at)
    test = str(params["test"])
    found_at = cited(test)
    asked = facts.form.by_code if facts.form else {}
    if any(code not in asked or (code in facts.tables and not facts.tables[code]) for code in found_at):
        return _untold(facts, found_at)  # among them, a question that came after the deposit
    scope = _Whole(facts.sheet)
    held = formula.evaluate(test, scope)
    if held is None:
        return _untold(facts, found_at)
    said = _filled(fine if held else message, test, scope)
    return Result(MET if held else NOT_MET, said, found_at)


def _untold(facts: Facts, found_at: list[str]) -> Result:
    absent = [facts.label(code) for code in found_at if facts.answer(code) is None and not facts.tables.get(code)]
    said = f"Sans réponse : {', '.join(absent)}." if absent else "Une réponse manque pour le dire."
    return Result(UNKNOWN, said, found_at)


def cited(test: str) -> list[str]:
    """The questions and tables that a formula reads. Raises FormulaError."""
    return list(dict.fromkeys([*formula.names(test), *formula.tables(test)]))


def problem(test: str, form: Form) -> str:
    """What is wrong in a formula over a whole form; empty when nothing is."""
    try:
        kind = formula.kind_of(test, _Kinds(form))
    except FormulaError as error:
        return str(error)
    return "" if kind == formula.TRUTH else f"« {test} » n’est ni vrai ni faux"


@dataclass(frozen=True)
class _Whole:
    """What a formula sees from no table in particular."""

    sheet: Sheet

    def name(self, code: str) -> Value:
        return self.sheet.question(code)

    def rows(self, table: str) -> list[Row]:
        return self.sheet.rows(table)


@dataclass(frozen=True)
class _Kinds:
    """The kinds of the questions and columns of a form."""

    form: Form

    def name(self, code: str) -> str:
        return Kinds(self.form, NOWHERE).name(code)

    def column(self, table: str, code: str) -> str:
        if table not in self.form.by_code:
            raise FormulaError(f"« {code} » : nommez son tableau, comme « tableau.{code} »")
        return Kinds(self.form, self.form.by_code[table]).column(table, code)


def _filled(message: str, test: str, scope: _Whole) -> str:
    """The sentence with both sides of the comparison, and what is between them."""
    sides = formula.sides(test)
    if sides is None or "{" not in message:
        return message
    left, right = (formula.evaluate(side, scope) for side in sides)
    is_amount = AMOUNT in {formula.kind_of(side, _Kinds(scope.sheet.form)) for side in sides}
    gap = abs(left - right) if isinstance(left, Decimal) and isinstance(right, Decimal) else None
    words: Mapping[str, Any] = {"left": left, "right": right, "gap": gap}
    for name, value in words.items():
        message = message.replace("{" + name + "}", _in_words(value, is_amount=is_amount))
    return message


def _in_words(value: Any, *, is_amount: bool) -> str:
    if isinstance(value, Decimal):
        return in_words(value) if is_amount else f"{value.normalize() + 0:f}".replace(".", ",")
    return str(value)
