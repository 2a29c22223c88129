"""The sitting of a jury: presence, dossiers called one at a time, those who leave, the quorum, every refusal."""

import json

import pytest

from evaluation import actions, proof
from evaluation.deliberating import sitting_of
from evaluation.models import Attendance, Departure, Hearing, Minutes
from evaluation.quorum import Quorum

from . import scenes, sittings
from .helpers import journal, refusal
from .sittings import arrive, hear


@pytest.fixture(scope="module")
def built(module_rows):
    return sittings.a_sitting()


def test_presence_is_noted_once_and_kept(scene):
    arrive(scene, scene.one, scene.one)
    actions.note_presence(scene.session, scene.one, is_present=False, actor=scene.secretary)
    actions.note_presence(scene.session, scene.one, is_present=False, actor=scene.secretary)
    arrive(scene, scene.one)
    assert [stay.left_at is None for stay in Attendance.objects.all()] == [False, True]
    assert [verb for verb, *_ in journal(scene.call.code, "session.")][-3:] == [
        "session.arrive",
        "session.leave",
        "session.arrive",
    ]


def test_presence_is_of_the_members_noted_by_the_secretary_while_the_jury_deliberates(scene):
    act, said = actions.note_presence, {"is_present": True}
    assert "pas le droit" in refusal(act, scene.session, scene.one, **said, actor=scenes.instructor())
    stranger = scenes.juror("inconnu@d.example")
    assert "pas membre de ce jury" in refusal(act, scene.session, stranger, **said, actor=scene.secretary)
    sittings.frozen(scene)
    late = refusal(act, scene.session, scene.one, is_present=False, actor=scene.secretary)
    assert late.startswith("La présence et l’ordre du jour se tiennent pendant la délibération.")


def test_a_dossier_is_called_once_those_who_stand_aside_are_out(scene):
    arrive(scene, scene.one, scene.aside)
    hear(scene, scene.first)
    said = refusal(hear, scene, scene.second)
    assert said == f"Se déportent de ce dossier, et doivent d’abord quitter la salle : {scene.aside.get_full_name()}."
    assert Hearing.objects.get().dossier == scene.first
    hear(scene, scene.second, scene.aside)
    again = hear(scene, scene.second)
    assert [(row.dossier_id, row.closed_at is None) for row in Hearing.objects.all()] == [
        (scene.first.pk, False),
        (scene.second.pk, True),
    ]
    assert [row.juror for row in again.departures.all()] == [scene.aside]
    assert sitting_of(scene.session).count(scene.second).present == 1


def test_who_arrives_while_a_dossier_is_heard_that_they_stand_aside_from_waits_outside(scene):
    arrive(scene, scene.one)
    hear(scene, scene.second)
    arrive(scene, scene.aside)
    assert [row.juror for row in Departure.objects.all()] == [scene.aside]
    assert sitting_of(scene.session).still_in(scene.second) == []


def test_calling_a_dossier_is_the_secretary_s_on_an_eligible_dossier_of_the_call(scene):
    act = (actions.open_hearing, scene.session)
    assert "pas le droit" in refusal(*act, scene.first, gone=(), actor=scenes.instructor())
    stranger = scenes.an_eligible(scenes.a_closed_call("AUTRE-2026"), "zoe@inst.example")
    assert "ne délibère pas sur ce dossier" in refusal(*act, stranger, gone=(), actor=scene.secretary)
    scene.first.members.create(email=scene.secretary.email, role="reader", invited_at=scene.session.opened_at)
    assert "pas le droit" in refusal(*act, scene.first, gone=(), actor=scene.secretary)


def test_the_screen_is_emptied_once(scene):
    hear(scene, scene.first)
    actions.close_hearing(scene.session, actor=scene.secretary)
    actions.close_hearing(scene.session, actor=scene.secretary)
    assert Hearing.objects.filter(closed_at=None).count() == 0
    assert len(journal(scene.call.code, "session.pause")) == 1
    assert "pas le droit" in refusal(actions.close_hearing, scene.session, actor=scene.one)


def test_nothing_is_decided_before_somebody_who_stands_aside(scene):
    arrive(scene, scene.one, scene.aside, scene.three)
    said = refusal(scenes.decide, scene.session, scene.second, **scenes.REJECTED)
    assert said == (
        f"Appelez d’abord ce dossier et constatez la sortie de qui s’en déporte : {scene.aside.get_full_name()}."
    )
    hear(scene, scene.second, scene.aside)
    scenes.decide(scene.session, scene.second, **scenes.REJECTED)


def freezing(scene):
    return refusal(actions.freeze_decisions, scene.session, actor=scene.secretary)


def test_decisions_taken_without_a_quorum_are_not_frozen(scene):
    arrive(scene, scene.one, scene.aside)
    sittings.decide_both(scene)
    assert freezing(scene) == (
        f"{scene.second.ref} : quorum non atteint à la décision (1 présents pour 2 requis). "
        "Notez les présences, puis enregistrez-la de nouveau."
    )
    arrive(scene, scene.three)
    scenes.decide(scene.session, scene.second, **scenes.REJECTED)
    actions.freeze_decisions(scene.session, actor=scene.secretary)


def test_a_decision_whose_juror_stood_aside_afterwards_is_taken_again(scene):
    arrive(scene, scene.one, scene.aside, scene.three)
    sittings.decide_both(scene)
    review = scene.first.reviews.get(juror=scene.aside)
    actions.declare_conflict(review, conflict="Découvert en séance.", actor=scene.aside)
    assert f"{scene.first.ref} : un membre qui se déporte était dans la salle." in freezing(scene)
    hear(scene, scene.first, scene.aside)
    scenes.decide(scene.session, scene.first)
    actions.freeze_decisions(scene.session, actor=scene.secretary)


def test_the_minutes_say_who_was_there_who_left_and_the_quorum(scene):
    sittings.frozen(scene)
    kept = Minutes.objects.get()
    assert proof.verify(kept.content.encode()).faults == []
    minutes = json.loads(kept.content)["minutes"]
    assert len(minutes["sitting"]["attendance"]) == 3
    assert [(row["ref"], len(row["out"]), bool(row["to"])) for row in minutes["sitting"]["hearings"]] == [
        (scene.first.ref, 0, True),
        (scene.second.ref, 1, True),
    ]
    assert [proof.quorum_of(minutes, row) for row in minutes["dossiers"]] == [(3, 2), (2, 2)]
    actions.build_minutes(session_id=scene.session.pk)


@pytest.mark.parametrize(
    ("percent", "of_jury", "members", "aside", "needed"),
    [(50, True, 5, 0, 3), (50, True, 4, 2, 2), (50, False, 4, 2, 1), (100, False, 6, 1, 5), (1, False, 3, 3, 1)],
)
def test_the_quorum_is_of_the_jury_or_of_those_who_may_sit(percent, of_jury, members, aside, needed):
    assert Quorum(percent, of_jury).needed(members, aside) == needed
