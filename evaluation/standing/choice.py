"""Whom an envelope funds, chosen exactly (pure): the set of greatest total score that the call's rules allow.

An integer programme, solved by HiGHS, in whole numbers: hundredths of a point, cents. What the solver says is counted
again without it. Where several sets reach the greatest total, the one chosen has the best ranked of the dossiers on
which they differ: the answer is the same on every machine.

J. Huangfu and J. A. J. Hall, « Parallelizing the dual revised simplex method », Math. Prog. Comp. 10 (2018), for HiGHS;
H. Kellerer, U. Pferschy, D. Pisinger, « Knapsack Problems » (Springer, 2004), for the problem.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp

OPTIMAL, INFEASIBLE = 0, 2
TIME_LIMIT = 60.0
"""Seconds of one call of the solver: past them there is no proof, and no choice."""
Floats = NDArray[np.float64]


class NotProven(Exception):
    """The time was not enough to prove a choice."""


@dataclass(frozen=True)
class Candidate:
    """A dossier that may be funded: its score in hundredths of a point, its amount in cents, the groups it is of."""

    name: str
    score: int
    amount: int
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Minimum:
    """The score, in hundredths of a point, under which no dossier is funded."""

    score: int


@dataclass(frozen=True)
class Quota:
    """How many dossiers of a group are funded at least, and at most."""

    code: str
    group: str
    least: int = 0
    most: int | None = None


Rule = Minimum | Quota


@dataclass(frozen=True)
class Limits:
    """The envelope, in cents, and the rules that a funded set keeps beside it."""

    envelope: int
    rules: tuple[Rule, ...] = ()

    def without(self, rule: Rule) -> "Limits":
        """The same but for one rule."""
        return replace(self, rules=tuple(one for one in self.rules if one != rule))


@dataclass(frozen=True)
class Choice:
    """A set proven to be the best, in the order of the candidates. `is_alone`: no other set reaches its total."""

    names: tuple[str, ...]
    total: int
    spent: int
    is_alone: bool


@dataclass(frozen=True)
class Cost:
    """What a rule costs: the points that the best set without it has more, who would enter it and who would leave."""

    rule: Rule
    points: int
    enter: tuple[str, ...]
    leave: tuple[str, ...]


def keeps(limits: Limits, chosen: Iterable[Candidate]) -> bool:
    """Whether a set fits the envelope and keeps every rule, counted in whole numbers."""
    rows = list(chosen)
    if sum(one.amount for one in rows) > limits.envelope:
        return False
    for rule in limits.rules:
        if isinstance(rule, Minimum):
            if any(one.score < rule.score for one in rows):
                return False
            continue
        count = sum(rule.group in one.groups for one in rows)
        if count < rule.least or (rule.most is not None and count > rule.most):
            return False
    return True


def choose(candidates: Sequence[Candidate], limits: Limits, *, seconds: float = TIME_LIMIT) -> Choice | None:
    """The best set of candidates, given the best ranked first; None when no set keeps the rules. Raises NotProven."""
    programme = _Programme(candidates, limits, seconds)
    best = programme.best()
    if best is None:
        return None
    total = _total(candidates, best)
    is_alone = programme.best(reaching=total, other_than=best) is None
    if not is_alone:
        best = programme.first(best, total)
    rows = [candidates[place] for place in sorted(best)]
    if not keeps(limits, rows):
        raise RuntimeError(f"the solver broke {limits}")
    return Choice(tuple(one.name for one in rows), total, sum(one.amount for one in rows), is_alone)


def costs(candidates: Sequence[Candidate], limits: Limits, chosen: Choice) -> list[Cost]:
    """What each rule costs the set that was chosen under all of them."""
    found = []
    for rule in limits.rules:
        freed = choose(candidates, limits.without(rule))
        if freed is None:
            raise RuntimeError(f"fewer rules allow less: {rule}")
        enter = tuple(name for name in freed.names if name not in chosen.names)
        leave = tuple(name for name in chosen.names if name not in freed.names)
        found.append(Cost(rule, freed.total - chosen.total, enter, leave))
    return found


def blocking(candidates: Sequence[Candidate], limits: Limits) -> tuple[Rule, ...]:
    """Rules that no set keeps together under the envelope, none of which can be left out; empty when one keeps all."""
    if choose(candidates, limits) is not None:
        return ()
    for rule in limits.rules:
        if choose(candidates, limits.without(rule)) is None:
            limits = limits.without(rule)
    return limits.rules


def _total(candidates: Sequence[Candidate], places: Iterable[int]) -> int:
    return sum(candidates[place].score for place in places)


class _Programme:
    """A variable for each candidate, in their order: whether it is funded."""

    def __init__(self, candidates: Sequence[Candidate], limits: Limits, seconds: float) -> None:
        self.candidates, self.limits, self.seconds = candidates, limits, seconds
        self.scores = np.array([one.score for one in candidates], dtype=np.float64)
        self.high = np.ones(len(candidates))
        self.low = np.zeros(len(candidates))
        unit = math.gcd(*(one.amount for one in candidates)) or 1
        amounts = np.array([one.amount // unit for one in candidates], dtype=np.float64)
        self.rows = [(amounts, -np.inf, float(limits.envelope // unit))]
        for rule in limits.rules:
            if isinstance(rule, Minimum):
                self.high[self.scores < rule.score] = 0
            else:
                of_group = np.array([float(rule.group in one.groups) for one in candidates])
                self.rows.append((of_group, rule.least, np.inf if rule.most is None else rule.most))

    def best(self, *, reaching: int | None = None, other_than: frozenset[int] | None = None) -> frozenset[int] | None:
        """The set of greatest total; it reaches a total, and differs from another set, when these are given."""
        rows = list(self.rows)
        if reaching is not None:
            rows.append((self.scores, reaching - 0.5, np.inf))
        if other_than is not None:
            rows.append(self._unlike(other_than))
        return self._solved(rows, self.low)

    def first(self, found: frozenset[int], total: int) -> frozenset[int]:
        """Of the sets that reach a total, the one that has the best ranked; `found` is one of them."""
        low, high = self.low.copy(), self.high
        try:
            self.high = high.copy()
            for place in range(len(self.candidates)):
                low[place] = 1
                if place not in found:
                    better = self._solved([*self.rows, (self.scores, total - 0.5, np.inf)], low)
                    if better is None:
                        low[place] = self.high[place] = 0
                        continue
                    found = better
        finally:
            self.high = high
        return found

    def _unlike(self, chosen: frozenset[int]) -> tuple[Floats, float, float]:
        """At least one candidate is in one set and not in the other."""
        signs = np.array([-1.0 if place in chosen else 1.0 for place in range(len(self.candidates))])
        return signs, 1.0 - len(chosen), np.inf

    def _solved(self, rows: list[tuple[Floats, float, float]], low: Floats) -> frozenset[int] | None:
        """The places of the best set. One that only fits by the solver's tolerance is cut off, and the next sought."""
        if (low > self.high).any():
            return None
        if not self.candidates:
            return frozenset() if all(at_least <= 0 <= at_most for _, at_least, at_most in rows) else None
        rows = list(rows)
        while True:
            answer = milp(
                -self.scores,
                integrality=np.ones(len(self.candidates)),
                bounds=Bounds(low, self.high),
                constraints=[
                    LinearConstraint(row.reshape(1, -1), at_least, at_most) for row, at_least, at_most in rows
                ],
                options={"mip_rel_gap": 0.0, "time_limit": self.seconds},
            )
            if answer.status == INFEASIBLE:
                return None
            if answer.status != OPTIMAL:
                raise NotProven(answer.message)
            places = frozenset(int(place) for place in np.flatnonzero(answer.x > 0.5))
            if sum(self.candidates[place].amount for place in places) <= self.limits.envelope:
                return places
            too_dear = np.array([float(place in places) for place in range(len(self.candidates))])
            rows.append((too_dear, -np.inf, len(places) - 1.0))
