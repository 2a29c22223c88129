"""Formulas of a call's file (pure): what a column is worth, what must hold in a row, in a table, between answers.

A formula is a small subset of Python's expressions, read by Python's own parser and never run by it: numbers, texts,
names of columns and questions, `+ - * /`, comparisons, `and or not`, and the functions of `FUNCTIONS`. Numbers are
Decimal. What is not answered is None, and so is what is computed from it: a test that cannot be told is not failed.
"""

import ast
import operator
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, DecimalException
from functools import lru_cache
from typing import Any, Protocol

Value = Decimal | str | bool | None
Row = Mapping[str, Value]
MAX_LENGTH = 300
AMOUNT, NUMBER, TRUTH = "amount", "number", "truth"
FUNCTIONS = ("sum", "count", "min", "max", "answered", "unique")
_ARITHMETIC: dict[type[ast.operator], Callable[[Decimal, Decimal], Decimal]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.LtE: operator.le,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.Gt: operator.gt,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


class FormulaError(ValueError):
    """A text that is no formula, or that mixes what cannot be compared; the message is French and says what."""


class Scope(Protocol):
    """Where a formula finds its values: `name` in the present row or among the questions, `rows` of a table."""

    def name(self, code: str) -> Value: ...
    def rows(self, table: str) -> list[Row]: ...


class Kinds(Protocol):
    """What names stand for: « amount », « number », « truth », « date », « month », « text ». Raises FormulaError."""

    def name(self, code: str) -> str: ...
    def column(self, table: str, code: str) -> str: ...


Run = Callable[[Scope], Value]


@lru_cache(maxsize=2000)
def tree(text: str) -> ast.expr:
    """The expression of a formula. Raises FormulaError."""
    if len(text) > MAX_LENGTH:
        raise FormulaError(f"une formule a {MAX_LENGTH} caractères au plus")
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise FormulaError(f"« {text} » n’est pas une formule") from error


def evaluate(text: str, scope: Scope) -> Value:
    """What a formula is worth; None when an answer that it needs is missing, or when it divides by zero."""
    try:
        return compiled(text)(scope)
    except DecimalException:
        return None


@lru_cache(maxsize=2000)
def compiled(text: str) -> Run:
    """The formula as a function of a scope. Raises FormulaError."""
    return _run(tree(text))


def names(text: str) -> list[str]:
    """The columns and questions that a formula reads by themselves, outside any total, in the order of its text."""
    return list(dict.fromkeys(_names(tree(text))))


def tables(text: str) -> list[str]:
    """The tables whose columns a formula sums or counts, in the order of its text."""
    attributes = [node for node in ast.walk(tree(text)) if isinstance(node, ast.Attribute)]
    return list(dict.fromkeys(place(node)[0] for node in attributes))


def sides(text: str) -> tuple[str, str] | None:
    """Both sides of a formula that is one comparison, as formulas."""
    node = tree(text)
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        return ast.unparse(node.left), ast.unparse(node.comparators[0])
    return None


def _names(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, ast.Call):
        # A total reads a column of every row; `answered` and `unique` speak of the present one.
        whole = _called(node) in ("sum", "count")
        for argument in () if whole else node.args:
            yield from _names(argument)
    elif not isinstance(node, ast.Attribute):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                yield from _names(child)


def _called(node: ast.Call) -> str:
    name = node.func.id if isinstance(node.func, ast.Name) else ast.unparse(node.func)
    if name not in FUNCTIONS:
        raise FormulaError(f"fonction « {name} » inconnue ; attendu : {', '.join(FUNCTIONS)}")
    return name


def _refused(node: ast.AST) -> FormulaError:
    return FormulaError(f"« {ast.unparse(node)} » n’est pas admis dans une formule")


# Values


def _run(node: ast.expr) -> Run:
    match node:
        case ast.Constant():
            value = constant(node)
            return lambda scope: value
        case ast.Name():
            code = node.id
            return lambda scope: scope.name(code)
        case ast.UnaryOp(op=ast.USub()):
            return _one(operator.neg, _run(node.operand))
        case ast.UnaryOp(op=ast.Not()):
            return _one(operator.not_, _run(node.operand))
        case ast.BinOp() if type(node.op) in _ARITHMETIC:
            return _two(_ARITHMETIC[type(node.op)], _run(node.left), _run(node.right))
        case ast.Compare() if len(node.ops) == 1 and type(node.ops[0]) in _COMPARISONS:
            return _two(_COMPARISONS[type(node.ops[0])], _run(node.left), _run(node.comparators[0]))
        case ast.BoolOp():
            return _logic([_run(part) for part in node.values], decided_by=isinstance(node.op, ast.Or))
        case ast.Call():
            return _function(node)
    raise _refused(node)


def constant(node: ast.expr) -> Value:
    """The value of a number, a text, True or False written in a formula. Raises FormulaError."""
    if isinstance(node, ast.Constant):
        if isinstance(node.value, bool | str):
            return node.value
        if isinstance(node.value, int | float):
            return Decimal(repr(node.value))  # as it is written: « 0.3 » is three tenths
    raise _refused(node)


def _one(work: Callable[[Any], Any], inner: Run) -> Run:
    def run(scope: Scope) -> Value:
        held = inner(scope)
        return None if held is None else work(held)

    return run


def _two(work: Callable[[Any, Any], Any], left: Run, right: Run) -> Run:
    def run(scope: Scope) -> Value:
        one, other = left(scope), right(scope)
        return None if one is None or other is None else work(one, other)

    return run


def _logic(parts: list[Run], *, decided_by: bool) -> Run:
    """`or` is decided by one True, `and` by one False; else a part that cannot be told leaves the whole untold."""

    def run(scope: Scope) -> Value:
        held = [part(scope) for part in parts]
        if decided_by in held:
            return decided_by
        return None if None in held else not decided_by

    return run


def _function(node: ast.Call) -> Run:
    name = _called(node)
    if name in ("sum", "count"):
        return _whole(name, node)
    if node.keywords or not node.args:
        raise _refused(node)
    if name in ("min", "max"):
        runs, pick = [_run(argument) for argument in node.args], min if name == "min" else max
        return lambda scope: (
            None if None in (held := [run(scope) for run in runs]) else pick(held)  # type: ignore[type-var]
        )
    column = node.args[0]
    if len(node.args) != 1 or not isinstance(column, ast.Name):
        raise _refused(node)
    code = column.id
    if name == "answered":
        return lambda scope: scope.name(code) is not None
    return lambda scope: _is_unique(scope, code)


def _is_unique(scope: Scope, code: str) -> Value:
    held = scope.name(code)
    if held is None:
        return None
    return sum(_alike(row.get(code)) == _alike(held) for row in scope.rows("")) <= 1


def _alike(value: Value) -> Value:
    return " ".join(value.casefold().split()) if isinstance(value, str) else value


def _whole(name: str, node: ast.Call) -> Run:
    """`sum` and `count` over the rows of a table, those only whose columns hold the values given by keywords."""
    if len(node.args) > 1 or (name == "sum" and not node.args):
        raise _refused(node)
    table, code = place(node.args[0]) if node.args else ("", "")
    wanted = {keyword.arg or "": constant(keyword.value) for keyword in node.keywords}

    def run(scope: Scope) -> Value:
        rows = [row for row in scope.rows(table) if all(row.get(key) == value for key, value in wanted.items())]
        if name == "count":
            return Decimal(sum(not code or row.get(code) is not None for row in rows))
        return sum((held for row in rows if isinstance(held := row.get(code), Decimal)), Decimal(0))

    return run


def place(node: ast.expr) -> tuple[str, str]:
    """Table and column of `column` (of the present table) or `table.column`. Raises FormulaError."""
    if isinstance(node, ast.Name):
        return "", node.id
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return node.value.id, node.attr
    raise _refused(node)


# Kinds


def kind_of(text: str, kinds: Kinds) -> str:
    """What a formula gives. Raises FormulaError for unknown names and for what cannot be added or compared."""
    compiled(text)
    return _kind(tree(text), kinds)


def _kind(node: ast.expr, kinds: Kinds) -> str:
    match node:
        case ast.Constant():
            return TRUTH if isinstance(node.value, bool) else "text" if isinstance(node.value, str) else NUMBER
        case ast.Name():
            return kinds.name(node.id)
        case ast.UnaryOp(op=ast.Not()):
            return _all_of([node.operand], {TRUTH}, kinds, node)
        case ast.UnaryOp():
            return _all_of([node.operand], {AMOUNT, NUMBER}, kinds, node)
        case ast.BinOp():
            found = [_all_of([side], {AMOUNT, NUMBER}, kinds, node) for side in (node.left, node.right)]
            if isinstance(node.op, ast.Div) and found == [AMOUNT, AMOUNT]:
                return NUMBER
            return AMOUNT if AMOUNT in found else NUMBER
        case ast.BoolOp():
            return _all_of(node.values, {TRUTH}, kinds, node)
        case ast.Compare():
            return _comparison(node, kinds)
        case ast.Call():
            return _function_kind(node, kinds)
    raise _refused(node)


def _all_of(nodes: list[ast.expr], wanted: set[str], kinds: Kinds, whole: ast.expr) -> str:
    found = [_kind(node, kinds) for node in nodes]
    if odd := set(found) - wanted:
        expected = " ou ".join(sorted(wanted))
        raise FormulaError(f"« {ast.unparse(whole)} » : {', '.join(sorted(odd))} là où l’on attend {expected}")
    return AMOUNT if AMOUNT in found else found[0]


def _comparison(node: ast.Compare, kinds: Kinds) -> str:
    left, right = _kind(node.left, kinds), _kind(node.comparators[0], kinds)
    is_ordered = not isinstance(node.ops[0], ast.Eq | ast.NotEq)
    if {left, right} - {AMOUNT, NUMBER} and (left != right or (is_ordered and left in ("text", TRUTH))):
        raise FormulaError(f"« {ast.unparse(node)} » compare {left} et {right}")
    return TRUTH


def _function_kind(node: ast.Call, kinds: Kinds) -> str:
    name = _called(node)
    if name in ("min", "max"):
        return _all_of(node.args, {AMOUNT, NUMBER}, kinds, node)
    if name in ("answered", "unique"):
        _kind(node.args[0], kinds)
        return TRUTH
    table, code = place(node.args[0]) if node.args else ("", "")
    kind = kinds.column(table, code) if code else NUMBER
    for keyword in node.keywords:
        kinds.column(table, keyword.arg or "")
    if name == "count":
        return NUMBER
    if kind not in (AMOUNT, NUMBER):
        raise FormulaError(f"« {ast.unparse(node)} » : la colonne {code} n’a pas de nombres")
    return kind
