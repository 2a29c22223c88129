"""Figures of a jury drawn as SVG by the portal (pure): intervals of ranks, spreads of scores, marks, leanings.

Drawn as `charts` are: widths are shares of the figure, heights and letters fixed; shape tells what colour tells; each
line has its words, and a table beside says the same.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from .charts import BAR, BLUE, GREY, LINE, PALE, RED, figure, rect, share, words

FOOT = 24
MIDDLE = 24 + BAR // 2
TICK = (
    '<line x1="{0}%" x2="{0}%" y1="20" y2="{1}" stroke="{2}" stroke-dasharray="2 3"></line>'
    '<text x="{0}%" y="{3}" font-size="12" fill="currentColor" text-anchor="{4}">{5}</text>'
)


@dataclass(frozen=True)
class Interval:
    """A rank within its plausible ones: `first` to `last`, `at` in this order, `other` in the other order."""

    label: str
    said: str
    first: int
    last: int
    at: int
    other: int


@dataclass(frozen=True)
class Spread:
    """What several people gave to one thing, and their mean, on a scale from 0 to 100."""

    label: str
    said: str
    points: tuple[Decimal, ...]
    mean: Decimal


@dataclass(frozen=True)
class Marks:
    """The marks of one thing, one for each column; None where there is none."""

    label: str
    said: str
    marks: tuple[Decimal | None, ...]


@dataclass(frozen=True)
class Leaning:
    """How far below (severe) or above zero (lenient) something is."""

    label: str
    said: str
    value: Decimal


def intervals(lines: Sequence[Interval], size: int, cut: Decimal | None = None) -> SafeString:
    """Ranks from 1 to `size`, the best on the left: a bar for the plausible ones, a disc and a square for both orders.

    `cut` is where the line of the budget falls, between two ranks.
    """
    height = len(lines) * LINE + FOOT
    drawn = [_axis(((Decimal(1), "1er"), (Decimal(size), f"{size}e")), size, height)] if size > 1 else []
    if cut is not None:
        drawn.append(_rule(_of_rank(cut, size), height))
    drawn += [_interval(line, size, rank * LINE) for rank, line in enumerate(lines)]
    return figure("charts-intervals", height, _joined(drawn))


def _interval(line: Interval, size: int, top: int) -> SafeString:
    start, end = (
        _of_rank(Decimal(line.first) - Decimal("0.4"), size),
        _of_rank(Decimal(line.last) + Decimal("0.4"), size),
    )
    bar = rect(f"{start:.2f}", f"{end - start:.2f}", top + 24, PALE)
    square = _square(_of_rank(Decimal(line.other), size), top + MIDDLE)
    return _joined(
        [words(line.label, line.said, top), bar, square, _disc(_of_rank(Decimal(line.at), size), top + MIDDLE)]
    )


def _of_rank(rank: Decimal, size: int) -> Decimal:
    """Where a rank is, in percent of the width: half a rank is left on both sides."""
    return (rank - Decimal("0.5")) * 100 / size


def spreads(lines: Sequence[Spread]) -> SafeString:
    """Scores out of 100: a disc for each person, a line for their mean."""
    height = len(lines) * LINE + FOOT
    drawn = [_axis(tuple((Decimal(at), str(at)) for at in (0, 50, 100)), 0, height)]
    for rank, line in enumerate(lines):
        top = rank * LINE
        drawn += [words(line.label, line.said, top), rect("0", "100", top + 24, PALE)]
        drawn += [_disc(point, top + MIDDLE) for point in line.points]
        mean = '<line x1="{0}%" x2="{0}%" y1="{1}" y2="{2}" stroke="{3}" stroke-width="3"></line>'
        drawn.append(format_html(mean, f"{line.mean:.2f}", top + 20, top + 28 + BAR, RED))
    return figure("charts-spreads", height, _joined(drawn))


def marks(lines: Sequence[Marks], lowest: int, highest: int) -> SafeString:
    """A column for each heading, numbered from 1: a bar as long as the mark, and the mark itself."""
    columns = max((len(line.marks) for line in lines), default=0)
    drawn = []
    for rank, line in enumerate(lines):
        top = rank * (LINE + 14)
        drawn.append(words(line.label, line.said, top))
        drawn += [
            _mark(mark, place, columns, (lowest, highest), top) for place, mark in enumerate(line.marks)
        ]  # fmt: skip
    return figure("charts-marks", len(lines) * (LINE + 14), _joined(drawn))


def _mark(mark: Decimal | None, place: int, columns: int, scale: tuple[int, int], top: int) -> SafeString:
    wide = Decimal(92) / columns
    x = Decimal(100) * place / columns
    room = rect(f"{x:.2f}", f"{wide:.2f}", top + 24, PALE)
    said = format_html(
        '<text x="{}%" y="{}" font-size="12" fill="currentColor">{}. {}</text>',
        f"{x:.2f}", top + 28 + BAR + 10, place + 1, "—" if mark is None else f"{mark:.1f}".replace(".", ","),
    )  # fmt: skip
    if mark is None:
        return room + said
    length = wide * Decimal(share(mark - scale[0], Decimal(scale[1] - scale[0]))) / 100
    return room + rect(f"{x:.2f}", f"{length:.2f}", top + 24, BLUE) + said


def leanings(lines: Sequence[Leaning]) -> SafeString:
    """Bars on both sides of zero, severe on the left, where they are hatched; the same scale on both sides."""
    longest = max([abs(line.value) for line in lines] + [Decimal(1)])
    height = len(lines) * LINE
    zero = '<line x1="50%" x2="50%" y1="{}" y2="{}" stroke="currentColor"></line>'
    drawn = []
    for rank, line in enumerate(lines):
        top = rank * LINE
        length = Decimal(share(abs(line.value), longest)) / 2
        start = Decimal(50) - (length if line.value < 0 else 0)
        place = f"{start:.2f}", f"{length:.2f}", top + 24
        drawn += [words(line.label, line.said, top), rect(*place, RED if line.value < 0 else BLUE)]
        drawn += [rect(*place, "url(#charts-over)")] if line.value < 0 else []
        drawn.append(format_html(zero, top + 20, top + 28 + BAR))
    return figure("charts-leanings", height, _joined(drawn))


def _axis(ticks: Iterable[tuple[Decimal, str]], size: int, height: int) -> SafeString:
    """Marks under the lines; of ranks when `size` says how many there are, of points otherwise."""
    drawn = []
    for at, label in ticks:
        x = _of_rank(at, size) if size else at
        anchor = "start" if x < 10 else "end" if x > 90 else "middle"
        said = (f"{x:.2f}", height - 18, GREY, height - 4, anchor, label)
        drawn.append(format_html(TICK, *said))
    return _joined(drawn)


def _rule(x: Decimal, height: int) -> SafeString:
    line = '<line x1="{0}%" x2="{0}%" y1="0" y2="{1}" stroke="{2}" stroke-width="2" stroke-dasharray="6 3"></line>'
    return format_html(line, f"{x:.2f}", height - 18, RED)


def _disc(x: Decimal, y: int) -> SafeString:
    return format_html('<circle cx="{}%" cy="{}" r="6" fill="{}"></circle>', f"{x:.2f}", y, BLUE)


def _square(x: Decimal, y: int) -> SafeString:
    """An empty square around a place: an inner drawing, since a rectangle has its corner where a place is said."""
    return format_html(
        '<svg x="{}%" y="{}" overflow="visible">'
        '<rect x="-8" y="-8" width="16" height="16" fill="none" stroke="{}" stroke-width="2"></rect></svg>',
        f"{x:.2f}", y, RED,
    )  # fmt: skip


def _joined(parts: Iterable[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))
