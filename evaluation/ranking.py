"""Ranks (pure): the highest score first; equal scores share a rank and the next one is skipped (1, 2, 2, 4).

A score may come with what decides between equals, in the order of the call's rule: a tuple, compared from its first on.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TypeVar

Key = TypeVar("Key", Decimal, tuple[Decimal, ...])


def rank(scores: Sequence[Key | None]) -> list[int | None]:
    """The rank of each score, in the order given. What has no score has no rank."""
    known = sorted((value for value in scores if value is not None), reverse=True)
    first: dict[Key, int] = {}
    for place, value in enumerate(known, start=1):
        first.setdefault(value, place)
    return [None if value is None else first[value] for value in scores]


def funded(order: Iterable[str], amounts: Mapping[str, Decimal], envelope: Decimal) -> list[str]:
    """Those above the budget line: the first of the order whose amounts fit the envelope together; the first that does
    not fit ends the list."""
    left, found = envelope, []
    for name in order:
        left -= amounts[name]
        if left < 0:
            break
        found.append(name)
    return found
