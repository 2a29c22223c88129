"""The rows of the bench on juries: assignments of 500 dossiers, against others; rankings, their time and truth."""

import statistics
import time
from collections.abc import Callable
from functools import cache

from evaluation.assignment import Pair, Problem, broken, quality, solve
from evaluation.calibration import calibrate
from tests.bench.assigners import flow, greedy, ill_served, jury, total
from tests.bench.measure import Row
from tests.evaluation.juries import Found, a_jury, found_by

SEEDS = (1, 2, 3)
Assigner = Callable[[Problem], set[Pair]]


def exact(problem: Problem) -> set[Pair]:
    """Ours, proven optimal."""
    return set(solve(problem).pairs)


@cache
def _assigned(assigner: Assigner, seed: int) -> tuple[Problem, set[Pair], float]:
    """An instance, its assignment, and the seconds that it took."""
    problem = jury(500, 60, 3, seed)
    started = time.perf_counter()
    return problem, assigner(problem), time.perf_counter() - started


def _each(assigner: Assigner, measure: Callable[[Problem, set[Pair]], int]) -> list[int]:
    return [measure(*_assigned(assigner, seed)[:2]) for seed in SEEDS]


def _worst(problem: Problem, pairs: set[Pair]) -> int:
    """The match of the worst-served dossier; one that lacks a review or a required profile is not served at all."""
    return 0 if ill_served(problem, pairs) else min(quality(problem, pairs).values())


def _broken(problem: Problem, pairs: set[Pair]) -> int:
    return len(broken(problem, pairs))


def _ratio(other: Assigner) -> float:
    return min(mine / theirs for mine, theirs in zip(_each(exact, total), _each(other, total), strict=True))


def _gain(other: Assigner) -> int:
    return min(mine - theirs for mine, theirs in zip(_each(exact, _worst), _each(other, _worst), strict=True))


def assignment_s() -> Row:
    """The seconds to the proven optimum."""
    return Row("assignment_s", max(_assigned(exact, seed)[2] for seed in SEEDS), bar=30)


def assignment_broken_rules() -> Row:
    """The rules that the proven optimum breaks, counted again without the solver."""
    return Row("assignment_broken_rules", max(_each(exact, _broken)), bar=0)


def assignment_worst_vs_greedy() -> Row:
    """How much better the worst-served dossier is than one pair after the other serves its own."""
    return Row("assignment_worst_vs_greedy", _gain(greedy), bar=0, at_least=True)


def assignment_worst_vs_flow() -> Row:
    """How much better the worst-served dossier is than the flow of least cost serves its own."""
    return Row("assignment_worst_vs_flow", _gain(flow), bar=0, at_least=True)


def assignment_total_vs_greedy() -> Row:
    """The total match against that of one pair after the other, which keeps fewer rules."""
    return Row("assignment_total_vs_greedy", _ratio(greedy), bar=1, at_least=True)


def assignment_total_vs_flow() -> Row:
    """The total match against the most that there is: the flow keeps neither profiles nor the worst served."""
    return Row("assignment_total_vs_flow", _ratio(flow), bar=0.95, at_least=True)


def greedy_ill_served() -> Row:
    """The dossiers that one pair after the other leaves without a review or a profile (the exact one: none)."""
    return Row("greedy_ill_served", min(_each(greedy, ill_served)), bar=1, at_least=True)


def flow_ill_served() -> Row:
    """The dossiers that the flow leaves without a review or a profile (the exact one: none)."""
    return Row("flow_ill_served", min(_each(flow, ill_served)), bar=1, at_least=True)


@cache
def _ranked_in(dossiers: int) -> float:
    """Processor seconds of a ranking with its correction and 2 000 draws: the median of five."""
    marks, _ = a_jury(1, bias=8, dossiers=dossiers, jurors=60)
    times = []
    for turn in range(5):
        started = time.process_time()
        calibrate(marks, seed=turn, draws=2000)
        times.append(time.process_time() - started)
    return statistics.median(times)


def ranking_s() -> Row:
    """The seconds of processor to rank 500 dossiers, each read by 3 of 60 jurors."""
    return Row("ranking_s", _ranked_in(500), bar=2)


def ranking_10x() -> Row:
    """The same with 5 000 dossiers, against 500."""
    return Row("ranking_10x", _ranked_in(5000) / _ranked_in(500), bar=13)


@cache
def _found(bias: float) -> Found:
    return found_by(200, bias=bias, draws=200)


def ranking_kendall_gain() -> Row:
    """How much nearer the truth the corrected order is, over 200 juries of biased jurors."""
    return Row("ranking_kendall_gain", _found(8).corrected - _found(8).raw, bar=0, at_least=True)


def ranking_kendall_loss() -> Row:
    """What the correction costs where jurors have no bias, over 200 juries."""
    return Row("ranking_kendall_loss", _found(0).raw - _found(0).corrected, bar=0.002)


def ranking_covered() -> Row:
    """How far from 90 % of the time the interval holds the true rank, over the same juries."""
    return Row("ranking_covered", max(abs(_found(bias).covered - 0.9) for bias in (0, 8)), bar=0.04)


MEASURES: list[Callable[[], Row]] = [
    assignment_s,
    assignment_broken_rules,
    assignment_worst_vs_greedy,
    assignment_worst_vs_flow,
    assignment_total_vs_greedy,
    assignment_total_vs_flow,
    greedy_ill_served,
    flow_ill_served,
    ranking_s,
    ranking_10x,
    ranking_kendall_gain,
    ranking_kendall_loss,
    ranking_covered,
]
