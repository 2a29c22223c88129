"""A jury whose call asks for the corrected order: its list, its moves and its minutes follow it; equals are drawn.

A marks a point higher than C, and B one lower; the third dossier is worth a point more than the others. By their means
the second and the third are equal; once severities are taken away, the third comes first.
"""

import json
from types import SimpleNamespace

import pytest

from evaluation import actions, board, proof
from evaluation.actions.minutes import render_minutes
from evaluation.models import Minutes, Review, Session

from . import scenes
from .helpers import refusal

PEOPLE = {"A": "jure@universite.example", "B": "autre@b.example", "C": "troisieme@c.example"}
MARKS = [{"A": 4, "B": 2}, {"A": 4, "C": 3}, {"B": 3, "C": 4}]


@pytest.fixture(scope="module")
def built(module_rows):
    call = scenes.a_closed_call()
    owners = ("lou@lab.example", "paul@lab.example", "zoe@lab.example")
    dossiers = [scenes.ready_for_jury(call, owner, title=f"Projet de {owner[:3]}") for owner in owners]
    for dossier, marks in zip(dossiers, MARKS, strict=True):
        for name, mark in marks.items():
            scenes.a_submitted_review(dossier, PEOPLE[name], mark=mark)
    session = scenes.a_session(call)
    actions.close_scoring(session, actor=scenes.secretary())
    return SimpleNamespace(call=call, session=session, dossiers=dossiers)


def asking(scene, **ranking):
    """The session, once the file of the call asks so."""
    session = Session.objects.select_related("call").get(pk=scene.session.pk)
    session.call.texts["ranking"] = session.call.texts["ranking"] | ranking
    session.call.save()
    return session


def decide(session, *order):
    """A laureate, a reserve and a refusal, in this order."""
    outcomes = ({}, {"outcome": "reserve", "amount": None}, scenes.REJECTED)
    for rank, (dossier, said) in enumerate(zip(order, outcomes, strict=True), start=1):
        scenes.decide(session, dossier, **(said | {"rank": rank}))


def freeze(session):
    actions.freeze_decisions(session, actor=scenes.secretary())
    return Minutes.objects.get()


def test_the_list_is_in_the_corrected_order_and_the_minutes_find_it_again(scene):
    session = asking(scene, order="corrected")
    first, second, third = scene.dossiers
    rows = board.ranking_of(session)
    assert [str(row.score) for row in rows if row.dossier != first] == ["70.00", "70.00"]
    assert rows[0].dossier == third
    assert rows[0].corrected > rows[0].score > rows[1].corrected
    decide(session, second, third, first)
    assert refusal(freeze, session).startswith(f"{second.ref} passe avant {third.ref}, mieux classé par les notes")
    decide(session, third, second, first)
    kept = freeze(session)
    assert proof.verify(kept.content.encode()).faults == []
    said = json.loads(kept.content)["minutes"]
    assert said["method"]["code"] == proof.CORRECTED
    assert {row["ref"]: row["corrected"] for row in said["dossiers"]} == {
        row.dossier.ref: str(row.corrected) for row in rows
    }
    changed = kept.content.replace(f'"corrected":"{rows[0].corrected}"', '"corrected":"99.99"')
    assert any("la note corrigée" in fault for fault in proof.verify(changed.encode()).faults)
    assert render_minutes(kept).startswith(b"%PDF")


@pytest.mark.parametrize("draw", [True, False])
def test_equal_means_are_frozen_as_the_call_tells_them_apart(scene, draw):
    session = asking(scene, order="raw", draw=draw, ties=[])
    rows = board.ranking_of(session)
    assert [row.rank for row in rows] == ([1, 2, 3] if draw else [1, 1, 3])
    best, other, last = (row.dossier for row in rows)
    decide(session, other, best, last)
    if draw:
        assert "passe avant" in refusal(freeze, session)
        decide(session, best, other, last)
    kept = freeze(session)
    assert proof.verify(kept.content.encode()).faults == []
    assert json.loads(kept.content)["minutes"]["method"]["code"] == proof.RAW


def test_where_nothing_can_be_corrected_the_means_decide(scene):
    for review in Review.objects.exclude(juror=scenes.juror(PEOPLE["A"])):
        review.scores.all().delete()
    rows = board.ranking_of(asking(scene, order="corrected"))
    assert [row.corrected for row in rows] == [None] * 3
