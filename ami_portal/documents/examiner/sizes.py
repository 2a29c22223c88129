"""Counts the characters of a place by their size."""

from typing import Any

MAX_SIZES, SAMPLE = 40, 60


class Sizes:
    """How many characters have each size, in points, and the first words seen in it."""

    def __init__(self) -> None:
        self.counts: dict[float, int] = {}
        self.samples: dict[float, str] = {}

    def add(self, size: float, count: int, sample: str) -> None:
        """`count` visible characters of `size` points."""
        size = round(size, 1)
        self.counts[size] = self.counts.get(size, 0) + count
        words = " ".join(sample.split())
        self.samples.setdefault(size, words if len(words) <= SAMPLE else f"{words[:SAMPLE].rsplit(' ', 1)[0]}…")

    def listed(self) -> list[list[Any]]:
        """`[size, count, sample]`, the smallest first; of a file with absurdly many sizes, the smallest only."""
        return [[size, self.counts[size], self.samples[size]] for size in sorted(self.counts)[:MAX_SIZES]]
