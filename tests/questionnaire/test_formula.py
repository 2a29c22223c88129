"""Formulas: a safe subset of expressions, exact in decimals, silent about what is not answered."""

import contextlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ami_portal.questionnaire import formula
from ami_portal.questionnaire.formula import FormulaError


class Fixed:
    """A scope of fixed values."""

    def __init__(self, values, **tables):
        self.values, self.tables = values, tables

    def name(self, code):
        return self.values[code]

    def rows(self, table):
        return self.tables[table or "own"]


ROWS = [
    {"kind": "staff", "price": Decimal("10.10"), "own": True},
    {"kind": "other", "price": Decimal("0.20"), "own": False},
    {"kind": "other", "price": None, "own": True},
]
SCOPE = Fixed(
    {"a": Decimal(7), "b": Decimal("0.3"), "none": None, "day": "2026-12-31", "kind": " Other", "yes": True},
    own=ROWS,
    more=[],
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a * b", Decimal("2.1")),
        ("a * 0.3 == 2.1", True),  # three tenths, not what a float holds
        ("-a + b - 1", Decimal("-7.7")),
        ("a / b > 23", True),
        ("a / 0", None),
        ("a + none", None),
        ("a < none", None),
        ("none == none", None),
        ("day >= '2026-12-31'", True),
        ("a > 9 or yes", True),
        ("a > 9 or none > 1", None),
        ("a > 9 and none > 1", False),
        ("not yes", False),
        ("not none", None),
        ("answered(none) or answered(day)", True),
        ("min(a, b, 5)", Decimal("0.3")),
        ("max(a, none)", None),
        ("sum(price)", Decimal("10.30")),
        ("sum(price, kind='other')", Decimal("0.20")),
        ("sum(own.price, own=True)", Decimal("10.10")),
        ("count()", Decimal(3)),
        ("count(price)", Decimal(2)),
        ("count(kind='other', own=True) >= 1", True),
        ("sum(more.price)", Decimal(0)),
        ("unique(kind)", False),
    ],
)
def test_what_a_formula_is_worth(text, expected):
    found = formula.evaluate(text, SCOPE)
    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a +",
        "__import__('os')",
        "a.__class__.__mro__",
        "sum(a.b.c)",
        "a ** 9",
        "a % 2",
        "[a]",
        "lambda: a",
        "a if b else a",
        "(a := 1)",
        "a < b < 1",
        "f'{a}'",
        "open('x')",
        "sum(price)(1)",
        "sum(price, **{'kind': 1})",
        "sum()",
        "answered(1)",
        "b'x' == a",
        "a == None",
        "1j + a",
        "max()",
        "a" * 301,
        "(" * 120 + "1",
    ],
)
def test_anything_else_is_no_formula(text):
    with pytest.raises(FormulaError):
        formula.compiled(text)


@given(st.text(max_size=40))
def test_no_text_does_harm(text):
    with contextlib.suppress(FormulaError):  # anything else is a fault
        formula.compiled(text)


@given(
    st.lists(st.decimals(min_value=0, max_value=10**9, places=2), max_size=30),
    st.decimals(min_value=0, max_value=100, places=1),
)
def test_a_share_of_a_sum_is_exact(prices, percent):
    rows = [{"price": price} for price in prices]
    held = formula.evaluate(f"sum(price) * {percent} / 100", Fixed({}, own=rows))
    assert held == sum(prices, Decimal(0)) * percent / 100


def test_the_names_that_are_read_in_a_row():
    assert formula.names("end >= start + sum(price) and answered(siret) and count(other.kind, x='y') > a") == [
        "end", "start", "siret", "a"
    ]  # fmt: skip
    assert formula.sides("sum(x) <= a * 2") == ("sum(x)", "a * 2")
    assert formula.sides("yes and no") is None
