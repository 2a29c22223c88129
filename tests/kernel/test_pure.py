"""The kernel's pure parts: the calendar, euros, text."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ami_portal.kernel import clock, money, permissions, text


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (dt.date(2026, 1, 31), 1, dt.date(2026, 2, 28)),
        (dt.date(2027, 1, 31), 13, dt.date(2028, 2, 29)),
        (dt.date(2026, 11, 23), 24, dt.date(2028, 11, 23)),
        (dt.date(2026, 12, 1), 0, dt.date(2026, 12, 1)),
    ],
)
def test_months_are_counted_from_day_to_day(day, months, expected):
    assert clock.add_months(day, months) == expected


@given(st.dates(dt.date(2000, 1, 1), dt.date(2090, 1, 1)), st.integers(0, 240))
def test_adding_months_never_leaves_the_month_aimed_at(day, months):
    later = clock.add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day <= day.day


@given(
    st.decimals("0.01", "999999999", places=2),
    st.lists(st.integers(1, 40), min_size=1, max_size=8),
)
def test_shares_sum_to_the_whole_to_the_cent(total, weights):
    percents = [Decimal(weight) for weight in weights]
    percents.append(100 - sum(percents)) if sum(percents) < 100 else None
    if sum(percents) != 100:
        with pytest.raises(ValueError, match="100 %"):
            money.split(total, percents)
        return
    shares = money.split(total, percents)
    assert sum(shares) == total
    assert all(share == share.quantize(money.CENT) for share in shares)


def test_an_amount_is_never_a_float():
    with pytest.raises(TypeError):
        money.cents(0.1)


def test_amounts_are_said_as_in_french():
    assert money.in_words(Decimal("98500")) == "98\u202f500,00\u00a0€"


@given(st.text())
def test_cleaned_text_holds_no_control_nor_reversing_mark_and_is_stable(raw):
    once = text.clean_text(raw)
    assert text.clean_text(once) == once
    assert not text.has_bidi(once)
    assert not [char for char in once if ord(char) < 32 and char not in "\n\t"]


def test_words_are_counted_as_the_call_counts_them():
    assert text.count_words("Un essai, – deux (2) essais : l’un\net l'autre") == 8


@given(st.dictionaries(st.text(), st.one_of(st.integers(), st.text(), st.none(), st.booleans())))
def test_one_value_has_one_canonical_text(value):
    shuffled = dict(reversed(list(value.items())))
    assert text.canonical_json(value) == text.canonical_json(shuffled)


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_a_formula_is_shown_in_a_spreadsheet_and_not_run(formula):
    assert text.in_cell(formula) == "'" + formula


def test_a_permission_without_a_rule_is_a_fault_and_a_second_rule_too():
    with pytest.raises(KeyError):
        permissions.allowed(object(), "nothing.at_all")
    with pytest.raises(ValueError, match="two rules"):
        permissions.rule(permissions.PUBLIC)(lambda user, obj: True)
