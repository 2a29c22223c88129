"""A ranking is found again from the data of its minutes, and one changed digit, wherever it is, is a fault."""

import json
from copy import deepcopy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ami_portal.kernel.text import canonical_json
from evaluation import proof
from evaluation.moves import unexplained

pytestmark = pytest.mark.once

HEADINGS = [("BENEFITS", 40, ["need", "public"]), ("METHOD", 60, ["plan", "data", "risks"])]
MARKS = {
    "APP-0001": {"A": [5, 4, 4, 4, 3], "C": [4, 4, 5, 4, 4]},
    "APP-0002": {"A": [3, 4, 3, 3, 3], "B": [4, 3, 2, 4, 3]},
    "APP-0003": {"B": [1, 2, 2, 3, 1], "C": [2, 2, 1, 0, 1]},
}
NAMES = [f"{code}/{point}" for code, _, points in HEADINGS for point in points]
DECISIONS = {
    "APP-0001": {"outcome": "laureate", "rank": 1, "amount": "90000.00", "reason": "", "move": ""},
    "APP-0002": {"outcome": "reserve", "rank": 2, "amount": None, "reason": "", "move": ""},
    "APP-0003": {"outcome": "rejected", "rank": 3, "amount": None, "reason": "Trop tôt.", "move": ""},
}


DECIDED_AT = "2026-11-25T10:30:00+00:00"
ATTENDANCE = [
    {"seat": "A", "from": "2026-11-25T09:00:00+00:00", "to": None},
    {"seat": "B", "from": "2026-11-25T09:05:00.250000+00:00", "to": None},
    {"seat": "C", "from": "2026-11-25T09:00:00+00:00", "to": "2026-11-25T12:00:00+00:00"},
]
SECRET = {"for": 1, "against": 1, "abstain": 0}
VOTE = {"question": "Retenir ?", "at": DECIDED_AT, "secret": True, "casting": "for", "adopted": True, "ballots": None}
NAMED = {"for": 1, "against": 0, "abstain": 1}
BALLOTS = {"ballots": {"A": "for", "B": "abstain"}, "secret": False, "casting": ""}
VOTES = {
    "APP-0001": [VOTE | {"counts": SECRET}],
    "APP-0002": [VOTE | BALLOTS | {"counts": NAMED}],
    "APP-0003": [
        VOTE | {"counts": {"for": 0, "against": 2, "abstain": 0}, "casting": "", "adopted": False, "secret": False}
    ],
}
HEARINGS = [
    {
        "ref": ref,
        "from": "2026-11-25T10:00:00+00:00",
        "to": "2026-11-25T11:00:00+00:00",
        "votes": VOTES[ref],
        "out": [{"seat": seat, "at": "2026-11-25T10:00:00+00:00"} for seat in "ABC" if seat not in reviews],
    }
    for ref, reviews in MARKS.items()
]


def minutes():
    """Three dossiers and three jurors, their figures as the rules of the grid give them."""
    rules = {
        "scale": {"min": 0, "max": 5, "labels": list("abcdef")},
        "headings": [
            {"code": code, "label": code, "weight": weight, "points": points} for code, weight, points in HEADINGS
        ],
    }
    data = {
        "format": proof.FORMAT,
        "method": {"code": proof.RAW, "seed": "graine", "ties": ["METHOD"], "draw": True},
        "call": {"code": "APP"},
        "session": {"frozen_at": DECIDED_AT},
        "rules": rules,
        "jurors": [{"seat": seat} for seat in "ABC"],
        "dossiers": [
            {
                "ref": ref,
                "aside": [seat for seat in "ABC" if seat not in reviews],
                "reviews": [review(rules, seat, marks) for seat, marks in reviews.items()],
                "score": None,
                "rank": None,
                "decision": DECISIONS[ref] | {"decided_at": DECIDED_AT},
            }
            for ref, reviews in MARKS.items()
        ],
        "sitting": {
            "quorum": {"percent": 50, "of_jury": True},
            "attendance": deepcopy(ATTENDANCE),
            "hearings": deepcopy(HEARINGS),
        },
        "granted_total": "90000.00",
    }
    for line in proof.METHODS[proof.RAW](data):
        [row] = [row for row in data["dossiers"] if row["ref"] == line.ref]
        row["score"], row["rank"] = str(line.score), line.rank
    return data


def review(rules, seat, marks):
    grid = proof._Grid(rules)
    said = dict(zip(NAMES, marks, strict=True))
    return {"seat": seat, "marks": said, "headings": grid.means(said), "score": str(grid.score(said))}


def faults(data):
    return proof.verify(proof.written(data).encode()).faults


def test_the_ranking_is_found_again():
    found = proof.verify(proof.written(minutes()).encode())
    assert found.faults == []
    assert [(line.ref, line.rank) for line in found.lines] == [("APP-0001", 1), ("APP-0002", 2), ("APP-0003", 3)]


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_one_changed_byte_anywhere_is_a_fault(data):
    content = proof.written(minutes()).encode()
    place = data.draw(st.integers(0, len(content) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte != content[place]))
    assert proof.verify(content[:place] + bytes([other]) + content[place + 1 :]).faults


def test_each_changed_digit_is_a_fault():
    content = proof.written(minutes()).encode()
    for place, byte in enumerate(content):
        if chr(byte).isdigit():
            other = b"0123456789"[(byte - 47) % 10]
            assert proof.verify(content[:place] + bytes([other]) + content[place + 1 :]).faults, place


def test_whoever_makes_the_fingerprint_again_is_found_by_the_computation():
    """Each mark, each weight and each stated figure, one at a time, with a fingerprint that fits."""
    cases = 0
    for dossier in range(3):
        for turn in range(2):
            for name in NAMES:
                forged = minutes()
                marks = forged["dossiers"][dossier]["reviews"][turn]["marks"]
                marks[name] += 1 if marks[name] < 5 else -1
                assert faults(forged), (dossier, turn, name)
                cases += 1
    assert cases == 30


def forged(**changes):
    """Minutes with one place changed: « dossiers.0.rank » is called `dossiers__0__rank`."""
    data = minutes()
    for path, value in changes.items():
        *parents, last = path.split("__")
        place = data
        for name in parents:
            place = place[int(name) if name.isdigit() else name]
        place[int(last) if last.isdigit() else last] = value
    return data


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"rules__headings__0__weight": 41}, "La somme des poids est 101"),
        ({"dossiers__1__rank": 3}, "APP-0002 : la moyenne"),
        ({"dossiers__1__score": "64.01"}, "APP-0002 : la moyenne 64.01"),
        ({"dossiers__0__reviews__0__score": "75.99"}, "APP-0001, membre A : la note 75.99"),
        ({"dossiers__0__reviews__0__seat": "D"}, "n’est pas d’un membre du jury"),
        ({"dossiers__0__aside": ["A"]}, "qui se déporte est comptée"),
        ({"dossiers__1__ref": "APP-0001"}, "nommé deux fois"),
        ({"dossiers__1__decision__rank": 1}, "ont le même rang"),
        ({"dossiers__0__decision__rank": 9}, "contre leurs décisions"),
        ({"sitting__quorum__percent": 80}, "APP-0001 : 2 présents à la décision, pour un quorum de 3."),
        ({"sitting__attendance__0__from": "2026-11-25T10:31:00+00:00"}, "APP-0001 : 1 présents"),
        ({"sitting__hearings__0__out": []}, "le membre B, qui se déporte, était dans la salle"),
        ({"sitting__hearings__0__to": "2026-11-25T10:30:00+00:00"}, "le membre B, qui se déporte"),
        ({"sitting__hearings__0__votes__0__adopted": False}, "l’issue n’est pas celle des voix"),
        ({"sitting__hearings__0__votes__0__casting": ""}, "l’issue n’est pas celle des voix"),
        ({"sitting__hearings__1__votes__0__ballots__A": "against"}, "les bulletins ne font pas le compte"),
        ({"sitting__hearings__2__votes__0__counts__against": 3}, "plus de voix que de membres"),
        ({"dossiers__0__decision__decided_at": "hier"}, proof.NOT_MINUTES),
        ({"granted_total": "90000.01"}, "Les montants accordés font 90000.00"),
        ({"jurors__2__seat": "A"}, "la même lettre"),
        ({"dossiers__0__reviews__0__marks__METHOD/plan": 6}, proof.NOT_MINUTES),
        ({"method__code": "autre"}, proof.NOT_MINUTES),
        ({"dossiers": None}, proof.NOT_MINUTES),
        ({"session__frozen_at": "2026-a1-01"}, proof.NOT_MINUTES),
    ],
)
def test_a_forgery_is_said(changes, said):
    assert said in " ".join(faults(forged(**changes)))


def test_a_dossier_passes_before_a_better_one_with_a_reason_only():
    swapped = {"dossiers__0__decision__rank": 2, "dossiers__1__decision__rank": 1}
    both = {"dossiers__1__decision__outcome": "laureate", "dossiers__1__decision__amount": "1.00"}
    total = {"granted_total": "90001.00"}
    assert faults(forged(**swapped, **both, **total)) == ["APP-0002 passe avant APP-0001, mieux noté, sans motif."]
    assert faults(forged(**swapped, **both, **total, dossiers__1__decision__move="Seul du thème.")) == []


@pytest.mark.parametrize("content", [b"", b"\xff", b"[]", b"{}", b'{"minutes":{},"sha256":""}', b"[" * 100_000])
def test_what_is_no_minutes_is_said(content):
    assert proof.NOT_MINUTES in proof.verify(content).faults


def test_the_same_data_in_another_form_is_not_what_was_written():
    content = json.dumps(json.loads(proof.written(minutes())), indent=1).encode()
    assert proof.verify(content).faults == ["Le texte des données n’est plus celui qui fut écrit."]
    assert canonical_json(json.loads(content)) == proof.written(minutes())


@settings(max_examples=80, deadline=None)
@given(st.permutations("abcdef"), st.sets(st.sampled_from("abcdef")))
def test_what_has_no_reason_keeps_the_order_of_the_ranking(order, explained):
    ranks = {"a": 1, "b": 2, "c": 2, "d": 4, "e": 5, "f": None}
    kept = [7 if ranks[name] is None else ranks[name] for name in order if name not in explained]
    assert bool(unexplained(order, ranks, explained)) == (kept != sorted(kept))
