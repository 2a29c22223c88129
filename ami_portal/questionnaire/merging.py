"""Two texts made from one (pure): changes of different words are put together, the same words changed twice clash.

A text is words and the white space between them. What each side changed is a list of hunks over the words of the text
that both started from. Hunks with at least one unchanged word between them do not meet; hunks that meet are one change
when they are identical, and a clash otherwise: nobody's words are guessed, none is dropped.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

_TOKENS = re.compile(r"\s+|\S+")
_MOST_WORK = 30_000_000
"""About a third of a second, spent only by a text of a few words repeated without end (see `_work`)."""


class Hunk(NamedTuple):
    """The tokens `start` to `end` of a text, replaced by others: none is a removal, an empty range an insertion."""

    start: int
    end: int
    text: tuple[str, ...]


class Span(NamedTuple):
    """A run of a comparison: `kind` is « same », « removed » or « added »."""

    kind: str
    text: str


def merge(base: str, one: str, other: str) -> str | None:
    """The text that holds what `one` and `other` each changed in `base`; None when they clash.

    Everything that a side wrote is in the result, everything that a side removed is gone, and the order of the sides
    does not matter.
    """
    if one == other or other == base:
        return one
    if one == base:
        return other
    tokens = _TOKENS.findall(base)
    together = _together(tokens, hunks(tokens, _TOKENS.findall(one)), hunks(tokens, _TOKENS.findall(other)))
    return None if together is None else "".join(_applied(tokens, together))


def _together(tokens: Sequence[str], one: list[Hunk], other: list[Hunk]) -> list[Hunk] | None:
    """Both lists in the order of the text; None when two hunks meet that are not the same."""
    found: list[Hunk] = []
    for hunk in sorted([*one, *other]):
        if not found or _has_word(tokens[found[-1].end : hunk.start]):
            found.append(hunk)
        elif hunk != found[-1]:
            return None
    return found


def _applied(tokens: Sequence[str], changes: list[Hunk]) -> Iterator[str]:
    at = 0
    for hunk in changes:
        yield from tokens[at : hunk.start]
        yield from hunk.text
        at = hunk.end
    yield from tokens[at:]


def hunks(before: Sequence[str], after: Sequence[str]) -> list[Hunk]:
    """What turns `before` into `after`, in order; any two hunks have an unchanged word between them."""
    found: list[Hunk] = []
    for hunk in _raw_hunks(before, after):
        if found and not _has_word(gap := before[found[-1].end : hunk.start]):
            last = found.pop()
            hunk = Hunk(last.start, hunk.end, (*last.text, *gap, *hunk.text))
        found.append(hunk)
    return found


def _raw_hunks(before: Sequence[str], after: Sequence[str]) -> Iterator[Hunk]:
    """What differs between the words that both hold once, in the same order; each gap is compared in detail.

    A gap whose comparison would exceed what is left of the work is one hunk: coarser, never wrong.
    """
    start = _common(before, after)
    stop = _common(before[start:][::-1], after[start:][::-1])
    ends = (len(before) - stop, len(after) - stop)
    left = _MOST_WORK
    i = j = start
    for anchor_i, anchor_j in [*_anchors(before, after, start, ends), ends]:
        old, new = before[i:anchor_i], after[j:anchor_j]
        work = _work(old, new)
        if work <= left:
            left -= work
            matcher = SequenceMatcher(str.isspace, old, new, autojunk=False)
            for kind, i1, i2, j1, j2 in matcher.get_opcodes():
                if kind != "equal":
                    yield Hunk(i + i1, i + i2, tuple(new[j1:j2]))
        elif old != new:
            yield Hunk(i, anchor_i, tuple(new))
        i, j = anchor_i, anchor_j


def _anchors(before: Sequence[str], after: Sequence[str], start: int, ends: tuple[int, int]) -> list[tuple[int, int]]:
    """The longest run of words that stand once in both middles, in the same order: their places in each."""
    old, new = before[start : ends[0]], after[start : ends[1]]
    counts, others = Counter(old), Counter(new)
    places = {token: place for place, token in enumerate(new, start) if others[token] == 1 and not token.isspace()}
    pairs = [(i, places[token]) for i, token in enumerate(old, start) if counts[token] == 1 and token in places]
    tops: list[int] = []  # the least last place of a run of each length
    runs: list[int] = []  # the pair that ends it
    previous: list[int] = []
    for number, (_, place) in enumerate(pairs):
        length = bisect_left(tops, place)
        tops[length : length + 1] = [place]
        runs[length : length + 1] = [number]
        previous.append(runs[length - 1] if length else -1)
    found, number = [], runs[-1] if runs else -1
    while number >= 0:
        found.append(pairs[number])
        number = previous[number]
    return found[::-1]


def differences(before: str, after: str) -> list[Span]:
    """What differs from `before` to `after`, as runs to show one after the other."""
    tokens = _TOKENS.findall(before)
    spans, at = [], 0
    for hunk in hunks(tokens, _TOKENS.findall(after)):
        spans.append(Span("same", "".join(tokens[at : hunk.start])))
        spans.append(Span("removed", "".join(tokens[hunk.start : hunk.end])))
        spans.append(Span("added", "".join(hunk.text)))
        at = hunk.end
    spans.append(Span("same", "".join(tokens[at:])))
    return [span for span in spans if span.text]


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many tokens two sequences share from their start."""
    return next(
        (index for index, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]),
        min(len(one), len(other)),
    )


def _work(old: Sequence[str], new: Sequence[str]) -> int:
    """What a detailed comparison may cost: pairs of equal words, times how often they may be looked at again."""
    counts = Counter(old)
    pairs = sum(number * counts[token] for token, number in Counter(new).items() if not token.isspace())
    return pairs * (len(old) + len(new))


def _has_word(tokens: Sequence[str]) -> bool:
    return any(not token.isspace() for token in tokens)
