"""Staff ask a partner once to look again: both opinions stay, the second decides."""

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, transaction

from ami_portal.audit.models import AuditEvent
from ami_portal.desk import calls
from ami_portal.kernel import clock
from ami_portal.notifications.models import Message
from applications.models import Dossier
from evaluation import actions
from evaluation.models import Contradiction, Opinion, SecondLook
from tests.desk.staff_rows import text_of
from tests.people import client_of

from . import scenes
from .helpers import journal, refusal
from .two_datasets import a_scene, give

SAID, SECRET, WHY = "L’effectif ne suffit pas.", "Notre concurrent est derrière.", "Votre motif est commercial."
REFUSED = {"feasibility": "unfavourable", "feasibility_reason": SECRET, "disclosed_reason": SAID}


@pytest.fixture(scope="module")
def built(module_rows):
    scene = a_scene(scenes.a_closed_call(hears=True, due=True))
    give(scene.dossier, scene.first, **REFUSED)
    give(scene.dossier, scene.second)
    return scene


def opinion(scene):
    return Opinion.objects.select_related("dossier__call", "dataset").get(dataset=scene.first)


def ask(scene, kind="outside", reason=WHY, actor=None):
    return actions.ask_second_look(opinion(scene), kind=kind, reason=reason, actor=actor or scene.instructor)


def keep(scene, reason="Sans nouvelles.", actor=None):
    actions.keep_first_opinion(opinion(scene), reason=reason, actor=actor or scene.instructor)


def partner(scene):
    return scenes.person(f"avis@{scene.first.code.lower()}.example")


def test_the_first_opinion_is_kept_and_refuses_nothing_more_and_the_second_decides(scene):
    first = opinion(scene)
    look = ask(scene)
    row = opinion(scene)
    assert (row.state, row.feasibility, row.disclosed_reason, row.given_at, row.refused_at) == (
        "requested",
        "",
        "",
        None,
        None,
    )
    assert (look.kind, look.reason) == ("outside", WHY)
    assert (look.asked_by, look.first_given_by) == (scene.instructor, partner(scene))
    assert (look.first["feasibility_reason"], look.first["disclosed_reason"]) == (SECRET, SAID)
    assert (look.first["feasibility_ground"], look.first_given_at) == (first.feasibility_ground, first.given_at)
    assert journal(row.ref, "opinion.ask") == [("opinion.ask_again", "given", "requested")]
    event = AuditEvent.objects.get(verb="opinion.ask_again")
    assert event.data == {"kind": "outside", "due_on": row.due_on.isoformat(), "reason": WHY}
    message = Message.objects.get(kind="evaluation.opinion_again")
    assert (message.to_email, WHY in message.body, SECRET in message.body) == (partner(scene).email, False, False)
    scenes.a_session(scene.call)
    assert "manque pour" in refusal(actions.assign_juror, scene.dossier, scenes.juror(), actor=scenes.secretary())
    give(scene.dossier, scene.first, feasibility="reserved", feasibility_reason="Avec précaution.")
    row = opinion(scene)
    assert (row.state, row.feasibility, row.is_pending) == ("given", "reserved", False)
    assert SecondLook.objects.get().first["feasibility"] == "unfavourable"


def test_it_is_asked_once_by_an_instructor_with_a_reason_and_outside_of_its_grounds_a_refusal_alone(scene):
    for actor in (scenes.secretary(), scene.owner, partner(scene)):
        assert "pas le droit" in refusal(ask, scene, actor=actor)
    assert "Donnez le motif" in refusal(ask, scene, reason=" \n")
    assert "4000 caractères" in refusal(ask, scene, reason="x" * 4001)
    assert "Dites pourquoi" in refusal(ask, scene, kind="autre")
    favourable = Opinion.objects.get(dataset=scene.second)
    outside = {"kind": "outside", "reason": WHY, "actor": scene.instructor}
    assert "seul un avis défavorable" in refusal(actions.ask_second_look, favourable, **outside)
    ask(scene, kind="again")
    assert "qu’une fois" in refusal(ask, scene)
    give(scene.dossier, scene.first, **REFUSED)
    assert "qu’une fois" in refusal(ask, scene)
    with pytest.raises(IntegrityError), transaction.atomic():
        SecondLook.objects.create(
            opinion=favourable,
            kind="again",
            reason="",
            asked_at=clock.now(),
            asked_by=scene.instructor,
            first={},
            first_given_at=clock.now(),
            first_given_by=scene.instructor,
        )


def test_what_the_team_was_told_of_the_first_is_closed_and_it_answers_the_second_anew(scene):
    told = actions.open_contradiction(opinion(scene), actor=scene.instructor)
    ask(scene)
    told.refresh_from_db()
    assert (told.state, told.ended_by, Dossier.objects.get().reply_due_at) == ("dropped", scene.instructor, None)
    assert Message.objects.filter(kind="evaluation.contradiction_dropped").exists()
    give(scene.dossier, scene.first, **REFUSED | {"disclosed_reason": "Autrement dit."})
    assert (opinion(scene).is_veto, opinion(scene).is_pending) == (False, True)
    again = actions.open_contradiction(opinion(scene), actor=scene.instructor)
    assert (again.number, again.told["reason"]) == (2, "Autrement dit.")


@pytest.mark.parametrize("is_silent", [False, True])
def test_staff_may_keep_the_first_whose_refusal_is_then_heard_as_on_its_first_day(scene, is_silent):
    first = opinion(scene)
    assert "pas de premier avis" in refusal(keep, scene)
    ask(scene)
    at = clock.from_paris(opinion(scene).due_on + dt.timedelta(days=is_silent), dt.time(12))
    with time_machine.travel(at, tick=False):
        assert actions.note_silences(at=at) == is_silent
        for actor in (scenes.secretary(), partner(scene)):
            assert "pas le droit" in refusal(keep, scene, actor=actor)
        assert "Donnez le motif" in refusal(keep, scene, reason="")
        keep(scene)
    row = opinion(scene)
    assert (row.state, row.feasibility_reason, row.feasibility_quote) == ("given", SECRET, first.feasibility_quote)
    assert (row.given_at, row.given_by, row.refused_at, row.is_pending) == (first.given_at, partner(scene), None, True)
    assert (row.followed_by, row.followed_reason) == (scene.instructor, "Sans nouvelles.")
    assert actions.open_contradiction(row, actor=scene.instructor).number == 1
    assert not Contradiction.objects.exclude(state="opened").exists()


def test_a_ground_of_a_first_opinion_stays_in_the_list_of_its_call(scene):
    ask(scene)
    config = calls.dump(scene.call)
    config["call"]["consultation"]["feasibility"]["grounds"].pop(0)
    found = [str(problem) for problem in calls.plan(config, at=clock.now()).problems]
    assert ["missing_variables : motif d’un avis rendu, et absent" in problem for problem in found] == [True]


def test_too_late_nothing_is_asked_nor_kept(scene):
    ask(scene)
    actions.close_scoring(scenes.a_session(scene.call), actor=scenes.secretary())
    assert "est close" in refusal(keep, scene)
    favourable = Opinion.objects.get(dataset=scene.second)
    again = {"kind": "again", "reason": WHY, "actor": scene.instructor}
    assert "est close" in refusal(actions.ask_second_look, favourable, **again)


def test_the_pages_of_staff_and_partner_and_nothing_for_the_team(scene):
    staff, tab = client_of(scene.instructor), f"/admin/dossiers/{scene.dossier.ref}/avis/"
    act, name = f"{tab}{scene.first.code}/revoir/", f"revoir-{scene.first.code}"
    assert "Prier le partenaire de revoir son avis" in text_of(staff.get(tab))
    wrong = staff.post(act, {f"{name}-reason": WHY})
    assert (wrong.status_code, WHY in text_of(wrong)) == (422, True)
    said = {f"{name}-kind": "outside", f"{name}-reason": WHY}
    assert "On ne le demande qu’une fois." in text_of(staff.post(act, said))
    assert not SecondLook.objects.exists()
    done = text_of(staff.post(act, said | {"confirme": "oui"}, follow=True))
    assert "Réexamen demandé au partenaire" in done
    assert (WHY in done, SECRET in done, "Garder le premier avis" in done) == (True, True, True)
    again = said | {f"{name}-kind": "again", "confirme": "oui"}
    assert "on ne le demande qu’une fois" in text_of(staff.post(act, again, follow=True))
    theirs = client_of(partner(scene)).get(f"/evaluation/avis/{scene.dossier.ref}/{scene.first.code}/")
    read = text_of(theirs)
    assert ("Un second avis vous est demandé" in read, WHY in read, SECRET in read) == (True, True, True)
    assert f">{SECRET}</textarea>" in theirs.content.decode().replace(">\n", ">").replace("\n<", "<")
    team = client_of(scene.owner)
    for page in ("dossiers/", "evaluation/resultats/"):
        shown = text_of(team.get(f"/{page}{scene.dossier.ref}/"))
        assert [words in shown for words in (WHY, SECRET, SAID)] == [False, False, False]
    kept = {f"silence-{scene.first.code}-choice": "keep", f"silence-{scene.first.code}-reason": "Sans nouvelles."}
    end = f"{tab}{scene.first.code}/silence/"
    assert "tel qu’il a été rendu" in text_of(staff.post(end, kept))
    assert "Le premier avis est gardé." in text_of(staff.post(end, kept | {"confirme": "oui"}, follow=True))
