"""What must hold between answers (pure): the rules that a form declares, by row, by table, between questions."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from ami_portal.kernel.money import in_words

from . import formula
from .answers import Address
from .form import NUMBERS, Form, FormError, Question, Rule
from .formula import AMOUNT, NUMBER, TRUTH, FormulaError, Value
from .parts import rules_of
from .sheet import Scope, Sheet


@dataclass(frozen=True)
class Finding:
    """A rule that does not hold: where it is said, in which words. One that does not block is only a remark."""

    address: Address
    label: str
    message: str
    blocks: bool


def findings(sheet: Sheet) -> list[Finding]:
    """Every rule of the questions shown that does not hold, in the order of the form."""
    return [
        finding
        for question in sheet.form.questions()
        if question.code in sheet.shown
        for rule in rules_for(question)
        for finding in _broken(question, rule, sheet)
    ]


def rules_for(question: Question) -> tuple[Rule, ...]:
    """The rules of a question: those of its composed type, then its own."""
    kind = question.of or (question.type if question.is_composed else "")
    return (*(Rule(**raw) for raw in rules_of(kind)), *question.rules) if kind else question.rules


def place_of(question: Question, rule: Rule) -> str:
    """The column beside which a rule of the rows is said: the one it names, or the last that it reads. Empty when it
    speaks of the whole table, or of a plain question."""
    columns = {column.code for column in question.columns}
    read = [name for name in formula.names(rule.test) if name in columns]
    return rule.at if rule.at and read else read[-1] if read else ""


def ruled_columns(question: Question) -> set[str]:
    """The columns beside which something may be said."""
    return {place_of(question, rule) for rule in rules_for(question)}


def _broken(question: Question, rule: Rule, sheet: Sheet) -> Iterator[Finding]:
    place = place_of(question, rule)
    if not place:
        scope = Scope(sheet, question, None)
        if formula.evaluate(rule.test, scope) is False:
            yield Finding(Address(question.code), question.label, _said(rule, question, scope), rule.blocks)
        return
    column = question.column(place)
    for number, (row, values) in enumerate(zip(sheet.ids(question), sheet.rows(question.code), strict=True), start=1):
        scope = Scope(sheet, question, values)
        if formula.evaluate(rule.test, scope) is False:
            label = f"{question.label} – {column.label}" + (f" (ligne {number})" if row else "")
            yield Finding(Address(question.code, row, place), label, _said(rule, question, scope), rule.blocks)


def _said(rule: Rule, question: Question, scope: Scope) -> str:
    """The message with both sides of the comparison, and what is between them, in place of {left}, {right}, {gap}."""
    sides = formula.sides(rule.test)
    if sides is None or "{" not in rule.message:
        return rule.message
    kinds = Kinds(scope.sheet.form, question)
    left, right = (formula.evaluate(side, scope) for side in sides)
    is_amount = AMOUNT in {formula.kind_of(side, kinds) for side in sides}
    gap = abs(left - right) if isinstance(left, Decimal) and isinstance(right, Decimal) else None
    message = rule.message
    for name, value in (("left", left), ("right", right), ("gap", gap)):
        message = message.replace("{" + name + "}", _in_words(value, is_amount=is_amount))
    return type(rule.message)(message)  # in the language of the rule


def _in_words(value: Value, *, is_amount: bool) -> str:
    if isinstance(value, Decimal):
        return in_words(value) if is_amount else f"{value.normalize() + 0:f}".replace(".", ",")
    return str(value)


@dataclass(frozen=True)
class Kinds:
    """What the names of a formula stand for, written in `question`."""

    form: Form
    question: Question

    def name(self, code: str) -> str:
        """A column of the question, or else another question."""
        columns = {column.code: column for column in self.question.columns}
        found = columns.get(code) or self.form.by_code.get(code)
        if found is None or found.columns or found.type == "file":
            raise FormulaError(f"« {code} » n’est ni une colonne, ni une question qui a une réponse")
        return _kind(found)

    def column(self, table: str, code: str) -> str:
        """A column of a table, by default the question's own."""
        try:
            return _kind((self.form.by_code[table] if table else self.question).column(code))
        except KeyError as error:
            raise FormulaError(f"« {code} » n’est pas une colonne de « {table or self.question.code} »") from error


def _kind(question: Question) -> str:
    if question.type in NUMBERS:
        return AMOUNT if question.type == "amount" else NUMBER
    if question.type in ("yes_no", "declaration"):
        return TRUTH
    return question.type if question.type in ("date", "month") else "text"


def check(form: Form) -> None:
    """Prove that every formula of a form can be computed. Raises FormError naming the place."""
    for question in form.questions():
        kinds = Kinds(form, question)
        before: set[str] = set()
        for column in question.columns:
            if column.formula:
                _check_column(question, column, kinds, before)
            before.add(column.code)
        for rule in rules_for(question):
            _check_rule(question, rule, kinds)


def _check_column(question: Question, column: Question, kinds: Kinds, before: set[str]) -> None:
    where = f"{question.code}.{column.code}"
    own = {other.code for other in question.columns}
    try:
        found = formula.kind_of(column.formula, kinds)
        late = [name for name in formula.names(column.formula) if name in own - before]
    except FormulaError as error:
        raise FormError(f"{where} : {error}") from error
    if found not in (AMOUNT, NUMBER) or column.type not in NUMBERS:
        raise FormError(f"{where} : une colonne calculée est un nombre ; trouvé : {column.type}, {found}")
    if late or _reads_rows(column.formula):
        raise FormError(f"{where} : une colonne calculée ne lit que les colonnes qui la précèdent et des questions")


def _reads_rows(text: str) -> bool:
    return any(f"{name}(" in text for name in ("sum", "count", "unique"))


def _check_rule(question: Question, rule: Rule, kinds: Kinds) -> None:
    try:
        found = formula.kind_of(rule.test, kinds)
    except FormulaError as error:
        raise FormError(f"{question.code} : {error}") from error
    if found != TRUTH:
        raise FormError(f"{question.code} : « {rule.test} » n’est ni vrai ni faux ; attendu : une comparaison")
    if rule.at and (rule.at not in {column.code for column in question.columns} or not place_of(question, rule)):
        raise FormError(f"{question.code} : « at » vaut « {rule.at} » ; attendu : une colonne d’une règle de ligne")
