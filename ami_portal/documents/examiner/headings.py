"""Finds the headings of a template in the lines of a file; counts the words under each, and marks what they are."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from typing import Any

NUMBER = re.compile(r"^\s*(?:(?:\d+|[ivxlc]+|[a-z])[.)\-–]\s*)+|^\s*\d+\s+", re.IGNORECASE)
FILLER = re.compile(r"[\s.…·_:]*\d*\s*$")  # the dots and the page of a table of contents, a colon
WORD = re.compile(r"\w{2,}")

Line = tuple[str, str]
"""Where it stands, and its text."""


def plain(text: str) -> str:
    """A heading without its number, its case, its accents: what two people would call the same."""
    letters = unicodedata.normalize("NFKD", NUMBER.sub("", FILLER.sub("", text)))
    kept = "".join(char if char.isalnum() else " " for char in letters if not unicodedata.combining(char))
    return " ".join(kept.casefold().split())


def find(wanted: list[str], lines: Iterable[Line]) -> list[dict[str, Any]]:
    """For each heading: where it stands (« » when it is absent), the words before the next one, and a mark of them.

    A heading may be cited more than once (a table of contents): the occurrence with the most text counts.
    """
    keys = {plain(heading): heading for heading in wanted}
    found: dict[str, tuple[int, str, str]] = {}
    current: str | None = None
    place, words, before = "", 0, ""
    said: list[str] = []
    for where, text in [*lines, ("", "")]:
        key = plain(text)
        two_lines = f"{before} {key}".strip()
        hit = next((one for one in (key, two_lines) if one in keys), None)
        if hit is None and (where or text):
            words += len(WORD.findall(text))
            said.append(key)
        else:
            if current is not None and (current not in found or words > found[current][0]):
                found[current] = (words, place, mark(said))
            current, place, words, said = hit, where, 0, []
        before = key
    best = {key: found.get(key, (0, "", "")) for key in keys}
    return [
        {"heading": keys[key], "place": where, "words": count, "text": text}
        for key, (count, where, text) in best.items()
    ]


def mark(lines: Iterable[str]) -> str:
    """The same for the same words, however they are cut into lines."""
    return hashlib.sha256(" ".join(" ".join(lines).split()).encode()).hexdigest()[:16]
