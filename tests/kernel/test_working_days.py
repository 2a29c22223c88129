"""Delays in French days: week-ends, movable holidays, changes of hour."""

import datetime as dt

import pytest

from ami_portal.kernel import clock
from ami_portal.kernel.working_days import Delay, end_of, is_working_day

D = dt.date


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (D(2026, 12, 4), True),
        (D(2026, 12, 5), False),
        (D(2026, 12, 25), False),
        (D(2027, 3, 29), False),  # Easter Monday
        (D(2027, 5, 6), False),  # Ascension
        (D(2027, 5, 17), False),  # Whit Monday
        (D(2027, 5, 7), True),
        (D(2027, 7, 14), False),
    ],
)
def test_people_work_from_monday_to_friday_but_on_holidays(day, expected):
    assert is_working_day(day) is expected


@pytest.mark.parametrize(
    ("delay", "start", "expected"),
    [
        (Delay(1), D(2026, 11, 25), D(2026, 11, 26)),
        (Delay(10), D(2026, 11, 25), D(2026, 12, 9)),
        (Delay(10), D(2026, 12, 18), D(2027, 1, 5)),  # over Christmas and New Year
        (Delay(3), D(2027, 5, 4), D(2027, 5, 10)),  # over the Ascension and the 8th of May
        (Delay(1), D(2026, 11, 28), D(2026, 11, 30)),  # asked on a Saturday
        (Delay(15, in_working_days=False), D(2026, 11, 25), D(2026, 12, 10)),
        (Delay(30, in_working_days=False), D(2026, 11, 25), D(2026, 12, 28)),  # ends on Christmas, a Friday
    ],
)
def test_a_delay_ends_on_a_working_day(delay, start, expected):
    assert delay.last_day(start) == expected


def test_a_delay_says_itself_and_its_last_day_ends_at_midnight_in_paris():
    assert [str(Delay(1)), str(Delay(10)), str(Delay(15, in_working_days=False))] == [
        "1 jour ouvré",
        "10 jours ouvrés",
        "15 jours calendaires",
    ]
    ends = [clock.paris(end_of(day)).isoformat() for day in (D(2026, 12, 9), D(2027, 3, 27), D(2026, 10, 24))]
    assert ends == ["2026-12-10T00:00:00+01:00", "2027-03-28T00:00:00+01:00", "2026-10-25T00:00:00+02:00"]
