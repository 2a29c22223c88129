"""The schedule: to the cent, whatever the grant and the percents."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ami_portal.kernel import clock
from ami_portal.kernel.money import CENT
from funding import schedule
from funding.schedule import Share

REGULATION = [
    {
        "code": "signature",
        "label": "À la signature",
        "percent": "40",
        "months_after_signature": 0,
        "condition": "Signée.",
    },
    {"code": "interim", "label": "Au rapport", "percent": "40", "months_after_signature": 12},
    {"code": "balance", "label": "Au solde", "percent": "20", "months_after_signature": 24, "condition": None},
]


def percents() -> st.SearchStrategy[list[Decimal]]:
    """One to eight whole percents, each 1 at least, that sum to 100."""
    return st.lists(st.integers(1, 99), max_size=7, unique=True).map(
        lambda cuts: [Decimal(high - low) for low, high in zip([0, *sorted(cuts)], [*sorted(cuts), 100], strict=True)]
    )


def shares_of(wanted: list[Decimal]) -> list[Share]:
    return [Share(f"c{n}", f"Versement {n}", percent, 3 * n) for n, percent in enumerate(wanted)]


euros = st.integers(10_000, 10**11).map(lambda n: Decimal(n) * CENT)
retentions = st.integers(0, 5_000).map(lambda n: Decimal(n) * CENT)


def test_the_call_s_own_schedule_worked_by_hand():
    lines = schedule.lines(Decimal("100000.00"), schedule.shares(REGULATION), Decimal("10"))
    assert [(line.number, line.share.code, line.gross, line.retention, line.net) for line in lines] == [
        (1, "signature", Decimal("40000.00"), Decimal("4000.00"), Decimal("36000.00")),
        (2, "interim", Decimal("40000.00"), Decimal("4000.00"), Decimal("36000.00")),
        (3, "balance", Decimal("20000.00"), Decimal("2000.00"), Decimal("18000.00")),
    ]


def test_shares_read_the_regulation():
    assert schedule.shares(REGULATION) == [
        Share("signature", "À la signature", Decimal("40"), 0, "Signée."),
        Share("interim", "Au rapport", Decimal("40"), 12, ""),
        Share("balance", "Au solde", Decimal("20"), 24, ""),
    ]


def test_the_last_line_takes_what_rounding_leaves():
    thirds = shares_of([Decimal("33.33"), Decimal("33.33"), Decimal("33.34")])
    lines = schedule.lines(Decimal("98765.43"), thirds, Decimal("7.5"))
    assert [line.gross for line in lines] == [Decimal("32918.52"), Decimal("32918.52"), Decimal("32928.39")]
    assert [line.retention for line in lines] == [Decimal("2468.89"), Decimal("2468.89"), Decimal("2469.63")]


@given(grant=euros, wanted=percents(), retention=retentions)
def test_gross_amounts_sum_to_the_grant_and_each_retention_is_its_percent(grant, wanted, retention):
    lines = schedule.lines(grant, shares_of(wanted), retention)
    assert sum(line.gross for line in lines) == grant
    for line in lines:
        exact = line.gross * retention / 100
        assert abs(line.retention - exact) <= CENT / 2
        assert line.gross > 0
        assert line.net > 0
        assert line.net + line.retention == line.gross
        assert all(amount == amount.quantize(CENT) for amount in (line.gross, line.retention, line.net))


@given(grant=st.integers(1, 200).map(lambda n: Decimal(n) * CENT), wanted=percents(), retention=retentions)
def test_a_small_grant_is_shared_exactly_or_refused(grant, wanted, retention):
    try:
        lines = schedule.lines(grant, shares_of(wanted), retention)
    except schedule.TooSmall:
        return
    assert sum(line.gross for line in lines) == grant
    assert all(line.gross > 0 and line.net > 0 for line in lines)


@pytest.mark.parametrize("grant", ["0.00", "0.01", "0.02"])
def test_a_grant_that_cannot_be_shared_is_refused(grant):
    with pytest.raises(schedule.TooSmall):
        schedule.lines(Decimal(grant), schedule.shares(REGULATION), Decimal("10"))


def test_percents_that_do_not_sum_to_a_hundred_are_refused():
    with pytest.raises(ValueError, match="100 %"):
        schedule.lines(Decimal("100"), shares_of([Decimal(40), Decimal(50)]), Decimal(10))


@pytest.mark.parametrize(
    ("signed_on", "months", "expected"),
    [
        (dt.date(2026, 11, 23), 0, dt.date(2026, 11, 23)),
        (dt.date(2026, 11, 23), 12, dt.date(2027, 11, 23)),
        (dt.date(2026, 8, 31), 6, dt.date(2027, 2, 28)),
        (dt.date(2027, 8, 31), 6, dt.date(2028, 2, 29)),
        (dt.date(2024, 2, 29), 24, dt.date(2026, 2, 28)),
    ],
)
def test_due_days_count_months_from_the_signature(signed_on, months, expected):
    assert schedule.due_on(signed_on, months) == expected


@given(day=st.dates(dt.date(2020, 1, 1), dt.date(2090, 1, 1)), months=st.integers(0, 60))
def test_a_due_day_is_in_the_month_counted(day, months):
    due = schedule.due_on(day, months)
    assert (due.year * 12 + due.month) - (day.year * 12 + day.month) == months
    assert due.day == day.day or (due + dt.timedelta(days=1)).day == 1


@pytest.mark.parametrize(
    ("starts_on", "ends_on"),
    [
        (None, dt.date(2029, 1, 31)),
        (dt.date(2027, 3, 1), dt.date(2029, 3, 1)),
        (dt.date(2026, 12, 31), dt.date(2028, 12, 31)),
        (dt.date(2025, 2, 1), dt.date(2027, 2, 1)),
    ],
)
def test_the_end_counts_from_what_the_regulation_says(starts_on, ends_on):
    assert schedule.ends_on(dt.date(2027, 1, 31), 24, starts_on=starts_on) == ends_on


def test_a_duration_that_was_over_before_the_signature_is_refused():
    for starts_on in (dt.date(2025, 1, 31), dt.date(2024, 1, 1)):
        with pytest.raises(schedule.AlreadyOver):
            schedule.ends_on(dt.date(2027, 1, 31), 24, starts_on=starts_on)


@given(st.dates(dt.date(2020, 1, 1), dt.date(2040, 1, 1)), st.integers(1, 120))
def test_the_months_of_a_line_are_those_that_were_added(first, months):
    assert schedule.months_between(first, clock.add_months(first, months)) == months
