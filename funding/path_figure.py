"""The regulatory path against the months of the convention, as bars to draw (pure)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from .regulatory import Standing, Step

ROW, HEAD, BAR = 24, 38, 14  # pixels: a row, the room above the first, the height of a bar
LEFT = 6.0  # percent: the room of the numbers
LEAST = 0.8  # percent: a step of one day is still seen


@dataclass(frozen=True)
class Bar:
    """A step: its number, where it stands in percent of the width, its row in pixels, and how it is drawn."""

    number: int
    x: str
    width: str
    y: int
    text_y: int
    kind: str


@dataclass(frozen=True)
class Figure:
    """A figure of 100 % by `height` pixels. Places are texts, since a template would write numbers the French way."""

    height: int
    bars: tuple[Bar, ...]
    today_x: str
    today_anchor: str
    limit_x: str
    limit_anchor: str


def draw(steps: Sequence[Step], *, since: dt.date, limit: dt.date | None, today: dt.date) -> Figure | None:
    """The bars of a path from the day `since` on, with today and the end of the convention; None without a step."""
    days = [day for step in steps for day in (step.begins_on, step.expected_on)]
    if not days:
        return None
    first = min([since, *days])
    last = max([today, *days, *([limit] if limit else [])])
    span = max((last - first).days, 1)

    def at(day: dt.date) -> float:
        return LEFT + (100 - LEFT) * (day - first).days / span

    bars = tuple(_bar(step, rank, at(step.begins_on), at(step.expected_on)) for rank, step in enumerate(steps))
    return Figure(
        HEAD + ROW * len(steps) + 10,
        bars,
        _percent(at(today)),
        _anchor(at(today)),
        _percent(at(limit)) if limit else "",
        _anchor(at(limit)) if limit else "",
    )


def _bar(step: Step, rank: int, start: float, end: float) -> Bar:
    """The bar of a step, its number at the left of its row."""
    x, y = min(start, 100 - LEAST), HEAD + ROW * rank
    return Bar(rank + 1, _percent(x), _percent(max(end - start, LEAST)), y, y + BAR, _kind(step.standing))


def _kind(standing: str) -> str:
    if standing == Standing.DONE:
        return "done"
    if standing in (Standing.LATE, Standing.SILENT, Standing.STOPPED):
        return "late"
    return "planned" if standing in (Standing.WAITING, Standing.READY) else "running"


def _anchor(place: float) -> str:
    return "start" if place < 12 else "end" if place > 88 else "middle"


def _percent(value: float) -> str:
    return f"{value:.2f}%"
