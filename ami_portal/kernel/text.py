"""Hostile text made harmless without changing what a person sees: control and bidirectional marks, canonical JSON."""

import hashlib
import json
import re
import unicodedata
from typing import Any

# Bidirectional overrides and isolates can make a text read as what it is not (« Trojan Source », CVE-2021-42574).
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\ufffe\uffff\ud800-\udfff]")


def clean_text(text: str) -> str:
    """`text` in NFC with Unix line ends, without control or bidirectional characters. All other characters stay."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _CONTROL.sub("", _BIDI.sub("", text))


def has_bidi(text: str) -> bool:
    """Whether `text` holds a mark that changes the direction of what follows."""
    return bool(_BIDI.search(text))


def folded(text: str) -> str:
    """`text` without case or accent: what two people would type differently and mean the same."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in letters if not unicodedata.combining(char))


def count_words(text: str) -> int:
    """Words as the call counts them: runs of characters between white space that hold a letter or a digit."""
    return sum(1 for word in text.split() if any(char.isalnum() for char in word))


def canonical_json(value: Any) -> str:
    """One text for one value: sorted keys, no spaces, no escapes, no NaN (after RFC 8785, integers and strings)."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def sha256_of(content: bytes | str) -> str:
    """SHA-256 in hexadecimal; a text is encoded in UTF-8."""
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def in_cell(text: str) -> str:
    """`text` as a spreadsheet will show it rather than run it: a formula's first character is quoted (OWASP)."""
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


class English(str):
    """A text in English, on pages that are in French: `lang` tells them, and who reads them aloud."""

    lang = "en"
