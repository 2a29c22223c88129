"""What each check must be told (pure): which questions of the form it reads, of which types, and its own limits.

A call's file is checked against it when it is loaded, so that no check meets a question that is not there.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from ami_portal.kernel.config import Path, Problem, among, shown
from ami_portal.questionnaire import conditions
from ami_portal.questionnaire.form import Form, Question

from . import expression

BY_PARTNER = "partner_opinion"
ANY: frozenset[str] = frozenset()
TEXT = frozenset({"text", "long_text"})
ASPECTS = frozenset({"neutrality", "feasibility"})


@dataclass(frozen=True)
class Param:
    """One parameter. `kind`: question, questions, column (of the table named by the parameter `table`), columns (one of
    each table that it names), options (of the choice column that the parameter `table` names), texts, number, aspect,
    rules; and, of what is made of others, text, values, formula, condition, parts."""

    kind: str
    types: frozenset[str] = ANY
    table: str = ""
    required: bool = True


def _question(*types: str, required: bool = True) -> Param:
    return Param("question", frozenset(types), required=required)


def _column(table: str, *types: str, required: bool = True) -> Param:
    return Param("column", frozenset(types), table, required)


NUMBER, TEXTS = Param("number"), Param("texts")
DECLARATION = _question("declaration", "yes_no")

PARAMS: dict[str, dict[str, Param]] = {
    "legal_person": {
        "siret": _question("siret"),
        "legal_category": _question("choice", "text"),
        "rejected_prefixes": TEXTS,
        "flagged_prefixes": TEXTS,
    },
    "documents": {"declaration": DECLARATION},
    "complete": {"files": Param("questions", frozenset({"file"}), required=False)},
    "on_time": {},
    "format_respected": {"files": Param("questions", frozenset({"file"}))},
    "manual": {"evidence": Param("questions", required=False)},
    "partner_dataset": {"question": _question("dataset")},
    "budget": {
        "amount": _question("amount"),
        "table": _question("table"),
        "amount_column": _column("table", "amount"),
        "category_column": _column("table", "choice"),
    },
    "not_started": {
        "date": _question("date"),
        "declaration": DECLARATION,
        "tables": Param("questions", frozenset({"table"}), required=False),
        "columns": Param("columns", frozenset({"date", "month", "integer"}), "tables", required=False),
    },
    "no_double_funding": {
        "table": _question("table"),
        "kind_column": _column("table", "choice"),
        "public_kinds": Param("options", table="kind_column"),
        "same_costs_column": _column("table", "yes_no"),
        "source_column": _column("table", "text", required=False),
        "amount_column": _column("table", "amount", required=False),
        "declaration": DECLARATION,
    },
    "duration": {
        "duration": _question("integer"),
        "table": _question("table"),
        "end_column": _column("table", "integer"),
    },
    "coherent_support": {
        "question": _question("choices"),
        "justification": _question(*TEXT),
        "rules": Param("rules", required=False),
    },
    "open_source": {
        "table": _question("table"),
        "licence_column": _column("table", "spdx"),
        "kind_column": _column("table", "choice"),
        "title_column": _column("table", "text", required=False),
        "checked_kinds": Param("options", table="kind_column"),
        "document_kinds": Param("options", table="kind_column", required=False),
        "data_kinds": Param("options", table="kind_column", required=False),
    },
    "partner_opinion": {"aspect": Param("aspect")},
    "de_minimis": {
        "applies": _question("yes_no", "choice"),
        "applies_values": Param("values", required=False),
        "grant": _question("amount"),
        "ceiling": NUMBER,
        "years": NUMBER,
        "received": _question("amount", required=False),
        "table": _question("table", required=False),
        "date_column": _column("table", "date", required=False),
        "amount_column": _column("table", "amount", required=False),
    },
    "expression": {
        "test": Param("formula", required=False),
        "condition": Param("condition", required=False),
        "message": Param("text"),
        "fine": Param("text", required=False),
    },
    "all": {"parts": Param("parts")},
    "any": {"parts": Param("parts")},
}


EITHER = {
    "expression": ({"test"}, {"condition"}),
    "de_minimis": ({"received"}, {"table", "date_column", "amount_column"}),
}
"""The parameters of which a check takes one set or the other."""
PARALLEL = {"not_started": ("tables", "columns")}
"""The lists that have one rank each for the same thing."""
MAX_DEPTH = 4


def problems(check: str, params: Mapping[str, Any], form: Form, path: Path, depth: int = 1) -> Iterator[Problem]:
    """What is wrong in the parameters of one criterion. A check that says nothing of its parameters takes any."""
    if check not in PARAMS:
        return
    expected = PARAMS[check]
    for name in params:
        if name not in expected:
            yield Problem(
                (*path, name), f"le paramètre « {name} » est inconnu du contrôle « {check} »", among(expected, name)
            )
    for name, param in expected.items():
        if name not in params:
            if param.required:
                yield Problem(path, f"le paramètre « {name} » manque au contrôle « {check} »", _wanted(param))
        else:
            yield from _value(param, params[name], _Place(form, params, expected, (*path, name), depth))
    if check in EITHER and sum(names <= set(params) for names in EITHER[check]) != 1:
        sets = " ou ".join(" et ".join(sorted(names)) for names in EITHER[check])
        yield Problem(path, f"le contrôle « {check} » prend l’un ou l’autre", sets)
    if check in PARALLEL:
        yield from _parallel(params, PARALLEL[check], path)


def within(check: str, params: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """A check with its parameters, and every one that it is made of."""
    yield check, params
    parts = params.get("parts")
    for part in parts if isinstance(parts, list) else ():
        if isinstance(part, Mapping):
            told = part.get("params")
            yield from within(str(part.get("check")), told if isinstance(told, Mapping) else {})


@dataclass(frozen=True)
class _Place:
    form: Form
    params: Mapping[str, Any]
    expected: Mapping[str, Param]
    path: Path
    depth: int = 1

    def table(self, name: str) -> Question | None:
        """The table that the parameter `name` names."""
        return self.form.by_code.get(str(self.params.get(name)))

    def column(self, name: str) -> Question | None:
        """The column that the parameter `name` names."""
        table = self.table(self.expected[name].table)
        wanted = str(self.params.get(name))
        return next((column for column in table.columns if column.code == wanted), None) if table else None


def _value(param: Param, value: Any, at: _Place) -> Iterator[Problem]:
    match param.kind:
        case "question":
            yield from _asked(value, param.types, at.form, at.path)
        case "questions":
            if not isinstance(value, list):
                yield Problem(at.path, f"trouvé {shown(value)}", _wanted(param))
                return
            for rank, code in enumerate(value):
                yield from _asked(code, param.types, at.form, (*at.path, rank))
        case "column":
            yield from _in_table(param, at.table(param.table), value, at.path)
        case "columns":
            tables = at.params.get(param.table)
            if not (isinstance(tables, list) and isinstance(value, list)):
                yield Problem(at.path, f"trouvé {shown(value)}", "une liste de colonnes, une par tableau")
                return
            for rank, (name, code) in enumerate(zip(tables, value, strict=False)):
                yield from _in_table(param, at.form.by_code.get(str(name)), code, (*at.path, rank))
        case "options":
            yield from _offered(value, at.column(param.table), at.path)
        case "texts":
            if not _are_texts(value):
                yield Problem(at.path, f"trouvé {shown(value)}", _wanted(param))
        case "number":
            if not _is_number(value):
                yield Problem(at.path, f"trouvé {shown(value)}", _wanted(param))
        case "aspect":
            if value not in ASPECTS:
                yield Problem(at.path, f"trouvé {shown(value)}", among(ASPECTS, value))
        case "rules":
            yield from _rules(value, at)
        case "parts":
            yield from _parts(value, at)
        case _:
            yield from _of_expression(param.kind, value, at)


def _of_expression(kind: str, value: Any, at: _Place) -> Iterator[Problem]:
    if kind == "values" and not isinstance(value, list):
        yield Problem(at.path, f"trouvé {shown(value)}", "une liste de réponses")
    elif kind in ("text", "formula") and not (isinstance(value, str) and value.strip()):
        yield Problem(at.path, f"trouvé {shown(value)}", "un texte")
    elif kind == "formula":
        if wrong := expression.problem(value, at.form):
            yield Problem(at.path, wrong, "une formule sur les questions et les tableaux du formulaire")
    elif kind == "condition":
        try:
            leaves = list(conditions.parse(value).leaves())
        except ValueError as error:
            yield Problem(at.path, str(error))
            return
        for leaf in leaves:
            yield from _asked(leaf.question, ANY, at.form, at.path)


def _parts(value: Any, at: _Place) -> Iterator[Problem]:
    """Each part has its label, its check and its own parameters."""
    keys = {"label", "check", "params"}
    is_list = isinstance(value, list) and len(value) >= 1
    if not is_list or any(not isinstance(one, Mapping) or set(one) | {"params"} != keys for one in value):
        yield Problem(
            at.path, f"trouvé {shown(value)}", f"une liste de parties, chacune avec {', '.join(sorted(keys))}"
        )
        return
    if at.depth >= MAX_DEPTH:
        yield Problem(at.path, "des parties de parties, trop profondes", f"{MAX_DEPTH} niveaux au plus")
        return
    for rank, one in enumerate(value):
        here = (*at.path, rank)
        if not isinstance(one["label"], str) or not one["label"].strip():
            yield Problem((*here, "label"), f"trouvé {shown(one['label'])}", "le nom court de la partie")
        if one["check"] not in PARAMS or one["check"] == BY_PARTNER:
            known = PARAMS.keys() - {BY_PARTNER}
            yield Problem((*here, "check"), f"contrôle {shown(one['check'])} inconnu", among(known, str(one["check"])))
        elif not isinstance(told := one.get("params") or {}, Mapping):
            yield Problem((*here, "params"), f"trouvé {shown(told)}", "les réglages du contrôle")
        else:
            yield from problems(one["check"], told, at.form, (*here, "params"), at.depth + 1)


def _asked(code: Any, types: frozenset[str], form: Form, path: Path) -> Iterator[Problem]:
    question = form.by_code.get(code) if isinstance(code, str) else None
    if question is None:
        wanted = [asked.code for asked in form.questions() if not types or asked.type in types]
        yield Problem(
            path, f"{shown(code)} n’est pas une question du formulaire", among(wanted, code) if wanted else ""
        )
    elif types and question.type not in types:
        found = f"la question « {code} » est de type « {question.type} »"
        yield Problem(path, found, f"une question de type {' ou '.join(sorted(types))}")


def _in_table(param: Param, table: Question | None, code: Any, path: Path) -> Iterator[Problem]:
    if table is None or not table.columns:
        return
    column = next((column for column in table.columns if column.code == code), None)
    if column is None:
        codes = [one.code for one in table.columns]
        yield Problem(path, f"{shown(code)} n’est pas une colonne de « {table.code} »", among(codes, code))
    elif param.types and column.type not in param.types:
        found = f"la colonne « {code} » est de type « {column.type} »"
        yield Problem(path, found, f"une colonne de type {' ou '.join(sorted(param.types))}")


def _offered(value: Any, question: Question | None, path: Path) -> Iterator[Problem]:
    if not _are_texts(value):
        yield Problem(path, f"trouvé {shown(value)}", "une liste de codes de choix")
        return
    codes = [code for code, _ in question.options] if question else []
    for rank, code in enumerate(value):
        if question and code not in codes:
            yield Problem((*path, rank), f"{shown(code)} n’est pas un choix de « {question.code} »", among(codes, code))


def _rules(value: Any, at: _Place) -> Iterator[Problem]:
    keys = {"support", "question", "values", "advice"}
    if not isinstance(value, list) or any(not isinstance(rule, Mapping) or set(rule) != keys for rule in value):
        yield Problem(at.path, f"trouvé {shown(value)}", f"une liste de règles, chacune avec {', '.join(sorted(keys))}")
        return
    for rank, rule in enumerate(value):
        here = (*at.path, rank)
        yield from _offered([rule["support"]], at.table("question"), (*here, "support"))
        yield from _asked(rule["question"], frozenset({"choice"}), at.form, (*here, "question"))
        yield from _offered(rule["values"], at.form.by_code.get(str(rule["question"])), (*here, "values"))


def _parallel(params: Mapping[str, Any], names: Sequence[str], path: Path) -> Iterator[Problem]:
    """The lists of one thing have one rank each for it."""
    sizes = {name: len(params[name]) if isinstance(params.get(name), list) else 0 for name in names}
    if len(set(sizes.values())) > 1:
        found = ", ".join(f"{name} en a {size}" for name, size in sizes.items())
        yield Problem(path, f"des listes de longueurs différentes ({found})", "un rang par pièce dans chaque liste")


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return False
    try:
        return Decimal(value).is_finite() and Decimal(value) >= 0
    except InvalidOperation:
        return False


def _wanted(param: Param) -> str:
    kinds = " ou ".join(sorted(param.types))
    match param.kind:
        case "question":
            return f"le code d’une question{f' de type {kinds}' if kinds else ''}"
        case "questions":
            return f"une liste de codes de questions{f' de type {kinds}' if kinds else ''}"
        case "column":
            return f"le code d’une colonne de type {kinds}"
        case "options":
            return "une liste de codes de choix"
        case "texts":
            return "une liste de textes"
        case "number":
            return 'un nombre entre guillemets, comme "10"'
        case "aspect":
            return among(ASPECTS)
        case "parts":
            return "une liste de parties, chacune avec check, label, params"
        case "text" | "formula":
            return "un texte"
    return "une liste de règles"
