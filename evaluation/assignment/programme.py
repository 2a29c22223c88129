"""The assignment as an integer programme, solved exactly by HiGHS (pure).

A variable stands for each pair that exists. In this order, each without giving up the one before: the fewest changes
to a former assignment, the worst-served dossier, the total, the balance of loads (the sum of their squares, drawn as
steps that cost more and more, so that it stays linear). That all jurors are linked is asked only of the groups that an
answer leaves apart: the answer is cut off, and the programme solved again.

J. Huangfu and J. A. J. Hall, « Parallelizing the dual revised simplex method », Math. Prog. Comp. 10 (2018), for HiGHS.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, hstack, vstack

from .problem import Pair, Problem, Rule, broken, islands, quality

OPTIMAL, INFEASIBLE = 0, 2
TIME_LIMIT = 300.0
"""Seconds of one call of the solver: past them there is no proof, and no proposal."""
Floats = NDArray[np.float64]


class NoAssignment(Exception):
    """No assignment keeps all the rules; `blocking` says which of them cannot be kept together."""


class NotProven(Exception):
    """The time was not enough to prove an answer."""


@dataclass(frozen=True)
class Solution:
    """An assignment proven to be the best, with what it is worth: the worst-served dossier, the total, the loads'
    squares, and how many pairs of the former assignment it keeps."""

    pairs: frozenset[Pair]
    worst: int
    total: int
    squares: int
    kept: int


def solve(problem: Problem, *, former: Iterable[Pair] = ()) -> Solution:
    """The best assignment, checked once more in whole numbers. With `former`, the one that changes least of it.

    Raises NoAssignment, or NotProven.
    """
    programme = Programme(problem, problem.rules)
    before = frozenset(former) & problem.affinity.keys()
    if before:
        pairs = _needed(programme.maximise(programme.weights_of(before)))
        programme.at_least(programme.weights_of(before), len(before & pairs))
    pairs = _best(programme)
    if wrong := broken(problem, pairs):
        raise RuntimeError(f"the solver broke {sorted(wrong)}")
    served = quality(problem, pairs)
    loads = [sum(juror == one for _, juror in pairs) for one in problem.jurors]
    worst, total = min(served.values(), default=0), sum(served.values())
    return Solution(pairs, worst, total, sum(load * load for load in loads), len(before & pairs))


def _best(programme: "Programme") -> frozenset[Pair]:
    """The worst served first: the linear relaxation bounds it, and mostly the bound is reached."""
    bound = programme.most_for_the_worst(whole=False)
    pairs = programme.balanced(bound)
    return pairs if pairs is not None else _needed(programme.balanced(programme.most_for_the_worst(whole=True)))


def _needed(pairs: frozenset[Pair] | None) -> frozenset[Pair]:
    if pairs is None:
        raise NoAssignment
    return pairs


class Programme:
    """The rows and columns of a problem under some of its rules; cuts are kept from one objective to the next."""

    def __init__(self, problem: Problem, rules: Sequence[Rule]) -> None:
        self.problem = problem
        self.pairs = list(problem.affinity)
        self.place = {pair: column for column, pair in enumerate(self.pairs)}
        dossier = {name: row for row, name in enumerate(problem.dossiers)}
        juror = {name: row for row, name in enumerate(problem.jurors)}
        self.dossier_of = np.array([dossier[pair[0]] for pair in self.pairs], dtype=np.int64)
        self.juror_of = np.array([juror[pair[1]] for pair in self.pairs], dtype=np.int64)
        self.match = np.array([problem.affinity[pair] for pair in self.pairs], dtype=np.float64)
        self.linked = any(rule.kind == "linked" for rule in rules)
        self.low, self.high = np.zeros(len(self.pairs)), np.ones(len(self.pairs))
        self.is_possible = True
        self.rows: list[tuple[csr_array, Floats, Floats]] = []
        self.cuts: list[frozenset[str]] = []
        for rule in rules:
            self._add(rule)

    def _add(self, rule: Rule) -> None:
        problem, pair = self.problem, (rule.subject, rule.juror)
        everyone = np.ones(len(self.pairs), dtype=bool)
        if rule.kind == "reviews":
            self._ask(self._sums(self.dossier_of, len(problem.dossiers), everyone), rule.bound, rule.bound)
        elif rule.kind == "profile":
            able = np.array([pair[1] in problem.profiles[rule.subject] for pair in self.pairs], dtype=bool)
            self._ask(self._sums(self.dossier_of, len(problem.dossiers), able), 1, np.inf)
        elif rule.kind in ("most", "least"):
            bound = set(problem.bound_by(rule))
            rows = [row for row, juror in enumerate(problem.jurors) if juror in bound]
            low, high = (rule.bound, np.inf) if rule.kind == "least" else (0, rule.bound)
            self._ask(self._sums(self.juror_of, len(problem.jurors), everyone)[rows], low, high)
        elif rule.kind == "fixed":
            self.is_possible &= pair in self.place
            self.low[[self.place[pair]] if pair in self.place else []] = 1
        elif rule.kind == "forbidden" and pair in self.place:
            self.high[self.place[pair]] = 0

    def _sums(self, group: NDArray[np.int64], count: int, counted: NDArray[np.bool_]) -> csr_array:
        """A row for each of `count` groups, the sum of its pairs that are counted."""
        columns = np.flatnonzero(counted)
        return csr_array((np.ones(len(columns)), (group[columns], columns)), shape=(count, len(self.pairs)))

    def _ask(self, rows: csr_array, low: float, high: float) -> None:
        self.rows.append((rows, np.full(rows.shape[0], low), np.full(rows.shape[0], high)))

    def weights_of(self, pairs: Iterable[Pair]) -> Floats:
        """One for each of these pairs, zero for the others."""
        weights = np.zeros(len(self.pairs))
        weights[[self.place[pair] for pair in pairs]] = 1
        return weights

    def at_least(self, weights: Floats, bound: float) -> None:
        """Ask from now on that the chosen pairs weigh this much."""
        self._ask(csr_array(weights.reshape(1, -1)), bound, np.inf)

    def maximise(self, weights: Floats) -> frozenset[Pair] | None:
        """The pairs that weigh most; None when nothing keeps the rules."""
        return self._linked_answer(-weights, [], Bounds(self.low, self.high))

    def most_for_the_worst(self, *, whole: bool) -> int:
        """The most that the worst-served dossier can have; only a bound of it unless `whole`. Raises NoAssignment."""
        count, width = len(self.problem.dossiers), len(self.pairs)
        served = self._served()
        above = csr_array(np.full((count, 1), -1.0))
        rows = [(_beside(served, above), np.zeros(count), np.full(count, np.inf))]
        goal = np.append(np.zeros(width), -1.0)
        bounds = Bounds(np.append(self.low, 0), np.append(self.high, self.match.sum()))
        if whole:
            pairs = _needed(self._linked_answer(goal, rows, bounds))
            return min(quality(self.problem, pairs).values(), default=0)
        answer = self._answer(goal, rows, bounds, whole=False)
        if answer is None:
            raise NoAssignment
        return int(np.floor(answer[-1] + 1e-6))

    def balanced(self, worst: int) -> frozenset[Pair] | None:
        """The best total, then the most even loads, with nobody served below `worst`; None when impossible."""
        problem, width = self.problem, len(self.pairs)
        steps = [(row, step) for row, juror in enumerate(problem.jurors) for step in range(problem.loads[juror][1])]
        juror = np.array([row for row, _ in steps], dtype=np.int64)
        stairs = csr_array(
            (np.full(len(steps), -1.0), (juror, np.arange(len(steps)))), (len(problem.jurors), len(steps))
        )
        loads = self._sums(self.juror_of, len(problem.jurors), np.ones(width, dtype=bool))
        zeros, wanted = np.zeros(len(problem.jurors)), np.full(len(problem.dossiers), float(worst))
        rows = [
            (_beside(loads, stairs), zeros, zeros),
            (self._served(), wanted, np.full(len(problem.dossiers), np.inf)),
        ]
        entrusted = len(problem.dossiers) * problem.reviews
        most = max((high for _, high in problem.loads.values()), default=0)
        point = most * entrusted - entrusted**2 // max(len(problem.jurors), 1) + 1  # worth more than any balance
        goal = np.append(-point * self.match, [2.0 * step + 1 for _, step in steps])
        bounds = Bounds(np.append(self.low, np.zeros(len(steps))), np.append(self.high, np.ones(len(steps))))
        return self._linked_answer(goal, rows, bounds)

    def _served(self) -> csr_array:
        shape = (len(self.problem.dossiers), len(self.pairs))
        return csr_array((self.match, (self.dossier_of, np.arange(len(self.pairs)))), shape=shape)

    def _linked_answer(
        self, goal: Floats, rows: list[tuple[csr_array, Floats, Floats]], bounds: Bounds
    ) -> frozenset[Pair] | None:
        """The pairs of the best answer; one that leaves jurors apart is cut off, and the next is sought."""
        while (answer := self._answer(goal, rows, bounds, whole=True)) is not None:
            pairs = frozenset(self.pairs[column] for column in np.flatnonzero(answer[: len(self.pairs)] > 0.5))
            apart = islands(pairs)
            if not self.linked or len(apart) <= 1:
                return pairs
            self.cuts += apart if len(apart) > 2 else apart[:1]
        return None

    def _answer(
        self, goal: Floats, rows: list[tuple[csr_array, Floats, Floats]], bounds: Bounds, *, whole: bool
    ) -> Floats | None:
        """What the solver finds under all the rows; None when there is nothing. Raises NotProven."""
        if not self.is_possible:
            return None
        if not len(goal):
            return None if any((low > 0).any() for _, low, _ in self.rows) else np.zeros(0)
        width = len(goal)
        extra = len(self.cuts) * (len(self.problem.dossiers) + 2)
        asked = [(_widened(matrix, width + extra), low, high) for matrix, low, high in [*self.rows, *rows]]
        asked += [self._cut(group, number, width, extra) for number, group in enumerate(self.cuts)]
        answer = milp(
            np.append(goal, np.zeros(extra)),
            integrality=np.append(_whole(width, len(self.pairs), whole), np.full(extra, int(whole))),
            bounds=Bounds(np.append(bounds.lb, np.zeros(extra)), np.append(bounds.ub, np.ones(extra))),
            constraints=[LinearConstraint(matrix, low, high) for matrix, low, high in asked],
            options={"mip_rel_gap": 0.0, "time_limit": TIME_LIMIT},
        )
        if answer.status not in (OPTIMAL, INFEASIBLE):
            raise NotProven(answer.message)
        return None if answer.x is None else np.asarray(answer.x[:width])

    def _cut(self, group: frozenset[str], number: int, width: int, extra: int) -> tuple[csr_array, Floats, Floats]:
        """If some of `group` review and some others too, a dossier is shared by both sides.

        Columns of a cut: for each dossier whether it is shared, then whether each side reviews at all.
        """
        count, pairs = len(self.problem.dossiers), len(self.pairs)
        first = width + number * (count + 2)
        inside = np.array([juror in group for juror in self.problem.jurors], dtype=bool)[self.juror_of]
        shared = csr_array(
            (np.ones(count), (np.arange(count), np.arange(first, first + count))), (count, width + extra)
        )
        rows, low = [], []
        for side, chosen in enumerate((inside, ~inside)):
            rows.append(_widened(self._sums(self.dossier_of, count, chosen), width + extra) - shared)
            low.append(np.zeros(count))
            used = csr_array(([float(max(pairs, 1))], ([0], [first + count + side])), (1, width + extra))
            rows.append(used - _widened(csr_array(chosen.astype(float).reshape(1, -1)), width + extra))
            low.append(np.zeros(1))
        bridge = np.zeros((1, width + extra))
        bridge[0, first : first + count], bridge[0, first + count : first + count + 2] = 1, -1
        rows.append(csr_array(bridge))
        low.append(np.full(1, -1.0))
        bounds = np.concatenate(low)
        return csr_array(vstack(rows)), bounds, np.full(len(bounds), np.inf)


def _whole(width: int, pairs: int, whole: bool) -> Floats:
    kinds = np.zeros(width)
    kinds[:pairs] = int(whole)
    return kinds


def _beside(left: csr_array, right: csr_array) -> csr_array:
    return csr_array(hstack([left, right]))


def _widened(matrix: csr_array, width: int) -> csr_array:
    """The same rows with empty columns after theirs."""
    return csr_array((matrix.data, matrix.indices, matrix.indptr), shape=(matrix.shape[0], width))
