"""The legal clock: on which day silence decides, and how a request for completion moves it."""

import datetime as dt

import pytest

from applications.silence import Interval, Silence, silence

D = dt.date
REFUSED, GRANTED = {"months": 2, "outcome": "rejetée"}, {"months": 2, "outcome": "acceptée"}
RECEIVED = D(2026, 11, 2)


@pytest.mark.parametrize(
    ("said", "intervals", "expected"),
    [
        (REFUSED, [], Silence("rejetée", D(2027, 1, 2))),
        (REFUSED, [Interval(D(2026, 11, 25), D(2026, 12, 9))], Silence("rejetée", D(2027, 1, 16), 14)),
        (REFUSED, [Interval(D(2026, 11, 25), D(2026, 11, 26), is_answered=True)], Silence("rejetée", D(2027, 1, 3), 1)),
        (REFUSED, [Interval(D(2026, 11, 25), D(2026, 11, 25), is_withdrawn=True)], Silence("rejetée", D(2027, 1, 2))),
        (
            REFUSED,  # the second is made within the time that the first gave back
            [Interval(D(2026, 12, 30), D(2027, 1, 9)), Interval(D(2027, 1, 11), D(2027, 1, 21))],
            Silence("rejetée", D(2027, 1, 22), 20),
        ),
        (REFUSED, [Interval(D(2027, 1, 3), D(2027, 1, 17))], Silence("rejetée", D(2027, 1, 2))),
        (GRANTED, [Interval(D(2026, 11, 25), D(2026, 12, 9))], Silence("acceptée", None)),
        (GRANTED, [Interval(D(2026, 11, 25), D(2026, 12, 1), is_answered=True)], Silence("acceptée", D(2027, 2, 1))),
        (GRANTED, [Interval(D(2026, 11, 25), D(2026, 12, 1), is_withdrawn=True)], Silence("acceptée", D(2027, 1, 2))),
    ],
)
def test_silence_decides_on_a_day_that_requests_move(said, intervals, expected):
    assert silence(said, RECEIVED, intervals) == expected
