"""Ranks (pure): the highest score first; equal scores share a rank and the next one is skipped (1, 2, 2, 4)."""

from collections.abc import Sequence
from decimal import Decimal


def rank(scores: Sequence[Decimal | None]) -> list[int | None]:
    """The rank of each score, in the order given. What has no score has no rank."""
    known = sorted((value for value in scores if value is not None), reverse=True)
    first: dict[Decimal, int] = {}
    for place, value in enumerate(known, start=1):
        first.setdefault(value, place)
    return [None if value is None else first[value] for value in scores]
