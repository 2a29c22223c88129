"""A form as objects (pure): sections, questions, columns of tables, conditions. Read from a mapping by `parse`."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from typing import Any

from ami_portal.documents import format_rules
from ami_portal.documents.format_rules import FormatRules
from ami_portal.kernel.text import English

from . import conditions, figure, people
from .conditions import Condition
from .figure import Figure
from .parts import COMPOSED, parts_of
from .people import People

TYPES = frozenset(
    "text long_text choice choices yes_no date month amount integer number percentage email url siren siret "
    "siren_siret spdx doi hal orcid person organisation milestone dataset linkage file declaration table".split()
)
CELL_TYPES = TYPES - {"table", "file", "dataset", "linkage", "declaration", "choices", *COMPOSED}
NUMBERS = frozenset({"amount", "integer", "number", "percentage"})
BOUNDED = NUMBERS | {"date", "month"}


class FormError(ValueError):
    """A definition that is no form; the message says where, what was found and what is expected."""


@dataclass(frozen=True)
class Rule:
    """What must hold: `test` is a formula (see `formula`), tried on each row when it reads columns by themselves.

    `at` is the column beside which `message` is said. A rule that does not `block` is a remark: it refuses nothing.
    `says` announces the rule to those who have not broken it.
    """

    test: str
    message: str
    at: str = ""
    blocks: bool = True
    says: str = ""

    @property
    def announced(self) -> str:
        """The rule in words; empty when its only words are those of a fault, with their figures."""
        return self.says or ("" if "{" in self.message else self.message)


@dataclass(frozen=True)
class Question:
    """One question, one column of a table, or one part of a composed question.

    `fact` names the typed column that its answer is projected into (title, amount_requested…). `options` are pairs of
    code and label. `words` and `characters` limit a text; `min`, `max` and `decimals` a number, a day or a month;
    `rows` (least, most) a table; `files` the number of files, `file_rules` what each must be. `columns` are those of a
    table, or the parts of a composed question; `of` names the composed type that each row of a table is. A column with
    a `formula` is computed, never typed; `confidential` lets who answers keep the answer from the partners; `rules` are
    what must hold; `figure` says what a table is drawn as, `people` whom it names.
    """

    code: str
    type: str
    label: str
    help: str = ""
    required: bool = True
    words: int | None = None
    characters: int | None = None
    options: tuple[tuple[str, str], ...] = ()
    min: str = ""
    max: str = ""
    decimals: int = 2
    columns: tuple["Question", ...] = ()
    of: str = ""
    rows: tuple[int, int] = (0, 50)
    files: int = 1
    formats: tuple[str, ...] = ("pdf",)
    file_rules: FormatRules | None = None
    fact: str = ""
    partners: bool = True
    confidential: bool = False
    shown_if: Condition | None = None
    formula: str = ""
    total: bool | None = None
    rules: tuple[Rule, ...] = ()
    figure: Figure | None = None
    people: People | None = None

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        """Read at each drawing of a field, so counted once, over a part that tells most questions apart."""
        return hash((self.code, self.type, self.label, self.help, self.options))

    @cached_property
    def in_english(self) -> tuple[bool, ...]:
        """Whether each text is in English: two questions may say the same words, each in its own language."""
        own = (self.label, self.help, *(label for _, label in self.options))
        ruled = (text for rule in self.rules for text in (rule.message, rule.says))
        told = tuple(isinstance(text, English) for text in (*own, *ruled))
        return told + tuple(one for column in self.columns for one in column.in_english)

    @property
    def has_total(self) -> bool:
        """Whether a table says the sum of this column: as it declares, and for amounts unless it declares otherwise."""
        return self.type == "amount" if self.total is None else self.total

    @property
    def is_composed(self) -> bool:
        """Whether its answer is several fields: a person, an organisation, a milestone."""
        return self.type in COMPOSED

    def column(self, code: str) -> "Question":
        """The column, or the part, called `code`. Raises KeyError."""
        for column in self.columns:
            if column.code == code:
                return column
        raise KeyError(code)


@dataclass(frozen=True)
class Section:
    """A page of the form. `partners` opens it to the partners whose datasets are asked for. A hidden section hides all
    its questions."""

    code: str
    title: str
    help: str = ""
    partners: bool = False
    questions: tuple[Question, ...] = ()
    shown_if: Condition | None = None


@dataclass(frozen=True)
class Form:
    """Sections in order, and every question by its code."""

    sections: tuple[Section, ...]
    by_code: Mapping[str, Question] = field(default_factory=dict)

    def section(self, code: str) -> Section:
        """The section called `code`. Raises KeyError."""
        for section in self.sections:
            if section.code == code:
                return section
        raise KeyError(code)

    def section_of(self, question: str) -> Section:
        """The section that asks `question`. Raises KeyError."""
        for section in self.sections:
            if any(asked.code == question for asked in section.questions):
                return section
        raise KeyError(question)

    def questions(self) -> Iterator[Question]:
        """All questions in the order of the form."""
        for section in self.sections:
            yield from section.questions

    def with_datasets(self, options: Sequence[tuple[str, str]]) -> "Form":
        """The same form, its dataset questions offering `options`: the datasets that a call opens."""
        if not any(question.type == "dataset" for question in self.questions()):
            return self
        sections = tuple(
            replace(section, questions=tuple(_offering(question, options) for question in section.questions))
            for section in self.sections
        )
        return Form(sections, {question.code: question for section in sections for question in section.questions})


def _offering(question: Question, options: Sequence[tuple[str, str]]) -> Question:
    return replace(question, options=tuple(options)) if question.type == "dataset" else question


def parse(definition: Mapping[str, Any]) -> Form:
    """Build a Form from `{"sections": [...]}`, its formulas proven. Raises FormError naming the place."""
    from . import coherence  # it reads forms, so it comes after them

    sections = tuple(_section(raw) for raw in _list(definition, "sections", "formulaire"))
    by_code: dict[str, Question] = {}
    for section in sections:
        for question in section.questions:
            if question.code in by_code:
                raise FormError(f"{question.code} : deux questions portent ce code ; chaque code est unique")
            by_code[question.code] = question
    _check_conditions(sections)
    if len({section.code for section in sections}) != len(sections):
        raise FormError("sections : deux sections portent le même code ; chaque code est unique")
    form = Form(sections, by_code)
    coherence.check(form)
    shown = [question.figure.shows for question in form.questions() if question.figure]
    if twice := {name for name in ("budget", "financing") if shown.count(name) > 1}:
        raise FormError(f"figure : deux tableaux montrent « {', '.join(sorted(twice))} » ; un seul est attendu")
    return form


def _check_conditions(sections: Sequence[Section]) -> None:
    """A condition cites a question asked before it, so that nothing hides itself, and answers that it can have."""
    before: dict[str, Question] = {}
    for section in sections:
        _check_condition(section.shown_if, before, section.code)
        for question in section.questions:
            _check_condition(question.shown_if, before, question.code)
            before[question.code] = question


def _check_condition(condition: Condition | None, before: Mapping[str, Question], where: str) -> None:
    for leaf in condition.leaves() if condition else ():
        cited = before.get(leaf.question)
        if cited is None:
            raise FormError(f"{where} : la condition cite « {leaf.question} », qui ne la précède pas")
        if odd := refused_values(cited, leaf.values):
            said = str(odd[0]).lower() if isinstance(odd[0], bool) else f"« {odd[0]} »"
            raise FormError(f"{where} : la condition attend {said}, qui n’est pas une réponse possible")


def refused_values(question: Question, values: Iterable[Any]) -> list[Any]:
    """Those of `values` that are no answer to a question whose answers are known beforehand."""
    known = {"yes_no": {True, False}, "declaration": {True}}.get(question.type, {code for code, _ in question.options})
    return [value for value in values if known and value not in known]


def _condition(raw: Mapping[str, Any], where: str) -> Condition | None:
    try:
        return conditions.parse(raw["shown_if"]) if raw.get("shown_if") else None
    except ValueError as error:
        raise FormError(f"{where} : {error}") from error


def _rules(raw: Mapping[str, Any], where: str) -> tuple[Rule, ...]:
    found = []
    for item in raw.get("rules", ()):
        _no_more(item, Rule, where)
        test, message = _text(item, "test", where), _text(item, "message", where)
        at, blocks, says = str(item.get("at", "")), bool(item.get("blocks", True)), str(item.get("says", ""))
        found.append(Rule(test, message, at, blocks, says))
    return tuple(found)


def _section(raw: Mapping[str, Any]) -> Section:
    code = _text(raw, "code", "section")
    questions = tuple(_question(item, code, TYPES) for item in _list(raw, "questions", code))
    _no_more(raw, Section, code)
    title, partners = _text(raw, "title", code), bool(raw.get("partners"))
    for question in questions:
        if question.confidential and not (partners and question.partners):
            raise FormError(
                f"{question.code} : « confidential » est sans objet ; attendu : une question que les partenaires lisent"
            )
    return Section(code, title, str(raw.get("help", "")), partners, questions, _condition(raw, code))


_PLAIN = (
    *("help", "required", "words", "characters", "files", "fact", "partners", "confidential"),
    *("decimals", "of", "formula", "total"),
)


def _question(raw: Mapping[str, Any], where: str, types: frozenset[str]) -> Question:
    code = _text(raw, "code", where)
    kind = _text(raw, "type", code)
    if kind not in types:
        raise FormError(f"{code} : type « {kind} » inconnu ; attendu : {', '.join(sorted(types))}")
    _no_more(raw, Question, code)
    options = tuple((str(item["code"]), str(item["label"])) for item in raw.get("options", ()))
    if kind in ("choice", "choices", "linkage") and not options:
        raise FormError(f"{code} : une question à choix donne ses « options »")
    columns = _columns(raw, kind, code)
    _can_be_answered(raw, kind, options, code)
    if kind == "dataset" and raw.get("confidential"):
        raise FormError(f"{code} : « confidential » est à une question de bases ; attendu : un autre type de question")
    return Question(
        code=code,
        type=kind,
        label=_text(raw, "label", code),
        options=options,
        columns=columns,
        figure=_figure(raw, columns, code),
        people=_people(raw, columns, code),
        rows=tuple(raw.get("rows", (0, 50))),
        formats=tuple(raw.get("formats", ("pdf",))),
        file_rules=_file_rules(raw, kind, code),
        shown_if=_condition(raw, code),
        rules=_rules(raw, code),
        min=_bound(raw, "min", kind, code),
        max=_bound(raw, "max", kind, code),
        **{key: raw[key] for key in _PLAIN if key in raw},
    )


def _file_rules(raw: Mapping[str, Any], kind: str, where: str) -> FormatRules | None:
    if "file_rules" not in raw:
        return None
    if kind != "file":
        raise FormError(f"{where} : « file_rules » ne vaut que pour un fichier ; trouvé : {kind}")
    try:
        return format_rules.parse(raw["file_rules"])
    except format_rules.RuleError as error:
        raise FormError(f"{where} : {error}") from error


def _can_be_answered(raw: Mapping[str, Any], kind: str, options: Sequence[tuple[str, str]], where: str) -> None:
    """Some answer is within the limits: choices that differ, a least below a most."""
    if len(dict(options)) != len(options):
        raise FormError(f"{where} : deux choix portent le même code ; chaque code est unique")
    if len(rows := raw.get("rows", (0, 1))) == 2 and rows[0] > rows[1]:
        raise FormError(f"{where} : « rows » vaut {list(rows)} ; attendu : le moins, puis le plus de lignes")
    low, high = _bound(raw, "min", kind, where), _bound(raw, "max", kind, where)
    if low and high and (Decimal(low) > Decimal(high) if kind in NUMBERS else low > high):
        raise FormError(f"{where} : « min » vaut {low} et « max » {high} ; attendu : un minimum sous le maximum")


def _figure(raw: Mapping[str, Any], columns: Sequence[Question], where: str) -> Figure | None:
    try:
        return figure.parse(raw.get("figure"), raw.get("of", ""), [(column.code, column.type) for column in columns])
    except ValueError as error:
        raise FormError(f"{where} : {error}") from error


def _people(raw: Mapping[str, Any], columns: Sequence[Question], where: str) -> People | None:
    try:
        return people.parse(raw.get("people"), [(column.code, column.type) for column in columns])
    except ValueError as error:
        raise FormError(f"{where} : {error}") from error


def _columns(raw: Mapping[str, Any], kind: str, code: str) -> tuple[Question, ...]:
    """The columns of a table, those of the composed type that it is a list of before its own; the parts of a question.

    A column given under the code of a part changes that part.
    """
    own = {_text(item, "code", code): item for item in raw.get("columns", ())}
    if len(own) != len(raw.get("columns", ())):
        raise FormError(f"{code} : deux colonnes portent le même code ; chaque code est unique")
    of = raw.get("of", "")
    if of and (kind != "table" or of not in COMPOSED):
        raise FormError(f"{code} : « of » vaut {of!r} ; attendu, dans un tableau : {', '.join(sorted(COMPOSED))}")
    parts = {part["code"]: part for part in parts_of(of or kind)}
    if kind != "table" and (odd := set(own) - set(parts)):
        raise FormError(f"{code} : un tableau, et lui seul, donne ses « columns » ; trouvé : {', '.join(sorted(odd))}")
    if kind == "table" and any(raw.get(key) for key in ("formula", "total")):
        raise FormError(f"{code} : « formula » et « total » sont à une colonne, non au tableau")
    merged = [part | own.pop(name, {}) for name, part in parts.items()] + list(own.values())
    if kind == "table" and not merged:
        raise FormError(f"{code} : un tableau, et lui seul, donne ses « columns »")
    columns = tuple(_question(item, code, CELL_TYPES) for item in merged)
    if odd_column := next((column for column in columns if column.confidential), None):
        raise FormError(f"{code}.{odd_column.code} : « confidential » est à une colonne ; attendu : au tableau entier")
    if odd_column := next((column for column in columns if column.has_total and column.type not in NUMBERS), None):
        raise FormError(
            f"{code}.{odd_column.code} : « total » est pour une colonne de nombres ; trouvé : {odd_column.type}"
        )
    return columns


def _bound(raw: Mapping[str, Any], key: str, kind: str, code: str) -> str:
    """A limit as stored answers are written: « 24 », « 2026-12-31 », « 2026-12 »."""
    if key not in raw:
        return ""
    text = str(raw[key])
    shape = {"date": r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "month": r"[0-9]{4}-[0-9]{2}"}.get(kind, r"-?[0-9]+(\.[0-9]+)?")
    if kind not in BOUNDED or not re.fullmatch(shape, text) or isinstance(raw[key], float):
        wanted = 'un nombre (« 24 », "0.5"), un jour ou un mois, selon le type' if kind in BOUNDED else "aucune limite"
        raise FormError(f"{code} : « {key} » vaut {raw[key]!r} ; attendu pour le type « {kind} » : {wanted}")
    return text


def _no_more(raw: Mapping[str, Any], expected: type, where: str) -> None:
    known = set(expected.__dataclass_fields__)  # type: ignore[attr-defined]
    if extra := set(raw) - known:
        raise FormError(f"{where} : « {', '.join(sorted(extra))} » inconnu ; attendu : {', '.join(sorted(known))}")


def _text(raw: Mapping[str, Any], key: str, where: str) -> str:
    value = raw.get(key) if isinstance(raw, Mapping) else None
    if not isinstance(value, str) or not value.strip():
        raise FormError(f"{where} : « {key} » manque ; un texte est attendu, trouvé : {value!r}")
    return value


def _list(raw: Mapping[str, Any], key: str, where: str) -> list[Mapping[str, Any]]:
    value = raw.get(key)
    if not isinstance(value, list) or not value:
        raise FormError(f"{where} : « {key} » manque ; une liste est attendue, trouvé : {value!r}")
    return value
