"""The jury of the bench, and two other ways to assign it: one pair after the other, and a flow of least cost."""

import random
from collections import Counter
from itertools import product

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

from evaluation.assignment import Pair, Problem, quality

FIELDS, PROFILES = 20, ("clinique", "méthode")


def jury(dossiers: int, jurors: int, reviews: int, seed: int) -> Problem:
    """Dossiers that ask for up to four fields, jurors who know some, mostly the same; one pair in ten in conflict."""
    draw = random.Random(seed)
    popular = [1 / (rank + 1) for rank in range(FIELDS)]
    known = {f"J{rank}": set(draw.choices(range(FIELDS), popular, k=draw.randint(3, 6))) for rank in range(jurors)}
    asked = {f"D{rank}": set(draw.choices(range(FIELDS), k=draw.randint(2, 4))) for rank in range(dossiers)}
    match = {pair: len(asked[pair[0]] & known[pair[1]]) for pair in product(asked, known) if draw.random() > 0.1}
    able = {name: frozenset(draw.sample(sorted(known), jurors * 2 // 5)) for name in PROFILES}
    mean = dossiers * reviews // jurors
    return Problem(
        tuple(asked), tuple(known), match, reviews, dict.fromkeys(known, (mean * 9 // 10, mean * 11 // 10)), able
    )


def greedy(problem: Problem) -> set[Pair]:
    """The best match still possible, again and again."""
    left, needed = {juror: most for juror, (_, most) in problem.loads.items()}, Counter()
    chosen: set[Pair] = set()
    for dossier, juror in sorted(problem.affinity, key=lambda pair: -problem.affinity[pair]):
        if left[juror] and needed[dossier] < problem.reviews:
            chosen.add((dossier, juror))
            left[juror] -= 1
            needed[dossier] += 1
    return chosen


def flow(problem: Problem) -> set[Pair]:
    """The flow of least cost from dossiers to jurors, as HotCRP assigns: the best total, bounds of loads, no more."""
    pairs = list(problem.affinity)
    row = {name: rank for rank, name in enumerate(problem.dossiers + problem.jurors)}
    ends = [(row[pair[side]], column) for side in (0, 1) for column, pair in enumerate(pairs)]
    sums = csr_array((np.ones(len(ends)), tuple(zip(*ends, strict=True))), (len(row), len(pairs)))
    count = len(problem.dossiers)
    loads = [problem.loads[juror] for juror in problem.jurors]
    answer = linprog(
        [-problem.affinity[pair] for pair in pairs],
        A_eq=sums[:count],
        b_eq=np.full(count, problem.reviews),
        A_ub=csr_array(np.vstack([sums[count:].toarray(), -sums[count:].toarray()])),
        b_ub=[*(most for _, most in loads), *(-least for least, _ in loads)],
        bounds=(0, 1),
        method="highs-ds",  # a corner of the flow is whole
    )
    return {pair for pair, share in zip(pairs, answer.x, strict=True) if share > 0.5}


def ill_served(problem: Problem, pairs: set[Pair]) -> int:
    """Dossiers that lack a review or a required profile."""
    team = {dossier: {juror for one, juror in pairs if one == dossier} for dossier in problem.dossiers}
    return sum(
        len(jurors) < problem.reviews or any(not jurors & able for able in problem.profiles.values())
        for jurors in team.values()
    )


def total(problem: Problem, pairs: set[Pair]) -> int:
    """The sum of what matches."""
    return sum(quality(problem, pairs).values())
