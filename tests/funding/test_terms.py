"""The terms of a grant on any day: a fold over what was signed, computed by hand."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funding.amending import is_early
from funding.schedule import ends_on
from funding.terms import Change, Terms, Transfer, consolidated, over_cap, shifted, within_tolerance

D = Decimal
FIRST = Terms(D(90000), dt.date(2027, 3, 1), "Anne", {"staff": D(80000), "travel": D(5000), "equipment": D(15000)})
CHANGES = [
    Change(dt.date(2026, 9, 1), number=2, amount=D(95000), lead="Basile"),
    Change(dt.date(2026, 2, 10), transfer=Transfer("staff", "travel", D(2000))),
    Change(dt.date(2026, 6, 1), number=1, ends_on=dt.date(2027, 9, 1)),
    Change(dt.date(2026, 9, 1), number=3, budget={"staff": D(70000), "travel": D(10000), "equipment": D(20000)}),
]


@pytest.mark.parametrize(
    ("on", "amount", "end", "lead", "staff", "travel"),
    [
        (dt.date(2026, 1, 1), 90000, dt.date(2027, 3, 1), "Anne", 80000, 5000),
        (dt.date(2026, 2, 9), 90000, dt.date(2027, 3, 1), "Anne", 80000, 5000),
        (dt.date(2026, 2, 10), 90000, dt.date(2027, 3, 1), "Anne", 78000, 7000),
        (dt.date(2026, 6, 1), 90000, dt.date(2027, 9, 1), "Anne", 78000, 7000),
        (dt.date(2026, 8, 31), 90000, dt.date(2027, 9, 1), "Anne", 78000, 7000),
        (dt.date(2030, 1, 1), 95000, dt.date(2027, 9, 1), "Basile", 70000, 10000),
    ],
)
def test_terms_on_a_day(on, amount, end, lead, staff, travel):
    terms = consolidated(FIRST, CHANGES, on)
    said = (terms.amount, terms.ends_on, terms.lead, terms.budget["staff"], terms.budget["travel"], terms.total)
    assert said == (D(amount), end, lead, D(staff), D(travel), D(100000))


@given(st.permutations(CHANGES), st.dates(dt.date(2026, 1, 1), dt.date(2027, 1, 1)))
def test_the_order_in_which_changes_are_read_does_not_matter(changes, on):
    assert consolidated(FIRST, changes, on) == consolidated(FIRST, CHANGES, on)


def test_what_moves_between_categories_is_counted_once_and_held_to_the_tolerance():
    # 2 000 from staff to travel and 1 000 from equipment to travel: 3 000 moved, 3 % of 100 000.
    wanted = {"staff": D(78000), "travel": D(8000), "equipment": D(14000)}
    assert shifted(FIRST.budget, wanted) == D(3000)
    assert within_tolerance(FIRST.budget, wanted, D(3))
    assert not within_tolerance(FIRST.budget, wanted, D("2.99"))
    assert over_cap(wanted, {"travel": D(8), "equipment": D("13.99"), "other": D(0)}) == ["equipment"]


@pytest.mark.parametrize(
    ("starts_on", "early"), [(None, False), ("2024-11-28", True), ("2024-11-29", True), ("2024-11-30", False)]
)
def test_works_that_start_with_the_announcement_or_before_are_flagged(starts_on, early):
    day = dt.date.fromisoformat(starts_on) if starts_on else None
    assert is_early(day, {"works_start_after": "2024-11-29"}) is early


@pytest.mark.parametrize(
    ("signed", "months", "end"),
    [
        (dt.date(2026, 1, 31), 1, dt.date(2026, 2, 28)),
        (dt.date(2024, 2, 29), 24, dt.date(2026, 2, 28)),
        (dt.date(2026, 2, 28), 24, dt.date(2028, 2, 28)),  # not the 29th: the same day of the month
        (dt.date(2026, 8, 31), 18, dt.date(2028, 2, 29)),
        (dt.date(2026, 12, 31), 24, dt.date(2028, 12, 31)),
    ],
)
def test_the_end_is_the_same_day_of_the_month_or_the_last_one(signed, months, end):
    assert ends_on(signed, months) == end
