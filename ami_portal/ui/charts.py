"""Figures drawn as SVG by the portal (pure): bars with a cap, spans on a line of time.

Widths are shares of the figure, heights and letters are fixed: the same drawing reads on a phone, on a screen and in
print. Nothing is told by colour alone: what is over a cap is hatched and ends with a mark, and each bar has its words.
Colours are those of the design system, told apart by colour-blind eyes and in grey. Each figure stands beside a table
that says the same; a screen reader is given the table.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

BLUE, PALE, RED, GREY = "#000091", "#e3e3fd", "#ce0500", "#929292"
LINE, BAR = 46, 14
MARGIN = 4
LETTERS = 28
FONTS = "Marianne, Liberation Sans, sans-serif"
"""Characters of a label before it is cut: the table beside has it whole."""


@dataclass(frozen=True)
class Bar:
    """One bar: its words on the left and on the right, its length, and the length that it should not pass."""

    label: str
    said: str
    length: Decimal
    cap: Decimal | None = None


@dataclass(frozen=True)
class Span:
    """Something that lasts from `start` to `end`, both included, in units of the axis."""

    label: str
    said: str
    start: int
    end: int


@dataclass(frozen=True)
class Tick:
    """A mark of the axis."""

    at: int
    label: str


def bars(lines: Sequence[Bar]) -> SafeString:
    """Horizontal bars on one scale, from zero. A cap is a black line; what passes it is red and hatched."""
    longest = max([line.length for line in lines] + [line.cap or Decimal(0) for line in lines] + [Decimal(1)])
    drawn = [_bar(line, longest, rank * LINE) for rank, line in enumerate(lines)]
    return figure("charts-bars", len(lines) * LINE, format_html_join("", "{}", ((one,) for one in drawn)))


def _bar(line: Bar, longest: Decimal, top: int) -> SafeString:
    y = top + 24
    within = line.length if line.cap is None else min(line.length, line.cap)
    over = line.length - within
    parts = [
        words(line.label, line.said, top),
        rect("0", "100", y, PALE),
        rect("0", share(within, longest), y, BLUE),
    ]
    if over:
        place = share(within, longest), share(over, longest)
        parts += [rect(*place, y, RED), rect(*place, y, "url(#charts-over)")]
    if line.cap is not None:
        x = share(line.cap, longest)
        mark = '<line x1="{0}%" x2="{0}%" y1="{1}" y2="{2}" stroke="currentColor" stroke-width="2"></line>'
        parts.append(format_html(mark, x, y - 4, y + BAR + 4))
    return format_html_join("", "{}", ((part,) for part in parts))


def gantt(lines: Sequence[Span], ticks: Sequence[Tick]) -> SafeString:
    """Spans on one line of time, from the first start to the last end."""
    first = min([line.start for line in lines] + [tick.at for tick in ticks])
    whole = max([line.end for line in lines] + [tick.at - 1 for tick in ticks]) + 1 - first
    height = len(lines) * LINE + 24
    axis = [_tick(tick, Decimal(tick.at - first), Decimal(whole), height) for tick in ticks]
    drawn = [_span(line, first, whole, rank * LINE) for rank, line in enumerate(lines)]
    return figure("charts-gantt", height, format_html_join("", "{}", ((one,) for one in axis + drawn)))


def _span(line: Span, first: int, whole: int, top: int) -> SafeString:
    x = share(Decimal(line.start - first), Decimal(whole))
    width = share(Decimal(max(line.end - line.start + 1, 1)), Decimal(whole))
    said, bar = words(line.label, line.said, top), rect(x, width, top + 24, BLUE)
    return format_html("{}{}{}", said, rect("0", "100", top + 24, PALE), bar)


def _tick(tick: Tick, at: Decimal, whole: Decimal, height: int) -> SafeString:
    x = share(at, whole)
    anchor = "start" if at * 10 < whole else "end" if at * 10 > whole * 9 else "middle"
    return format_html(
        '<line x1="{0}%" x2="{0}%" y1="{1}" y2="{2}" stroke="{3}" stroke-dasharray="2 3"></line>'
        '<text x="{0}%" y="{4}" font-size="12" fill="currentColor" text-anchor="{5}">{6}</text>',
        x, 20, height - 18, GREY, height - 4, anchor, tick.label,
    )  # fmt: skip


def words(label: str, said: str, top: int) -> SafeString:
    """The words of a line: what it is on the left, what it says on the right."""
    short = label if len(label) <= LETTERS else label[: LETTERS - 1].rstrip() + "…"
    return format_html(
        '<text x="0" y="{0}" font-size="13" fill="currentColor">{1}</text>'
        '<text x="100%" y="{0}" font-size="13" fill="currentColor" text-anchor="end">{2}</text>',
        top + 18, short, said,
    )  # fmt: skip


def rect(x: str, width: str, y: int, fill: str) -> SafeString:
    """A bar from `x`, both in percent of the width."""
    return format_html('<rect x="{}%" y="{}" width="{}%" height="{}" fill="{}"></rect>', x, y, width, BAR, fill)


def share(part: Decimal, whole: Decimal) -> str:
    """A percentage of the width, with a dot: this is for a browser."""
    return f"{part * 100 / whole:.2f}" if whole else "0"


HATCH = (
    '<defs><pattern id="charts-over" width="6" height="6" patternUnits="userSpaceOnUse">'
    '<path d="M0 6L6 0" stroke="#ffffff" stroke-width="1.5"></path></pattern></defs>'
)


def figure(name: str, height: int, content: SafeString) -> SafeString:
    """The whole drawing; a screen reader passes over it, and is given the table beside."""
    return format_html(
        '<svg class="charts {}" width="100%" height="{}" font-family="{}" aria-hidden="true" focusable="false">'
        "{}{}</svg>",
        name, height + MARGIN, FONTS, SafeString(HATCH), content,
    )  # fmt: skip
