"""The line of the months: where marks stand, what each payment is called."""

import datetime as dt

import pytest

from funding import timeline
from funding.timeline import Mark, Phase, Tick

SIGNED, ENDS = dt.date(2026, 1, 1), dt.date(2028, 1, 1)


@pytest.mark.parametrize(
    ("is_paid", "is_next", "days", "expected"),
    [
        (True, False, -10, Phase.PAID),
        (False, True, -1, Phase.LATE),
        (False, False, -1, Phase.LATE),
        (False, True, 0, Phase.DUE),
        (False, True, 10, Phase.DUE),
        (False, False, 10, Phase.PLANNED),
        (False, True, None, Phase.PLANNED),
    ],
)
def test_phase(is_paid, is_next, days, expected):
    due_on = None if days is None else SIGNED + dt.timedelta(days=days)
    assert timeline.phase(is_paid=is_paid, is_next=is_next, due_on=due_on, today=SIGNED) == expected


def test_the_call_s_own_line_halfway():
    payments = [(1, 0, Phase.PAID), (2, 12, Phase.DUE), (3, 24, Phase.PLANNED)]
    line = timeline.draw(payments, months=24, signed_on=SIGNED, ends_on=ENDS, today=dt.date(2027, 1, 1))
    assert line.marks == [
        Mark(1, "7.00%", 42, 47, Phase.PAID),
        Mark(2, "50.00%", 42, 47, Phase.DUE),
        Mark(3, "93.00%", 42, 47, Phase.PLANNED),
    ]
    assert line.ticks == [
        Tick("7.00%", "Signature", "start", False),
        Tick("28.50%", "6 mois", "middle", True),
        Tick("50.00%", "12 mois", "middle", False),
        Tick("71.50%", "18 mois", "middle", True),
        Tick("93.00%", "Fin : 24 mois", "end", False),
    ]
    assert (line.today_x, line.done_width, line.height) == ("50.00%", "43.00%", 114)


def test_payments_that_fall_together_stand_one_above_the_other():
    payments = [(number, 0, Phase.PLANNED) for number in (1, 2, 3)] + [(4, 24, Phase.PLANNED)]
    line = timeline.draw(payments, months=24, signed_on=SIGNED, ends_on=ENDS, today=SIGNED)
    assert [mark.y for mark in line.marks] == [110, 76, 42, 110]


@pytest.mark.parametrize("today", [SIGNED - dt.timedelta(days=1), ENDS + dt.timedelta(days=1)])
def test_today_is_shown_only_within_the_convention(today):
    line = timeline.draw([(1, 0, Phase.LATE)], months=24, signed_on=SIGNED, ends_on=ENDS, today=today)
    assert line.today_x == ""


def test_before_the_signature_nothing_is_done():
    line = timeline.draw([(1, 0, Phase.PLANNED)], months=18, signed_on=None, ends_on=None, today=SIGNED)
    assert (line.today_x, line.done_width) == ("", "0.00%")


def test_a_payment_due_after_the_end_lengthens_the_line():
    payments = [(1, 0, Phase.PLANNED), (2, 24, Phase.PLANNED)]
    line = timeline.draw(payments, months=12, signed_on=SIGNED, ends_on=dt.date(2027, 1, 1), today=dt.date(2027, 1, 1))
    assert [mark.x for mark in line.marks] == ["7.00%", "93.00%"]
    assert (line.today_x, [tick.label for tick in line.ticks]) == (
        "50.00%",
        ["Signature", "6 mois", "Fin : 12 mois", "18 mois", "24 mois"],
    )


@pytest.mark.parametrize("months", [1, 2, 7, 11, 36, 60, 120])
def test_ticks_are_few_and_within_the_line(months):
    line = timeline.draw([(1, 0, Phase.PLANNED)], months=months, signed_on=None, ends_on=None, today=SIGNED)
    places = [float(tick.x.rstrip("%")) for tick in line.ticks]
    assert 2 <= len(places) <= timeline.MAX_TICKS + 1
    assert (places[0], places[-1], places) == (7.0, 93.0, sorted(places))


def test_a_month_soon_after_the_end_leaves_it_its_room_on_a_telephone():
    line = timeline.draw([(1, 24, Phase.PLANNED)], months=18, signed_on=None, ends_on=None, today=dt.date(2026, 1, 1))
    assert [(tick.label, tick.is_minor) for tick in line.ticks][-2:] == [("Fin : 18 mois", False), ("24 mois", True)]
