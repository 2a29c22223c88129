"""The correction of severity: what is known to be true is found again; small cases are those of a hand."""

import sys
from decimal import Decimal

import pytest

from evaluation.calibration import Mark, calibrate
from evaluation.ranking import funded, rank
from tests.evaluation.juries import a_jury, found_by

pytestmark = pytest.mark.once


def marks_of(table):
    return [Mark(dossier, juror, Decimal(score)) for dossier, row in table.items() for juror, score in row.items()]


def test_over_200_juries_the_truth_is_found_again(capsys):
    biased, fair = found_by(200, bias=8, draws=100), found_by(200, bias=0, draws=20)
    with capsys.disabled():
        sys.stdout.write(
            f"\nKendall, biased jurors: raw {biased.raw:.4f}, corrected {biased.corrected:.4f}"
            f"\nKendall, jurors without bias: raw {fair.raw:.4f}, corrected {fair.corrected:.4f}"
            f"\n90 % interval of ranks: covers the true rank {biased.covered:.1%} of the time\n"
        )
    assert biased.corrected > biased.raw + 0.03
    assert fair.corrected > fair.raw - 0.002
    assert 0.86 <= biased.covered <= 0.94


def test_a_severe_juror_is_found_and_their_dossiers_rise():
    scores = {"D1": {"A": 70, "B": 68}, "D2": {"A": 60, "B": 61}, "D3": {"B": 75, "C": 55}, "D4": {"A": 50, "C": 31},
              "D5": {"C": 45, "B": 64}, "D6": {"A": 80, "C": 59}}  # fmt: skip
    found = calibrate(marks_of(scores), seed=1)
    assert found.severities["C"] < -10 < min(found.severities["A"], found.severities["B"])
    raw = {name: sum(row.values()) / 2 for name, row in scores.items()}
    assert found.dossiers["D6"].rank == 1
    assert raw["D5"] < raw["D2"]
    assert found.dossiers["D5"].score > found.dossiers["D2"].score


def test_jurors_who_agree_but_for_chance_are_not_corrected():
    scores = {"D1": {"A": 70, "B": 66}, "D2": {"A": 60, "B": 64}, "D3": {"A": 55, "B": 52}, "D4": {"A": 40, "B": 43}}
    found = calibrate(marks_of(scores), seed=1, draws=10)
    assert (set(found.severities.values()), found.bias) == ({Decimal(0)}, 0)
    assert [row.score for row in found.dossiers.values()] == [
        Decimal(68),
        Decimal(62),
        Decimal("53.5"),
        Decimal("41.5"),
    ]


def test_the_same_seed_gives_the_same_intervals_whatever_the_order_of_the_marks():
    marks, _ = a_jury(1, bias=8)
    assert calibrate(marks, seed=7, draws=300) == calibrate(marks[::-1], seed=7, draws=300)
    assert calibrate(marks, seed=7, draws=300) != calibrate(marks, seed=8, draws=300)


def test_the_rank_of_a_dossier_is_within_its_interval():
    found = calibrate(a_jury(2, bias=8)[0], seed=1, draws=200).dossiers
    assert all(1 <= row.first <= row.rank <= row.last <= len(found) for row in found.values())


@pytest.mark.parametrize(
    "scores",
    [{}, {"D1": {"A": 70}}, {"D1": {"A": 70}, "D2": {"B": 60}}, {"D1": {"A": 70, "B": 60, "C": 65}}],
)
def test_too_few_scores_say_nothing(scores):
    assert calibrate(marks_of(scores), seed=1) is None


def test_jurors_who_say_the_same_leave_no_doubt():
    scores = {f"D{place}": {"A": place, "B": place} for place in range(10, 60, 10)}
    found = calibrate(marks_of(scores), seed=1, draws=50)
    assert [(row.first, row.rank, row.last) for row in found.dossiers.values()] == [(n, n, n) for n in (5, 4, 3, 2, 1)]


def test_what_decides_between_equals_is_compared_in_order():
    keys = [
        (Decimal(70), Decimal(3)),
        None,
        (Decimal(70), Decimal(4)),
        (Decimal(71), Decimal(0)),
        (Decimal(70), Decimal(3)),
    ]
    assert rank(keys) == [3, None, 2, 1, 3]


@pytest.mark.parametrize(
    ("envelope", "expected"), [(0, []), (99, []), (100, ["A"]), (160, ["A"]), (200, ["A", "B", "C"])]
)
def test_the_first_that_does_not_fit_ends_the_funded(envelope, expected):
    amounts = {"A": Decimal(100), "B": Decimal(70), "C": Decimal(20)}
    assert funded("ABC", amounts, Decimal(envelope)) == expected
