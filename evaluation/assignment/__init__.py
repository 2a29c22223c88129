"""Owns who reviews what (pure): the programme of a jury, its exact solution, and what blocks when there is none."""

from .blocking import blocking, in_words
from .problem import Pair, Problem, Rule, broken, islands, quality
from .programme import NoAssignment, NotProven, Solution, solve

__all__ = [
    "NoAssignment",
    "NotProven",
    "Pair",
    "Problem",
    "Rule",
    "Solution",
    "blocking",
    "broken",
    "in_words",
    "islands",
    "quality",
    "solve",
]
