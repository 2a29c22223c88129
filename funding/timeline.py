"""The months of a convention as a line to draw (pure): where each mark stands, in which phase each payment is."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import TextChoices

LEFT, WIDTH = 7.0, 86.0  # the line's place in the figure, in percent of its width
NEAR = 8.0  # marks closer than this (in percent) stand one above the other
LANE = 34  # height of a row of marks, in pixels
MAX_TICKS = 5
CROWDED = 0.3  # a month this soon after the end (in parts of the line) leaves the end its room on a narrow screen


class Phase(TextChoices):
    """What a laureate is told of a payment."""

    PAID = "paid", "Payé"
    LATE = "late", "En retard"
    DUE = "due", "Prochaine échéance"
    PLANNED = "planned", "Prévu"
    DROPPED = "dropped", "Sans suite"


def phase(*, is_paid: bool, is_next: bool, due_on: dt.date | None, today: dt.date) -> Phase:
    """The phase of a payment: late from the day after its due day on; `is_next` is the first that is not paid."""
    if is_paid:
        return Phase.PAID
    if due_on is not None and due_on < today:
        return Phase.LATE
    return Phase.DUE if is_next and due_on is not None else Phase.PLANNED


@dataclass(frozen=True)
class Mark:
    """A payment on the line: its number, its place, its phase, the row it stands on (0 is the nearest to the line)."""

    number: int
    x: str
    y: int
    text_y: int
    phase: Phase


@dataclass(frozen=True)
class Tick:
    """A month under the line; `is_minor` ones give way on a narrow screen."""

    x: str
    label: str
    anchor: str
    is_minor: bool


@dataclass(frozen=True)
class Timeline:
    """A figure of 100 % by `height` pixels. Places are texts, since a template would write numbers the French way."""

    height: int
    line_y: int
    tick_y: int
    left: str
    width: str
    ticks: list[Tick]
    marks: list[Mark]
    done_width: str
    today_x: str
    today_anchor: str


def draw(
    payments: Sequence[tuple[int, int, Phase]],
    *,
    months: int,
    signed_on: dt.date | None,
    ends_on: dt.date | None,
    today: dt.date,
) -> Timeline:
    """The line of `months` months with `payments` as (number, months after the signature, phase).

    Without a signature there is no day: nothing is done and today is not shown.
    """
    horizon = max([months, *(after for _, after, _ in payments)])
    lanes = _lanes([_at(after / horizon) for _, after, _ in payments])
    line_y = 70 + LANE * max(lanes, default=0)
    done = _elapsed(signed_on, ends_on, today) * months / horizon
    shows_today = signed_on is not None and ends_on is not None and signed_on <= today <= ends_on
    marks = [
        Mark(number, _percent(_at(after / horizon)), y, y + 5, state)
        for (number, after, state), lane in zip(payments, lanes, strict=True)
        for y in [line_y - 28 - LANE * lane]
    ]
    return Timeline(
        height=line_y + 44,
        line_y=line_y,
        tick_y=line_y + 32,
        left=_percent(LEFT),
        width=_percent(WIDTH),
        ticks=[_tick(month, horizon, months, rank) for rank, month in enumerate(_tick_months(horizon, months))],
        marks=marks,
        done_width=_percent(WIDTH * done),
        today_x=_percent(_at(done)) if shows_today else "",
        today_anchor=_anchor(done),
    )


def _elapsed(signed_on: dt.date | None, ends_on: dt.date | None, today: dt.date) -> float:
    """The part of the convention that is behind us, 0 to 1."""
    if signed_on is None or ends_on is None:
        return 0.0
    return min(1.0, max(0.0, (today - signed_on).days / max(1, (ends_on - signed_on).days)))


def _lanes(places: Sequence[float]) -> list[int]:
    """The row of each mark: the lowest where nothing stands near."""
    lanes: list[int] = []
    for index, place in enumerate(places):
        taken = {lanes[other] for other in range(index) if abs(places[other] - place) < NEAR}
        lanes.append(next(lane for lane in range(index + 1) if lane not in taken))
    return lanes


def _tick_months(horizon: int, months: int) -> list[int]:
    """The signature, the end, and regular months between them that leave room for their words."""
    step = next(step for step in (1, 2, 3, 6, 12, 24, 60, horizon + 1) if horizon / step < MAX_TICKS)
    regular = {month for month in range(0, horizon + 1, step) if abs(month - months) >= step}
    return sorted({0, months} | regular)


def _tick(month: int, horizon: int, months: int, rank: int) -> Tick:
    label = "Signature" if month == 0 else f"{month} mois"
    if month == months:
        label = f"Fin : {months} mois"
    is_odd = rank % 2 == 1 and month not in (months, horizon)
    is_minor = is_odd or months < month < months + horizon * CROWDED
    return Tick(_percent(_at(month / horizon)), label, _anchor(month / horizon), is_minor)


def _anchor(fraction: float) -> str:
    return "start" if fraction < 0.1 else "end" if fraction > 0.9 else "middle"


def _at(fraction: float) -> float:
    return LEFT + WIDTH * fraction


def _percent(value: float) -> str:
    return f"{value:.2f}%"
