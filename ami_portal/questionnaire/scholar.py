"""The names that research gives to people and works (pure): ORCID, DOI, HAL."""

import re

_ORCID = re.compile(r"(?:https?://(?:www\.)?orcid\.org/)?([0-9]{4}-?[0-9]{4}-?[0-9]{4}-?[0-9]{3}[0-9Xx])/?")
_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?(10\.[0-9]{4,9}/[\x21-\x7e]+)", re.IGNORECASE)
_HAL = re.compile(r"(?:https?://(?:[a-z0-9-]+\.)*hal\.science/|hal:\s*)?([a-z]{2,20}-[0-9]{5,8}(?:v[0-9]{1,2})?)/?")


def orcid_of(text: str) -> str:
    """« 0000-0002-1825-0097 » for an ORCID typed with or without its address or dashes; empty when its key is wrong.

    The last character is a key of ISO/IEC 7064, MOD 11-2.
    """
    found = _ORCID.fullmatch(text)
    if not found:
        return ""
    digits = found[1].replace("-", "").upper()
    total = 0
    for digit in digits[:-1]:
        total = (total + int(digit)) * 2 % 11
    key = (12 - total) % 11
    if digits[-1] != ("X" if key == 10 else str(key)):
        return ""
    return "-".join(digits[start : start + 4] for start in range(0, 16, 4))


def doi_of(text: str) -> str:
    """« 10.1234/abcd » for a DOI typed with or without its address; empty when it is none."""
    found = _DOI.fullmatch(text)
    return found[1] if found else ""


def hal_of(text: str) -> str:
    """« hal-01234567v2 » for an identifier of HAL typed with or without its address; empty when it is none."""
    found = _HAL.fullmatch(text)
    return found[1] if found else ""
