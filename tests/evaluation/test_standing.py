"""A ranking as one value: ties by the call's rule, the line, the exact optimum, near ties, data both ways."""

import hashlib
import json
from dataclasses import replace
from decimal import Decimal
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ami_portal.kernel.text import canonical_json
from evaluation.ranking import funded
from evaluation.standing import Minimum, Quota, Rules, read, standing_from, standing_of
from evaluation.standing.choice import Candidate, Limits, blocking, choose, costs, keeps
from evaluation.standing.funding import Place, fund

from .standings import SEED, a_ranking

pytestmark = pytest.mark.once

GROUPS = ("a", "b")
CANDIDATES = st.lists(
    st.builds(
        Candidate,
        st.just(""),
        st.integers(0, 6).map(lambda points: points * 1250),
        st.sampled_from([4_000_000, 9_999_999, 10_000_000, 7_512_345]),
        st.sets(st.sampled_from(GROUPS)).map(frozenset),
    ),
    max_size=7,
).map(lambda rows: [replace(row, name=f"D{place}") for place, row in enumerate(rows)])
RULES = st.lists(
    st.one_of(
        st.builds(Minimum, st.sampled_from([2500, 5000])),
        st.builds(Quota, st.just("q"), st.sampled_from(GROUPS), st.integers(0, 2), st.sampled_from([None, 0, 1, 2])),
    ),
    max_size=2,
    unique=True,
)


def by_hand(candidates, limits):
    """The best set among all of them: greatest total, then the best ranked of those on which sets differ."""
    sets = [
        places
        for size in range(len(candidates) + 1)
        for places in combinations(range(len(candidates)), size)
        if keeps(limits, [candidates[place] for place in places])
    ]
    if not sets:
        return None
    total = max(sum(candidates[place].score for place in places) for places in sets)
    best = [places for places in sets if sum(candidates[place].score for place in places) == total]
    first = max(best, key=lambda places: [place in places for place in range(len(candidates))])
    return tuple(candidates[place].name for place in first), total, len(best) == 1


@settings(max_examples=80, deadline=None)
@given(CANDIDATES, st.sampled_from([0, 9_999_999, 20_000_000, 27_512_345, 90_000_000]), RULES)
def test_the_choice_is_that_of_trying_every_set(candidates, envelope, rules):
    limits = Limits(envelope, tuple(rules))
    found, expected = choose(candidates, limits), by_hand(candidates, limits)
    assert (found and (found.names, found.total, found.is_alone)) == expected
    if found is None:
        blocked = replace(limits, rules=blocking(candidates, limits))
        assert by_hand(candidates, blocked) is None
        assert all(by_hand(candidates, blocked.without(rule)) for rule in blocked.rules)
        return
    for cost in costs(candidates, limits, found):
        names, total, _ = by_hand(candidates, limits.without(cost.rule))
        assert (cost.points, set(cost.enter), set(cost.leave)) == (
            total - found.total,
            set(names) - set(found.names),
            set(found.names) - set(names),
        )


def test_a_set_that_only_fits_by_the_tolerance_of_the_solver_is_not_chosen():
    rows = [Candidate(f"D{place}", 5000 + place, 1_000_000_001, frozenset()) for place in range(6)]
    found = choose(rows, Limits(2_999_999_999))
    assert (found.names, found.spent) == (("D4", "D5"), 2_000_000_002)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 5)), max_size=8), st.integers(0, 20))
def test_the_line_over_a_strict_order_is_the_one_that_we_know(rows, envelope):
    places = [
        Place(f"D{at}", at + 1, Decimal(90 - at), 2, Decimal(amount), frozenset())
        for at, (amount, _) in enumerate(rows)
    ]
    found = fund(places, Rules(envelope=Decimal(envelope)))
    amounts = {place.ref: place.amount for place in places}
    assert list(found.refs) == funded(amounts, amounts, Decimal(envelope))
    assert (found.spent, found.tied) == (sum(amounts[ref] for ref in found.refs), ())


FOUR = {
    "A": {"J1": (8, 8, 8), "J2": (8, 8, 8)},
    "B": {"J1": (7, 7, 9), "J2": (6, 6, 9)},
    "C": {"J1": (8, 8, 6), "J2": (8, 8, 6)},
    "D": {"J1": (3, 3, 3), "J2": (3, 3, 3)},
}


def ranked(inputs):
    standing = standing_of(inputs)
    return [(row.ref, row.rank) for row in standing.rows], standing.funding


def test_equals_share_a_rank_and_the_jury_decides_where_they_do_not_all_fit():
    marks = FOUR | {"B": {"J1": (8, 8, 6), "J2": (8, 8, 6)}}
    order, funding = ranked(a_ranking(marks, envelope=Decimal(250)))
    assert order == [("A", 1), ("B", 2), ("C", 2), ("D", 4)]
    assert (funding.refs, funding.tied, funding.spent) == (("A",), ("B", "C"), Decimal(100))
    assert ranked(a_ranking(marks, envelope=Decimal(300)))[1].refs == ("A", "B", "C")
    assert ranked(a_ranking(marks, envelope=Decimal(120)))[1].tied == ()


def test_the_headings_of_the_call_decide_between_equals_in_order():
    equal = {"A": FOUR["A"], "B": {"J1": (7, 9, 8), "J2": (9, 7, 8)}, "C": {"J1": (10, 10, 5), "J2": (10, 10, 5)}}
    assert ranked(a_ranking(equal))[0] == [("A", 1), ("B", 1), ("C", 1)]
    assert ranked(a_ranking(equal, ties=("OPEN",)))[0] == [("A", 1), ("B", 1), ("C", 3)]
    assert ranked(a_ranking(equal, ties=("SCIENCE",)))[0] == [("C", 1), ("A", 2), ("B", 2)]


def test_the_draw_is_that_of_anybody_with_the_public_seed():
    equal = dict.fromkeys("ABCDE", FOUR["A"])
    lots = {ref: hashlib.sha256(f"{SEED} {ref}".encode()).hexdigest() for ref in equal}
    inputs = a_ranking(equal, draw=True)
    assert ranked(inputs)[0] == [(ref, rank) for rank, ref in enumerate(sorted(equal, key=lots.__getitem__), 1)]
    assert {row.ref: row.lot for row in standing_of(inputs).rows} == lots
    assert ranked(replace(inputs, seed="autre"))[0] != ranked(inputs)[0]


def test_a_dossier_that_is_stopped_or_below_the_minimum_is_ranked_and_not_funded():
    inputs = a_ranking(FOUR, stopped=frozenset("A"), envelope=Decimal(1000), minimum=Decimal(50))
    order, funding = ranked(inputs)
    assert [ref for ref, _ in order] == ["A", "B", "C", "D"]
    assert funding.refs == ("B", "C")
    assert ranked(a_ranking(FOUR))[1].refs == ()


def test_the_optimum_says_what_each_rule_costs_and_what_cannot_be_kept():
    quotas = (Quota("rare", "rare", least=1),)
    wanted = {"method": "optimum", "envelope": Decimal(200), "minimum": Decimal(20), "quotas": quotas}
    inputs = a_ranking(FOUR, groups={"D": {"rare"}}, **wanted)
    found = standing_of(inputs).funding
    assert (found.refs, found.points, found.is_alone) == (("A", "D"), Decimal(110), True)
    assert [(cost.points, cost.enter, cost.leave) for cost in found.costs] == [(0, (), ()), (4500, ("B",), ("D",))]
    none = standing_of(a_ranking(FOUR, **wanted)).funding
    assert (none.refs, none.blocking) == ((), quotas)


def test_the_line_stops_where_the_optimum_goes_on_to_a_smaller_one():
    amounts = {"A": 100, "B": 60, "C": 160, "D": 60}
    wanted = {"amounts": amounts, "envelope": Decimal(220)}
    assert ranked(a_ranking(FOUR, **wanted))[1].refs == ("A", "B")
    assert ranked(a_ranking(FOUR, **wanted, method="optimum"))[1].refs == ("A", "B", "D")


SEVERE = {
    "A": {"J1": (9, 9, 9), "J2": (8, 9, 8)},
    "B": {"J1": (7, 7, 7), "J2": (7, 8, 8)},
    "C": {"J1": (9, 8, 9), "J3": (6, 5, 6)},
    "D": {"J2": (8, 8, 8), "J3": (5, 5, 5)},
    "E": {"J1": (5, 5, 5), "J2": (5, 6, 5)},
    "F": {"J2": (6, 6, 6), "J3": (3, 3, 3)},
}


def test_corrected_beside_raw_with_who_would_change_and_who_is_near():
    standing = standing_of(a_ranking(SEVERE, draws=300, envelope=Decimal(200)))
    assert [(row.ref, row.rank, row.corrected_rank) for row in standing.rows[:4]] == [
        ("A", 1, 2),
        ("B", 2, 4),
        ("C", 3, 1),
        ("D", 4, 3),
    ]
    assert standing.severities["J3"] < -10
    assert standing.changed == {"B", "C"}
    assert all(row.first <= row.corrected_rank <= row.last for row in standing.rows)
    assert [(near.ref, near.against, near.gap) for near in standing.funding.near] == [
        ("B", "C", Decimal("1.50")),
        ("C", "B", Decimal("-1.50")),
    ]
    corrected = standing_of(a_ranking(SEVERE, draws=300, envelope=Decimal(200), order="corrected"))
    assert (corrected.order, corrected.funding.refs) == ("corrected", ("C", "A"))
    assert corrected.changed == standing.changed


def test_too_little_read_twice_leaves_the_raw_order():
    standing = standing_of(a_ranking({"A": {"J1": (5, 5, 5)}, "B": {}}, order="corrected", envelope=Decimal(100)))
    assert [(row.ref, row.rank, row.corrected, row.first) for row in standing.rows] == [
        ("A", 1, None, None),
        ("B", None, None, None),
    ]
    assert (standing.order, standing.other, standing.chance, standing.changed) == ("raw", None, None, frozenset())


@pytest.mark.parametrize("method", ["line", "optimum"])
def test_inputs_and_ranking_are_data_both_ways(method):
    quotas = (Quota("rare", "rare", least=1, most=4),) if method == "optimum" else ()
    inputs = a_ranking(
        SEVERE,
        groups={"D": {"rare"}},
        method=method,
        quotas=quotas,
        minimum=Decimal(20),
        envelope=Decimal(300),
        draw=True,
    )
    said = json.loads(canonical_json(inputs.as_data()))
    assert read(said).as_data() == said
    standing = standing_of(inputs)
    data = json.loads(canonical_json(standing.as_data()))
    assert standing_of(read(said)).as_data() == data
    assert standing_from(data).as_data() == data
    assert standing_from(data).funding == standing.funding
    assert standing_from(data).funding_with(Decimal(100), seconds=5).refs == (("A",) if method == "line" else ("D",))


@pytest.mark.parametrize(
    ("part", "key", "value"), [(None, "format", 2), ("rules", "order", "autre"), ("rules", "method", "")]
)
def test_data_that_is_no_ranking_is_refused(part, key, value):
    data = a_ranking(FOUR).as_data()
    (data[part] if part else data)[key] = value
    with pytest.raises(ValueError, match="unknown"):
        read(data)
