"""The pages of a PDF, measured: where ink begins on each side, how many characters of each size, its lines of text.

Margins are of the ink of the text, in millimetres, running heads and feet apart: lines at the top or the bottom of a
page, a blank away from the rest, that come back on another page (their digits apart). Pictures and rules have none.
"""

import ctypes
import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pypdfium2
from pypdfium2 import raw

from .headings import find
from .sizes import Sizes

MAX_CHARACTERS = 1_000_000
MM = 25.4 / 72
HEAD_LINES = 3
BARE_NUMBER = re.compile(r"^\W*(?:page\s*)?#\W*(?:(?:sur|of|de)?\W*#\W*)?$", re.IGNORECASE)
DIGITS = re.compile(r"\d+")


@dataclass
class Line:
    """A line of text: what it says, the box of its ink, its characters by size."""

    text: str = ""
    left: float = 1e9
    bottom: float = 1e9
    right: float = -1e9
    top: float = -1e9
    sizes: Counter[float] = field(default_factory=Counter)

    @property
    def key(self) -> tuple[str, int]:
        """The same for a running head of two pages: its words, its height to a few millimetres."""
        return DIGITS.sub("#", " ".join(self.text.split())), round(self.bottom / 8)


@dataclass
class Page:
    """One page: its box, how it is turned, its lines from top to bottom as they are drawn."""

    box: tuple[float, float, float, float]
    rotation: int
    lines: list[Line]
    has_other: bool


def measure(document: pypdfium2.PdfDocument, wanted: list[str]) -> dict[str, Any]:
    """`layout` of each page, `headings` found, and how many pages were measured before the limit of characters."""
    pages: list[Page] = []
    left = MAX_CHARACTERS
    for index in range(len(document)):
        page = _page(document[index])
        left -= sum(len(line.text) for line in page.lines)
        if left < 0:
            break
        pages.append(page)
    running = Counter(key for page in pages for key in {line.key for line in page.lines})
    bodies = [_body(page, running) for page in pages]
    lines = [(f"page {number}", line.text) for number, body in enumerate(bodies, start=1) for line in body]
    return {
        "measured": len(pages),
        "layout": [_layout(number, *both) for number, both in enumerate(zip(pages, bodies, strict=True), start=1)],
        "headings": find(wanted, lines),
    }


def _page(page: pypdfium2.PdfPage) -> Page:
    text = page.get_textpage()
    box = page.get_cropbox()
    lines = [line for line in _lines(text.raw, box) if line.sizes]
    drawn = raw.FPDFPage_CountObjects(page.raw) > 0
    found = Page(box, page.get_rotation(), lines, drawn)
    text.close()
    page.close()
    return found


def _lines(text: Any, box: tuple[float, float, float, float]) -> list[Line]:
    """Characters one by one, in the order of the file; pdfium marks the ends of lines."""
    matrix = raw.FS_MATRIX()
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    lines, line = [], Line()
    for index in range(min(raw.FPDFText_CountChars(text), MAX_CHARACTERS)):
        char = chr(raw.FPDFText_GetUnicode(text, index) or 32)
        if char in "\r\n":
            lines.append(line)
            line = Line()
            continue
        line.text += char
        if char.isspace() or not raw.FPDFText_GetCharBox(text, index, left, right, bottom, top):
            continue
        if right.value < box[0] or left.value > box[2] or top.value < box[1] or bottom.value > box[3]:
            continue  # off the page
        raw.FPDFText_GetMatrix(text, index, matrix)
        scale = (matrix.c**2 + matrix.d**2) ** 0.5
        line.sizes[round(raw.FPDFText_GetFontSize(text, index) * scale, 1)] += 1
        line.left, line.right = min(line.left, left.value), max(line.right, right.value)
        line.bottom, line.top = min(line.bottom, bottom.value), max(line.top, top.value)
    return [*lines, line]


def _body(page: Page, running: Counter[tuple[str, int]]) -> list[Line]:
    """The lines of a page without its running head and foot."""
    sizes: Counter[float] = sum((line.sizes for line in page.lines), Counter())
    usual = max(sizes, key=lambda size: sizes[size], default=0.0)
    falling = sorted(page.lines, key=lambda line: -line.top)
    blocks = [block for block in (_block(falling), _block(falling[::-1])) if _is_running(block, running, usual)]
    away = {id(line) for block in blocks for line in block}
    return [line for line in page.lines if id(line) not in away]


def _block(lines: list[Line]) -> list[Line]:
    """The first lines from one end, up to a blank of at least the height of a line; none when they go on too long."""
    for number, (line, following) in enumerate(pairwise(lines), start=1):
        blank = max(line.bottom - following.top, following.bottom - line.top)
        if blank > max(*line.sizes, *following.sizes):
            return lines[:number]
        if number == HEAD_LINES:
            return []
    return lines if len(lines) <= HEAD_LINES else []


def _is_running(block: list[Line], running: Counter[tuple[str, int]], usual: float) -> bool:
    """A title that comes back (« Annexe 1 », « Annexe 2 ») is larger than the text; a running head is not."""
    return all(max(line.sizes) <= usual and (running[line.key] > 1 or BARE_NUMBER.match(line.key[0])) for line in block)


def _layout(number: int, page: Page, body: list[Line]) -> dict[str, Any]:
    sizes = Sizes()
    for line in body:
        for size, count in line.sizes.items():
            sizes.add(size, count, line.text)
    return {
        "place": f"page {number}",
        "margins": _margins(page, body),
        "sizes": sizes.listed(),
        "is_picture": page.has_other and not page.lines,
    }


def _margins(page: Page, body: list[Line]) -> list[float] | None:
    """Left, top, right and bottom, as the page is read; None for a page without text."""
    if not body:
        return None
    x0, y0, x1, y1 = page.box
    left, right = min(line.left for line in body) - x0, x1 - max(line.right for line in body)
    bottom, top = min(line.bottom for line in body) - y0, y1 - max(line.top for line in body)
    sides = [left, top, right, bottom]
    turned = page.rotation // 90 % 4  # clockwise: what was at the left is read at the top
    return [round(side * MM, 1) for side in sides[-turned:] + sides[:-turned]]
