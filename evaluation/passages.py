"""Passages of texts, and how much two of them say the same (pure).

A long text is cut in passages at the ends of its sentences, the sentences that everybody was given left out. Passages
that share a run of words share a fingerprint, so that only those are compared, word by word. Nothing here decides.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import pairwise

from rapidfuzz.distance import LCSseq

from ami_portal.kernel.text import folded

MAX_TEXT = 60_000
"""Characters of one text that are read; the rest of a longer one is not compared."""
MAX_PASSAGES = 400
"""Passages of one dossier, or of one grant."""
MIN_WORDS, FULL_WORDS, MAX_WORDS = 8, 45, 120
RUN = 4
"""Words in a row that make a fingerprint."""
WINDOW = 5
"""Runs among which one fingerprint is kept: a shared run of RUN + WINDOW - 1 words always shares one."""
BLOCK = 3
"""Fewer alike words in a row are chance."""
ALIKE_WORDS, ALIKE_PERCENT, SHORT_PERCENT = 15, 50, 80

_WORD = re.compile(r"[^\W_]+")
_END = re.compile(r"(?<=[.!?;…])\s+|\n+")


@dataclass(frozen=True)
class Piece:
    """A part of a text as it was typed; `is_alike` when the other one says it too."""

    text: str
    is_alike: bool


@dataclass(frozen=True)
class Likeness:
    """How many words two passages share in runs, and how many percent of the shorter one that is."""

    words: int
    percent: int

    @property
    def is_worth_a_look(self) -> bool:
        """Whether a person should look: many words, or nearly all those of a short passage."""
        if self.words < ALIKE_WORDS:
            return self.words >= MIN_WORDS and self.percent >= SHORT_PERCENT
        return self.percent >= ALIKE_PERCENT


def words_of(text: str) -> list[str]:
    """The words of a text without case or accent."""
    return [folded(found.group()) for found in _WORD.finditer(text)]


def sentences_of(text: str) -> list[str]:
    """The sentences of a text, those of a list included; a very long one is cut."""
    found: list[str] = []
    for sentence in _END.split(text[:MAX_TEXT]):
        found += _cut(sentence.strip()) if sentence.strip() else []
    return found


def _cut(sentence: str) -> list[str]:
    places = [found.end() for found in _WORD.finditer(sentence)]
    if len(places) <= MAX_WORDS:
        return [sentence]
    cuts = [0, *places[MAX_WORDS - 1 : -1 : MAX_WORDS], len(sentence)]
    return [sentence[start:end].strip() for start, end in pairwise(cuts)]


def known_sentences(texts: Collection[str]) -> frozenset[str]:
    """What a call gave to everybody, sentence by sentence, as `passages` compares it."""
    return frozenset(" ".join(words_of(sentence)) for text in texts for sentence in sentences_of(text))


def passages(text: str, given: Collection[str] = frozenset()) -> Iterator[str]:
    """Cut a text in passages of about FULL_WORDS words, whole sentences, those in `given` left out."""
    held: list[str] = []
    count = 0
    for sentence in sentences_of(text):
        said = words_of(sentence)
        if not said or " ".join(said) in given:
            continue
        if held and count + len(said) > MAX_WORDS:
            yield from _worth(held, count)
            held, count = [], 0
        held.append(sentence)
        count += len(said)
        if count >= FULL_WORDS:
            yield from _worth(held, count)
            held, count = [], 0
    yield from _worth(held, count)


def _worth(sentences: Sequence[str], count: int) -> Iterator[str]:
    if count >= MIN_WORDS:
        yield " ".join(sentences)


def fingerprints(text: str) -> frozenset[int]:
    """Marks of the runs of words of a passage, fewer than its words: the smallest of each window (winnowing)."""
    said = words_of(text)
    marks = [_mark(said[place : place + RUN]) for place in range(len(said) - RUN + 1)]
    windows = max(1, len(marks) - WINDOW + 1)
    return frozenset(min(marks[place : place + WINDOW]) for place in range(windows)) if marks else frozenset()


def _mark(run: Sequence[str]) -> int:
    return int.from_bytes(blake2b(" ".join(run).encode(), digest_size=8).digest()) >> 1


def likeness(one: str, other: str) -> Likeness:
    """How alike two passages are: the same whichever comes first."""
    said, heard = words_of(one), words_of(other)
    alike = sum(length for _, _, length in _blocks(said, heard))
    shorter = min(len(said), len(heard))
    return Likeness(alike, 100 * alike // shorter if shorter else 0)


def side_by_side(one: str, other: str) -> tuple[list[Piece], list[Piece]]:
    """Both texts as typed, cut where what they share begins and ends."""
    blocks = _blocks(words_of(one), words_of(other))
    return (
        _pieces(one, [(first, length) for first, _, length in blocks]),
        _pieces(other, [(second, length) for _, second, length in blocks]),
    )


def _blocks(one: Sequence[str], other: Sequence[str]) -> list[tuple[int, int, int]]:
    """The runs of words that both say in the same order: place in the one, place in the other, length."""
    if list(one) > list(other):
        return [(first, second, length) for second, first, length in _blocks(other, one)]
    found = LCSseq.opcodes(list(one), list(other))
    return [
        (op.src_start, op.dest_start, op.src_end - op.src_start)
        for op in found
        if op.tag == "equal" and op.src_end - op.src_start >= BLOCK
    ]


def _pieces(text: str, blocks: Sequence[tuple[int, int]]) -> list[Piece]:
    places = [found.span() for found in _WORD.finditer(text)]
    pieces: list[Piece] = []
    end = 0
    for first, length in blocks:
        start, stop = places[first][0], places[first + length - 1][1]
        pieces += [Piece(text[end:start], False)] if start > end else []
        pieces.append(Piece(text[start:stop], True))
        end = stop
    return pieces + ([Piece(text[end:], False)] if end < len(text) else [])
