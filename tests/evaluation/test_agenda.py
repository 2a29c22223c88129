"""The order of a deliberation has as few exits as the best of all orders, tried one by one."""

import random
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation import agenda
from evaluation.agenda import arranged, exits_of

pytestmark = pytest.mark.once

PEOPLE = st.frozensets(st.sampled_from("ABCDE"), max_size=3)


def sets(**aside):
    return {name: frozenset(people) for name, people in aside.items()}


def test_who_leaves_twice_in_the_order_of_ranks_leaves_once():
    aside = sets(d1="A", d2="", d3="A", d4="AB", d5="B", d6="")
    assert exits_of(["d1", "d2", "d3", "d4", "d5", "d6"], aside) == 3
    assert arranged(list(aside), aside) == agenda.Agenda(("d1", "d3", "d4", "d5", "d2", "d6"), 2, True)


def test_without_conflicts_the_order_stays_that_of_the_ranking():
    assert arranged(["c", "a", "b"], {}) == agenda.Agenda(("c", "a", "b"), 0, True)
    assert arranged([], {}) == agenda.Agenda((), 0, True)


@settings(max_examples=120, deadline=None)
@given(st.lists(PEOPLE, min_size=1, max_size=6))
def test_no_order_has_fewer_exits(people):
    aside = {f"d{index}": one for index, one in enumerate(people)}
    found = arranged(list(aside), aside)
    assert sorted(found.order) == sorted(aside)
    assert found.is_proven
    assert found.exits == min(exits_of(order, aside) for order in permutations(aside))


def test_a_large_group_is_near_the_best_and_never_claims_what_it_did_not_prove(monkeypatch):
    """Groups of at most ten sets, solved once exactly and once as the large ones are."""
    draw, more = random.Random(2026), 0
    for _ in range(25):
        aside = {f"d{index}": frozenset(draw.sample("ABCDEF", draw.randint(1, 3))) for index in range(9)}
        exact = arranged(list(aside), aside)
        monkeypatch.setattr(agenda, "EXACT", 0)
        near = arranged(list(aside), aside)
        monkeypatch.undo()
        assert near.exits >= exact.exits
        assert not near.is_proven or near.exits == exact.exits
        more += near.exits - exact.exits
    assert more <= 5


def test_sixty_dossiers_are_ordered():
    draw = random.Random(7)
    aside = {f"d{index:02}": frozenset(draw.sample("ABCDEFGHIJKL", draw.choice([0, 0, 1, 2]))) for index in range(60)}
    found = arranged(list(aside), aside)
    assert sorted(found.order) == list(aside)
    assert found.exits < exits_of(aside, aside) / 2
