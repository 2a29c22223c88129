"""The texts of a call with their places filled (pure): receipts, letters, conventions."""

import re
from collections.abc import Mapping


def fill(text: str, values: Mapping[str, str]) -> str:
    """`text` with each `{name}` of `values` replaced, in one pass: what an applicant typed is never read as a place.

    A place that `values` does not name stays as it is.
    """
    return re.sub(r"\{(\w+)\}", lambda place: values.get(place[1], place[0]), text)


def places_of(text: str) -> list[str]:
    """The names between braces of a text, in order."""
    return re.findall(r"\{(\w+)\}", text)
