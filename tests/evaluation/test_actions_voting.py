"""Votes on the dossier that is heard: one ballot each, secret or named; counted in the room; the chair's voice."""

import json

import pytest

from evaluation import actions, proof
from evaluation.models import Ballot, Minutes, Vote

from . import scenes, sittings
from .helpers import journal, refusal
from .sittings import arrive, hear

QUESTION = "Retenir ce dossier ?"


@pytest.fixture(scope="module")
def built(module_rows):
    scene = sittings.a_sitting()
    arrive(scene, scene.one, scene.aside, scene.three)
    hear(scene, scene.first)
    return scene


def rule(scene, **votes):
    """What the file of the call says of votes."""
    scene.call.texts["deliberation"]["votes"] = votes
    scene.call.save()


def opening(scene, question=QUESTION):
    return actions.open_vote(scene.session, question=question, actor=scene.secretary)


def cast(scene, **voices):
    for name, voice in voices.items():
        actions.cast_ballot(scene.session, voice=voice, actor=getattr(scene, name))


def close(scene, casting=""):
    return actions.close_vote(scene.session, casting=casting, actor=scene.secretary)


def counts(vote):
    vote.refresh_from_db()
    return (vote.votes_for, vote.votes_against, vote.abstentions, vote.casting, vote.is_adopted)


def test_of_a_secret_vote_the_counts_alone_are_kept(scene):
    opening(scene)
    cast(scene, one="for", aside="against", three="for")
    assert counts(close(scene)) == (2, 1, 0, "", True)
    assert {(row.juror_id, row.voice) for row in Ballot.objects.all()} == {
        (person.pk, "") for person in (scene.one, scene.aside, scene.three)
    }
    assert [verb for verb, *_ in journal(scene.call.code, "session.")][-2:] == [
        "session.open_vote",
        "session.close_vote",
    ]


def test_named_ballots_say_who_voted_what_in_the_minutes(scene):
    rule(scene, ballots="named", tie="rejected")
    opening(scene)
    cast(scene, one="for", aside="against", three="abstain")
    assert counts(close(scene)) == (1, 1, 1, "", False)
    scenes.decide(scene.session, scene.first)
    hear(scene, scene.second, scene.aside)
    scenes.decide(scene.session, scene.second, **scenes.REJECTED)
    actions.freeze_decisions(scene.session, actor=scene.secretary)
    kept = Minutes.objects.get()
    [vote] = json.loads(kept.content)["minutes"]["sitting"]["hearings"][0]["votes"]
    assert sorted(vote["ballots"].values()) == ["abstain", "against", "for"]
    assert proof.verify(kept.content.encode()).faults == []


def test_the_chair_decides_between_equals_where_the_call_says_so(scene):
    opening(scene)
    cast(scene, one="for", aside="against")
    assert "dites dans quel sens la présidence tranche" in refusal(close, scene)
    assert counts(close(scene, "for")) == (1, 1, 0, "for", True)
    opening(scene)
    cast(scene, one="against")
    assert counts(close(scene, "for")) == (0, 1, 0, "", False)


def test_a_vote_counted_in_the_room(scene):
    act = (actions.count_vote, scene.session)
    said = {"question": QUESTION, "actor": scene.secretary}
    voices = {"for": 2, "against": 1, "abstain": 0}
    assert "4 voix pour 3 membres" in refusal(*act, counts=voices | {"abstain": 1}, **said)
    for wrong in ({}, {"for": 1}, voices | {"for": -1}, dict.fromkeys(voices, 0)):
        assert "Donnez le nombre de voix" in refusal(*act, counts=wrong, **said)
    assert counts(actions.count_vote(scene.session, counts=voices, **said)) == (2, 1, 0, "", True)
    assert "pas le droit" in refusal(*act, counts=voices, question=QUESTION, actor=scenes.instructor())


def test_each_member_present_without_conflict_votes_once(scene):
    assert "Aucun vote n’est ouvert" in refusal(cast, scene, one="for")
    opening(scene)
    cast(scene, one="for")
    assert "Vous avez déjà voté" in refusal(cast, scene, one="against")
    assert "Choisissez" in refusal(cast, scene, three="peut-être")
    actions.note_presence(scene.session, scene.three, is_present=False, actor=scene.secretary)
    assert "Votent les membres présents" in refusal(cast, scene, three="for")
    stranger = scenes.juror("inconnu@d.example")
    assert "pas le droit" in refusal(actions.cast_ballot, scene.session, voice="for", actor=stranger)
    close(scene)
    arrive(scene, scene.three)
    hear(scene, scene.second, scene.aside)
    opening(scene)
    assert "Votent les membres présents" in refusal(cast, scene, aside="for")


def test_a_vote_opens_on_a_dossier_that_is_heard_with_a_quorum_one_at_a_time(scene):
    assert "Écrivez la question" in refusal(opening, scene, " ")
    assert "200 caractères" in refusal(opening, scene, "x" * 201)
    opening(scene)
    assert "Un vote est ouvert" in refusal(opening, scene)
    assert "Un vote est ouvert" in refusal(hear, scene, scene.second, scene.aside)
    assert "Un vote est ouvert" in refusal(actions.close_hearing, scene.session, actor=scene.secretary)
    close(scene, "against")
    for person in (scene.one, scene.three):
        actions.note_presence(scene.session, person, is_present=False, actor=scene.secretary)
    assert "Le quorum n’est pas atteint" in refusal(opening, scene)
    actions.close_hearing(scene.session, actor=scene.secretary)
    assert "Aucun dossier n’est examiné" in refusal(opening, scene)
    assert "Aucun dossier n’est examiné" in refusal(close, scene)
    assert Vote.objects.count() == 1
