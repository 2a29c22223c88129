"""Scores and ranks: properties that hold whatever the grid, and the figures of small examples."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation import ranking, scoring
from evaluation.scoring import Heading, Scale

FIVE = Scale(0, 5, ("a", "b", "c", "d", "e", "f"))
GRID = [Heading("A", 60, (1, 2)), Heading("B", 40, (3,))]


@st.composite
def grids(draw):
    """A grid whose weights sum to 100, with one to five points a heading, and its scale."""
    cuts = sorted(draw(st.lists(st.integers(1, 99), max_size=4, unique=True)))
    weights = [high - low for low, high in zip([0, *cuts], [*cuts, 100], strict=True)]
    keys = iter(range(1, 1000))
    headings = [
        Heading(f"H{index}", weight, tuple(next(keys) for _ in range(draw(st.integers(1, 5)))))
        for index, weight in enumerate(weights)
    ]
    lowest = draw(st.integers(0, 3))
    highest = lowest + draw(st.integers(1, 9))
    return headings, Scale(lowest, highest, tuple("x" * (highest - lowest + 1)))


@st.composite
def marked_grids(draw):
    """A grid with every point marked."""
    headings, scale = draw(grids())
    points = [point for heading in headings for point in heading.points]
    return headings, scale, {point: draw(st.integers(scale.lowest, scale.highest)) for point in points}


@given(marked_grids())
def test_a_score_is_between_0_and_100(drawn):
    headings, scale, marks = drawn
    score = scoring.score(headings, scale, marks)
    assert Decimal(0) <= score <= Decimal(100)


@given(grids())
def test_the_lowest_marks_make_0_and_the_highest_100(drawn):
    headings, scale = drawn
    points = [point for heading in headings for point in heading.points]
    assert scoring.score(headings, scale, dict.fromkeys(points, scale.lowest)) == Decimal("0.00")
    assert scoring.score(headings, scale, dict.fromkeys(points, scale.highest)) == Decimal("100.00")


@given(marked_grids(), st.randoms())
def test_the_order_of_headings_and_marks_changes_nothing(drawn, chance):
    headings, scale, marks = drawn
    shuffled, pairs = list(headings), list(marks.items())
    chance.shuffle(shuffled)
    chance.shuffle(pairs)
    assert scoring.score(shuffled, scale, dict(pairs)) == scoring.score(headings, scale, marks)


@given(marked_grids(), st.data())
def test_a_better_mark_never_lowers_the_score(drawn, data):
    headings, scale, marks = drawn
    point = data.draw(st.sampled_from(sorted(marks)))
    better = {**marks, point: min(scale.highest, marks[point] + 1)}
    assert scoring.score(headings, scale, better) >= scoring.score(headings, scale, marks)


@given(marked_grids(), st.data())
def test_a_missing_mark_is_never_a_zero(drawn, data):
    headings, scale, marks = drawn
    point = data.draw(st.sampled_from(sorted(marks)))
    partial = {key: mark for key, mark in marks.items() if key != point}
    earned, most = scoring.progress(headings, scale, partial)
    assert scoring.score(headings, scale, partial) is None
    assert Decimal(0) <= earned <= most < Decimal(100)


@given(st.lists(st.decimals(0, 100, places=2) | st.none(), max_size=8), st.randoms())
def test_the_mean_ignores_what_is_missing_and_the_order(scores, chance):
    known = [value for value in scores if value is not None]
    shuffled = list(scores)
    chance.shuffle(shuffled)
    mean = scoring.mean(scores)
    assert mean == scoring.mean(shuffled) == scoring.mean(known)
    assert (mean is None) == (not known)
    assert mean is None or min(known) <= mean <= max(known)


@given(st.lists(st.decimals(0, 100, places=1) | st.none(), max_size=12))
def test_ranks_count_who_is_better(scores):
    ranks = ranking.rank(scores)
    for score, rank in zip(scores, ranks, strict=True):
        better = None if score is None else 1 + sum(other > score for other in scores if other is not None)
        assert rank == better


def test_equal_scores_share_a_rank_and_the_next_one_is_skipped():
    scores = [Decimal(70), Decimal(90), None, Decimal(70), Decimal(50)]
    assert ranking.rank(scores) == [2, 1, None, 2, 4]


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ({1: 5, 2: 5, 3: 5}, ("100.00", "100.00", "100.00")),
        ({1: 4, 2: 3, 3: 2}, ("58.00", "58.00", "100.00")),
        ({1: 5, 2: 0}, (None, "30.00", "60.00")),
        ({3: 1}, (None, "8.00", "40.00")),
        ({}, (None, "0.00", "0.00")),
    ],
)
def test_figures_of_a_small_grid(marks, expected):
    score = scoring.score(GRID, FIVE, marks)
    earned, most = scoring.progress(GRID, FIVE, marks)
    assert (score and str(score), str(earned), str(most)) == expected


def test_a_heading_has_a_mean_only_when_it_is_whole():
    assert scoring.heading_score(GRID[0], FIVE, {1: 4, 2: 3}) == Decimal("3.50")
    assert scoring.heading_score(GRID[0], FIVE, {1: 4}) is None


def test_scores_round_half_up_to_the_hundredth():
    assert scoring.rounded(Fraction(12345, 1000)) == Decimal("12.35")
    assert scoring.mean([Decimal("10.00"), Decimal("10.01")]) == Decimal("10.01")


@pytest.mark.parametrize("raw", [{"min": 0, "max": 5, "labels": ["a"]}, {"min": 3, "max": 3, "labels": ["a"]}])
def test_a_scale_has_a_word_for_each_mark(raw):
    with pytest.raises(ValueError, match="une note a un mot"):
        scoring.scale_of(raw)
