"""Moves against the ranking (pure): where the jury's order departs from that of the scores, and nobody says why."""

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise


def unexplained(
    order: Sequence[str], ranks: Mapping[str, int | None], explained: Collection[str]
) -> list[tuple[str, str]]:
    """Pairs of neighbours in the jury's order, the first ranked below the second by its score.

    A dossier whose place has a reason may stand anywhere, and those that it overtakes need none: the others keep among
    themselves the order of their ranks. Equal ranks are in any order; what has no score comes after all.
    """
    others = [name for name in order if name not in explained]
    return [(first, second) for first, second in pairwise(others) if _after(ranks[first]) > _after(ranks[second])]


def _after(rank: int | None) -> tuple[bool, int]:
    return rank is None, rank or 0
