"""Assignment: on small juries the answer and what blocks are those that trying everything finds."""

from itertools import chain, combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.assignment import NoAssignment, Problem, Rule, blocking, broken, in_words, islands, quality, solve

pytestmark = pytest.mark.once
JURY = {"J1": (0, 2), "J2": (0, 2), "J3": (0, 2)}
EVERYONE = {(dossier, juror): 1 for dossier in ("D1", "D2") for juror in JURY}

ONE_ABLE = {"A": frozenset({"J1"})}


@st.composite
def problems(draw, most_dossiers=3, most_jurors=4):
    """A small jury: matches, conflicts, loads, a profile, pairs imposed and set aside."""
    dossiers = tuple(f"D{rank}" for rank in range(draw(st.integers(1, most_dossiers))))
    jurors = tuple(f"J{rank}" for rank in range(draw(st.integers(2, most_jurors))))
    match = st.one_of(st.none(), st.integers(0, 3), st.integers(0, 3), st.integers(0, 3))
    drawn = {pair: draw(match) for pair in product(dossiers, jurors)}
    low = draw(st.integers(0, 1))
    bounds = st.integers(low, 3).map(lambda high: (low, high))
    some_jurors = st.frozensets(st.sampled_from(jurors), min_size=1)
    some_pairs = st.frozensets(st.sampled_from(sorted(drawn)), max_size=1)
    return Problem(
        dossiers,
        jurors,
        {pair: value for pair, value in drawn.items() if value is not None},
        reviews=draw(st.integers(1, 2)),
        loads={juror: draw(bounds) for juror in jurors},
        profiles={"P": draw(some_jurors)} if draw(st.booleans()) else {},
        fixed=draw(some_pairs),
        forbidden=draw(some_pairs),
        linked=draw(st.booleans()),
    )


def every_answer(problem):
    """Each set of pairs that gives each dossier its number of reviews and keeps every other rule."""
    choices = [
        [
            [(dossier, juror) for juror in team]
            for team in combinations(problem.jurors, problem.reviews)
            if all((dossier, juror) in problem.affinity for juror in team)
        ]
        for dossier in problem.dossiers
    ]
    answers = (frozenset(chain.from_iterable(teams)) for teams in product(*choices))
    return [pairs for pairs in answers if not broken(problem, pairs)]


def worth(problem, pairs):
    """What is compared, the greater the better: the worst served, the total, the loads (the evener the better)."""
    served = quality(problem, pairs).values()
    loads = [sum(juror == one for _, juror in pairs) for one in problem.jurors]
    return min(served), sum(served), -sum(load**2 for load in loads)


@settings(max_examples=120, deadline=None)
@given(problems())
def test_the_answer_is_the_best_of_all(problem):
    answers = every_answer(problem)
    try:
        found = solve(problem)
    except NoAssignment:
        assert answers == []
    else:
        assert not broken(problem, found.pairs)
        assert (found.worst, found.total, -found.squares) == worth(problem, found.pairs)
        assert worth(problem, found.pairs) == max(worth(problem, pairs) for pairs in answers)


@settings(max_examples=60, deadline=None)
@given(problems(), st.data())
def test_solved_again_it_changes_least_then_is_the_best(problem, data):
    answers = every_answer(problem)
    former = data.draw(st.frozensets(st.sampled_from(sorted(problem.affinity) or [("D0", "J0")]), max_size=4))
    if answers:
        found = solve(problem, former=former)
        kept = max(len(pairs & former) for pairs in answers)
        best = max(worth(problem, pairs) for pairs in answers if len(pairs & former) == kept)
        assert (found.kept if former & problem.affinity.keys() else kept) == kept
        assert worth(problem, found.pairs) == best


@settings(max_examples=40, deadline=None)
@given(problems(most_dossiers=2, most_jurors=3))
def test_what_blocks_is_a_smallest_set(problem):
    pairs = sorted(problem.affinity)
    faults = [
        frozenset(broken(problem, [pair for pair, taken in zip(pairs, choice, strict=True) if taken]))
        for choice in product((False, True), repeat=len(pairs))
    ]
    found = frozenset(blocking(problem))
    if frozenset() in faults:
        assert found == frozenset()
    else:
        assert all(found & fault for fault in faults)
        smaller = combinations(problem.rules, len(found) - 1)
        assert not any(all(frozenset(some) & fault for fault in faults) for some in smaller)


def test_jurors_left_apart_are_linked_at_the_price_of_the_total():
    matches = {(f"D{d}", f"J{j}"): int((d < 3) == (j < 3)) for d in range(6) for j in range(6)}
    loads = {f"J{rank}": (1, 3) for rank in range(6)}
    apart = Problem(tuple(f"D{d}" for d in range(6)), tuple(loads), matches, 2, loads, linked=False)
    linked = Problem(apart.dossiers, apart.jurors, matches, 2, loads)
    assert len(islands(solve(apart).pairs)) > 1
    assert len(islands(solve(linked).pairs)) == 1
    assert (solve(apart).total, solve(linked).total) == (12, 11)


def test_the_worst_served_comes_before_the_total():
    matches = {("D1", "J1"): 9, ("D1", "J2"): 5, ("D2", "J1"): 3, ("D2", "J2"): 0}
    found = solve(Problem(("D1", "D2"), ("J1", "J2"), matches, 1, {"J1": (0, 1), "J2": (0, 1)}, linked=False))
    assert (found.pairs, found.worst, found.total) == ({("D1", "J2"), ("D2", "J1")}, 3, 8)


def test_a_pair_in_conflict_is_never_an_answer():
    problem = Problem(("D1", "D2"), tuple(JURY), EVERYONE, 2, JURY)
    with pytest.raises(ValueError, match=r"\('D1', 'J9'\)"):
        broken(problem, [("D1", "J9")])


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"reviews": 3, "loads": dict.fromkeys(JURY, (0, 1))}, ["reviews", "most"]),
        ({"reviews": 1, "loads": dict.fromkeys(JURY, (1, 2)), "linked": False}, ["reviews", "least"]),
        ({"reviews": 1, "profiles": ONE_ABLE, "loads": dict.fromkeys(JURY, (0, 1))}, ["most", "profile"]),
        ({"profiles": {"A": frozenset()}}, ["profile"]),
        ({"profiles": ONE_ABLE, "forbidden": frozenset({("D1", "J1")})}, ["profile", "forbidden"]),
        ({"fixed": frozenset({("D1", "J9")})}, ["fixed"]),
        ({"reviews": 1, "loads": {"J1": (1, 1), "J2": (1, 1), "J3": (0, 2)}}, ["reviews", "least", "linked"]),
        ({}, []),
    ],
)  # fmt: skip
def test_what_blocks_is_named(changes, expected):
    problem = Problem(**{
        "dossiers": ("D1", "D2"), "jurors": tuple(JURY), "affinity": EVERYONE, "reviews": 2, "loads": JURY, **changes
    })  # fmt: skip
    assert [rule.kind for rule in blocking(problem)] == expected


def test_a_rule_is_said_in_french_words():
    loads = {"J1": (0, 2), "J2": (1, 2), "J3": (0, 2)}
    problem = Problem(
        ("D1", "D2"), tuple(JURY), EVERYONE, 2, loads, {"clinique": frozenset({"J1"})},
        fixed=frozenset({("D1", "J9")}), forbidden=frozenset({("D2", "J2")}),
    )  # fmt: skip
    names = {"D1": "AMI-0001", "D2": "AMI-0002", "J2": "Awa Diop", "J9": "Luc Roy", "clinique": "Clinique"}
    assert [in_words(rule, problem, names) for rule in problem.rules] == [
        "2 évaluations pour chacun des 2 dossiers",
        "2 dossiers au plus pour chacun des 3 membres du jury",
        "1 dossier au moins pour Awa Diop",
        "un membre au moins du profil « Clinique » pour chaque dossier (1 dans le jury)",
        "tous les membres du jury reliés par des dossiers en commun",
        "la paire imposée AMI-0001 – Luc Roy, dont le lien d’intérêts l’interdit",
        "la paire écartée AMI-0002 – Awa Diop",
    ]
    assert in_words(Rule("reviews", bound=1), problem, names) == "une évaluation pour chacun des 2 dossiers"
