"""Before a veto takes effect its team is told, may answer, and staff settle; nothing is refused by elapsed time."""

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, transaction

from ami_portal.audit.models import AuditEvent
from ami_portal.desk import calls
from ami_portal.jobs.models import Job
from ami_portal.kernel import clock
from ami_portal.notifications.models import Message
from applications.models import Dossier
from evaluation import actions
from evaluation.models import Contradiction, EligibilityItem, Opinion
from tests.desk.staff_rows import text_of
from tests.people import client_of

from . import scenes
from .helpers import journal, refusal
from .two_datasets import a_scene, give

SECRET, SAID = "Notre concurrent est derrière.", "L’effectif ne suffit pas."
REFUSED = {"feasibility": "unfavourable", "feasibility_reason": SECRET, "disclosed_reason": SAID}
ANSWER, WHY = "Nous réduisons le périmètre.", "La réponse ne lève pas le motif."


@pytest.fixture(scope="module")
def built(module_rows):
    scene = a_scene(scenes.a_closed_call(hears=True))
    give(scene.dossier, scene.first, **REFUSED)
    give(scene.dossier, scene.second)
    return scene


@pytest.fixture
def told(scene):
    scene.told = actions.open_contradiction(opinion(scene), actor=scene.instructor)
    return scene


def opinion(scene):
    return Opinion.objects.select_related("dossier__call", "dataset").get(dataset=scene.first)


def row():
    return Contradiction.objects.select_related("opinion__dossier__call", "opinion__dataset").get()


def partner(scene):
    return scenes.person(f"avis@{scene.first.code.lower()}.example")


def answer(scene, text=ANSWER, actor=None):
    actions.answer_contradiction(row(), answer=text, actor=actor or scene.owner)


def settle(scene, reason=WHY, actor=None):
    actions.settle_contradiction(row(), reason=reason, actor=actor or scene.instructor)


def automatic(scene):
    actions.run_checks(scene.dossier.versions.get().pk)
    found = EligibilityItem.objects.filter(criterion__code="SCIENTIFIC_FEASIBILITY")
    return found.values_list("automatic", flat=True).get()


def seen_by(scene, person):
    """All that somebody of the team can read about it, mails included."""
    client = client_of(person)
    pages = (f"/dossiers/{scene.dossier.ref}/", f"/evaluation/consultation/{scene.dossier.ref}/")
    pages += (f"/evaluation/resultats/{scene.dossier.ref}/", "/dossiers/")
    mails = Message.objects.filter(to_email=person.email)
    return " ".join([text_of(client.get(page)) for page in pages] + [mail.title + mail.body for mail in mails])


def test_nothing_is_refused_before_the_team_could_answer_whatever_time_passes(scene):
    session = scenes.a_session(scene.call)
    for days in (0, 60):
        with time_machine.travel(clock.now() + dt.timedelta(days=days), tick=False):
            assert actions.end_contradictions(at=clock.now()) == 0
            assert (opinion(scene).is_veto, opinion(scene).is_pending) == (False, True)
            assert automatic(scene) == "unknown"
            assign = refusal(actions.assign_juror, scene.dossier, scenes.juror(), actor=scenes.secretary())
            assert "n’a pas encore eu sa suite" in assign
            for act in (actions.stop_dossier, actions.ask_restriction):
                assert "attend encore sa suite" in refusal(act, scene.dossier, reason=WHY, actor=scene.instructor)
    assert (Dossier.objects.get().state, session.state) == ("eligible", "scoring")


def test_before_the_act_the_team_reads_nothing_and_after_it_what_is_told_and_no_more(scene):
    before = seen_by(scene, scene.owner)
    assert [words in before for words in (SAID, SECRET, "Réponse demandée")] == [False, False, False]
    opened = actions.open_contradiction(opinion(scene), actor=scene.instructor)
    assert (opened.state, opened.number, opened.opened_by) == ("opened", 1, scene.instructor)
    assert journal(opened.ref) == [("contradiction.open", "", "opened")]
    message = Message.objects.get(kind="evaluation.contradiction_opened")
    assert message.to_email == scene.owner.email
    assert [words in message.title + message.body for words in (SAID, scene.first.title)] == [False, False]
    assert Dossier.objects.get().reply_due_at == opened.due_at
    after = seen_by(scene, scene.owner)
    told = (SAID, "Variables absentes de la base", opinion(scene).feasibility_quote, "Réponse demandée")
    assert [words in after for words in told] == [True] * 4
    given_by = opinion(scene).given_by
    assert [words in after for words in (SECRET, given_by.email, given_by.get_full_name())] == [False, False, False]


def test_the_delay_of_the_call_is_counted_in_working_days(scene):
    with time_machine.travel(dt.datetime(2026, 12, 23, 15, tzinfo=clock.PARIS), tick=False):
        opened = actions.open_contradiction(opinion(scene), actor=scene.instructor)
    assert opened.due_at == dt.datetime(2027, 1, 9, 0, 0, tzinfo=clock.PARIS)


def test_an_instructor_makes_it_known_once(scene):
    tell = (actions.open_contradiction, opinion(scene))
    for actor in (scenes.secretary(), scene.owner, partner(scene)):
        assert "pas le droit" in refusal(*tell, actor=actor)
    favourable = Opinion.objects.get(dataset=scene.second)
    assert "ne refuse rien" in refusal(actions.open_contradiction, favourable, actor=scene.instructor)
    actions.open_contradiction(opinion(scene), actor=scene.instructor)
    assert "déjà communiqué" in refusal(*tell, actor=scene.instructor)
    call = scene.call
    call.consultation = {**call.consultation, "answer": {}}
    call.save()
    assert "prend effet aussitôt" in refusal(*tell, actor=scene.instructor)
    actions.close_scoring(scenes.a_session(call), actor=scenes.secretary())
    assert "est close" in refusal(*tell, actor=scene.instructor)
    assert "est close" in refusal(settle, scene)


def test_the_owner_alone_answers_once_and_the_partner_is_told_that_there_is_an_answer(told):
    told.dossier.members.create(email="lecteur@valmont.example", role="reader", invited_at=clock.now())
    for actor in (told.instructor, partner(told), scenes.person("lecteur@valmont.example")):
        assert "pas le droit" in refusal(answer, told, actor=actor)
    assert "Écrivez votre réponse" in refusal(answer, told, text=" \n")
    assert "8000 caractères" in refusal(answer, told, text="x" * 8001)
    answer(told, text=f" {ANSWER} ")
    assert (row().state, row().answer, row().answered_by) == ("answered", ANSWER, told.owner)
    assert "« Réponse donnée »" in refusal(answer, told).replace("\u00a0", " ")
    message = Message.objects.get(kind="evaluation.contradiction_answered")
    assert (message.to_email, ANSWER in message.body) == (partner(told).email, False)
    assert (Dossier.objects.get().reply_due_at, opinion(told).is_veto) == (None, False)
    assert journal(row().ref, "contradiction.answer") == [("contradiction.answer", "opened", "answered")]


@pytest.mark.parametrize(("seconds", "state"), [(-1, "answered"), (0, "unanswered"), (1, "unanswered")])
def test_the_delay_ends_to_the_second_and_a_silence_refuses_nothing(told, seconds, state):
    with time_machine.travel(row().due_at + dt.timedelta(seconds=seconds), tick=False):
        if state == "answered":
            answer(told)
        else:
            assert "délai est passé" in refusal(answer, told)
        assert actions.end_contradictions(at=clock.now()) == (state == "unanswered")
        assert actions.end_contradictions(at=clock.now()) == 0
        assert (row().state, opinion(told).is_veto, Dossier.objects.get().state) == (state, False, "eligible")
        settle(told)
    assert Message.objects.filter(kind="evaluation.contradiction_unanswered").count() == (state == "unanswered")
    assert (row().state, row().reason, row().ended_by) == ("effective", WHY, told.instructor)
    assert (opinion(told).is_veto, opinion(told).refused_at) == (True, row().ended_at)


def test_staff_settle_with_a_reason_once_heard_and_what_follows_a_refusal_is_then_open(told):
    assert "« Réponse attendue »" in refusal(settle, told).replace("\u00a0", " ")
    answer(told)
    assert "Donnez le motif" in refusal(settle, told, reason=" ")
    for actor in (scenes.secretary(), told.owner, partner(told)):
        assert "pas le droit" in refusal(settle, told, actor=actor)
    settle(told)
    version = told.dossier.versions.get()
    assert Job.objects.filter(name="evaluation.run_checks", ids={"version_id": version.pk}).exists()
    assert automatic(told) == "not_met"
    assert AuditEvent.objects.get(verb="contradiction.settle").data == {"reason": WHY}
    assert "« Avis suivi d’effet »" in refusal(settle, told).replace("\u00a0", " ")
    assert actions.ask_restriction(told.dossier, reason="Motif.", actor=told.instructor).state == "asked"


@pytest.mark.parametrize("state", ["opened", "answered", "effective"])
def test_an_opinion_that_was_told_is_lifted_and_not_reworded(told, state):
    if state != "opened":
        answer(told)
    if state == "effective":
        settle(told)
    reworded = REFUSED | {"disclosed_reason": "Autre chose."}
    assert "non en changer les termes" in refusal(give, told.dossier, told.first, **reworded)
    give(told.dossier, told.first, **REFUSED)  # the same again says nothing new
    give(told.dossier, told.first, feasibility="reserved", feasibility_reason="Peu.")
    assert (row().state, row().ended_by, opinion(told).refused_at) == ("dropped", partner(told), None)
    assert Dossier.objects.get().reply_due_at is None
    assert Message.objects.filter(kind="evaluation.contradiction_dropped", to_email=told.owner.email).count() == 1
    give(told.dossier, told.first, **REFUSED)
    again = actions.open_contradiction(opinion(told), actor=told.instructor)
    assert (again.number, opinion(told).is_veto) == (2, False)


def test_a_call_that_hears_nobody_refuses_at_once_and_cannot_change_it_afterwards(scene):
    config = calls.dump(scene.call)
    config["call"]["consultation"]["answer"] = {}
    found = [str(problem) for problem in calls.plan(config, at=clock.now()).problems]
    assert ["le droit de répondre avant l’effet change" in problem for problem in found] == [True]
    config["call"]["consultation"]["answer"] = {"days": 20, "working_days": False}
    assert calls.plan(config, at=clock.now()).problems == ()


def test_without_a_list_of_grounds_the_partner_says_something_to_answer(scene):
    scene.call.consultation = {"answer": {"days": 5, "working_days": True}}
    scene.call.save()
    give(scene.dossier, scene.first)
    silent = {"feasibility": "unfavourable", "feasibility_reason": SECRET}
    assert "Dites au porteur pourquoi" in refusal(give, scene.dossier, scene.first, **silent)


@pytest.mark.parametrize(
    "change",
    [
        {"state": "answered"},
        {"state": "effective"},
        {"answer": "Oui."},
        {"due_at": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)},
    ],
)
def test_the_database_holds_the_rules_too(told, change):
    with pytest.raises(IntegrityError), transaction.atomic():
        Contradiction.objects.update(**change)


def test_the_pages_of_the_three_who_read_it(scene):
    staff, team, ref = client_of(scene.instructor), client_of(scene.owner), scene.dossier.ref
    tab, page = f"/admin/dossiers/{ref}/avis/", f"/evaluation/consultation/{ref}/"
    tell, end = f"{tab}{scene.first.code}/communiquer/", f"{tab}{scene.first.code}/suite/"
    reply = f"{page}{scene.first.code}/"
    assert (team.get(page).status_code, team.post(reply, {}).status_code) == (404, 404)
    shown = text_of(staff.get(tab))
    assert "Défavorable, pas encore d’effet" in shown
    assert "Avant que l’avis prenne effet, il se communique à l’équipe" in shown
    checked = text_of(staff.post(tell))
    assert [words in checked for words in (SAID, "Variables absentes de la base", SECRET)] == [True, True, False]
    assert not Contradiction.objects.exists()
    assert "Étape : Réponse de l’équipe attendue" in text_of(staff.post(tell, {"confirme": "oui"}, follow=True))
    assert "déjà communiqué" in text_of(staff.post(tell, {"confirme": "oui"}, follow=True))
    wrong = team.post(reply, {f"{scene.first.code}-answer": ""})
    assert (wrong.status_code, "n’a pas encore d’effet" in text_of(wrong)) == (422, True)
    sent = text_of(team.post(reply, {f"{scene.first.code}-answer": f"<i>{ANSWER}</i>"}, follow=True))
    assert ("Votre réponse est envoyée." in sent, f"<i>{ANSWER}</i>" in sent) == (True, True)
    late = team.post(reply, {f"{scene.first.code}-answer": "Encore."})
    assert (late.status_code, "Encore." in text_of(late)) == (422, True)
    theirs = f"/evaluation/avis/{ref}/{scene.first.code}/"
    read = text_of(client_of(partner(scene)).get(theirs))
    assert ("Réponse du porteur" in read, ANSWER in read, scene.owner.email in read) == (True, True, False)
    other = f"/evaluation/avis/{ref}/{scene.second.code}/"
    neighbour = client_of(scenes.person(f"avis@{scene.second.code.lower()}.example"))
    assert ANSWER not in text_of(neighbour.get(other))
    assert staff.post(end, {f"suite-{scene.first.code}-reason": ""}).status_code == 422
    said = {f"suite-{scene.first.code}-reason": WHY}
    assert f"Il lui reste : {scene.second.title}." in text_of(staff.post(end, said))
    done = text_of(staff.post(end, said | {"confirme": "oui"}, follow=True))
    assert ("la base est refusée à ce dossier" in done, "1 base refusée sur 2" in done) == (True, True)
    assert "cette base est refusée à votre dossier" in text_of(team.get(page))
    assert WHY not in text_of(team.get(page))
