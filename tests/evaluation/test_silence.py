"""An opinion has a delay: its partner is reminded, its silence is noted and says nothing, and staff decide of it."""

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, transaction

from ami_portal.audit.models import AuditEvent
from ami_portal.desk.staff import todo
from ami_portal.kernel import clock
from ami_portal.notifications.models import Message
from applications.models import Dossier
from evaluation import actions, consultation
from evaluation.models import EligibilityItem, Opinion
from tests.desk.staff_rows import text_of
from tests.people import client_of

from . import scenes
from .helpers import journal, refusal
from .two_datasets import a_scene, give

WHY = "Deux relances sont restées sans réponse."


@pytest.fixture(scope="module")
def built(module_rows):
    scene = a_scene(scenes.a_closed_call(due=True))
    give(scene.dossier, scene.second)
    return scene


@pytest.fixture
def silent(scene):
    """The delay of the first opinion is over, and noted."""
    with time_machine.travel(end(scene), tick=False):
        assert actions.note_silences(at=clock.now()) == 1
        yield scene


def opinion(scene):
    return Opinion.objects.select_related("dossier__call", "dataset").get(dataset=scene.first)


def end(scene):
    """The instant at which the delay of the first opinion is over."""
    return clock.from_paris(opinion(scene).due_on + dt.timedelta(days=1), dt.time())


def partner(scene):
    return scenes.person(f"avis@{scene.first.code.lower()}.example")


def told(kind):
    return Message.objects.filter(kind=f"evaluation.opinion_{kind}").order_by("pk")


def settle(scene, refuses=False, reason=WHY, actor=None):
    actions.settle_silence(opinion(scene), refuses=refuses, reason=reason, actor=actor or scene.instructor)


def extend(scene, reason=WHY, actor=None):
    actions.extend_opinion(opinion(scene), reason=reason, actor=actor or scene.instructor)


def let_silence_refuse(scene):
    call = scene.call
    call.consultation = {**call.consultation, "due": {**call.consultation["due"], "silence_refuses": True}}
    call.save()


def test_the_delay_of_the_call_runs_from_the_request_whatever_day_is_asked(scene):
    row = opinion(scene)
    asked_on = clock.paris(row.requested_at).date()
    assert row.due_on == consultation.due_delay(scene.call).last_day(asked_on) > asked_on + dt.timedelta(days=20)
    other = scenes.an_eligible(scene.call, "paul@lab.example", datasets=[scene.first.code])
    early = asked_on + dt.timedelta(days=1)
    assert actions.request_opinion(other, scene.first, actor=scene.instructor, due_on=early).due_on == row.due_on


def test_the_partner_is_reminded_on_the_days_of_the_call_before_and_after_once_a_day(scene):
    due_on, minute = opinion(scene).due_on, dt.timedelta(minutes=1)
    for days in (8, 7, 6, 2, 0, -2, -3):
        at = clock.from_paris(due_on - dt.timedelta(days=days), dt.time(9, 30))
        with time_machine.travel(at, tick=False):
            actions.note_silences(at=at)
            found = [actions.remind_opinions(at=at + minute * late) for late in range(2)]
        assert found == [1 if days in (7, 2, -2) else 0, 0], days
    first, _, last = told("reminded")
    assert first.to_email == last.to_email == partner(scene).email
    assert ("est attendu le" in first.body, "n’est pas pris pour un accord" in last.body) == (True, True)
    give(scene.dossier, scene.first)
    assert told("reminded").count() == 3


def test_the_delay_ends_with_its_day_and_the_silence_is_its_own_value(scene):
    before = end(scene) - dt.timedelta(seconds=1)
    assert (actions.note_silences(at=before), opinion(scene).state) == (0, "requested")
    assert [actions.note_silences(at=end(scene)) for _ in range(2)] == [1, 0]
    row = opinion(scene)
    assert (row.state, row.neutrality, row.feasibility, row.refused_at) == ("silent", "", "", None)
    assert journal(row.ref, "opinion.note") == [("opinion.note_silence", "requested", "silent")]
    assert AuditEvent.objects.get(verb="opinion.note_silence").actor is None
    assert [message.to_email for message in told("silent")] == [partner(scene).email]


def test_no_time_turns_a_silence_into_an_agreement_and_the_partner_may_still_speak(silent):
    scenes.a_session(silent.call)
    with time_machine.travel(clock.now() + dt.timedelta(days=90), tick=False):
        assert actions.note_silences(at=clock.now()) == 0
        assign = (actions.assign_juror, silent.dossier, scenes.juror())
        assert f"manque pour : {silent.first.code}" in refusal(*assign, actor=scenes.secretary())
        row = todo.todo_of(silent.instructor)
        assert [(task.ref, task.due_on) for task in row.late] == [(silent.dossier.ref, opinion(silent).due_on)]
        give(silent.dossier, silent.first)
    assert journal(opinion(silent).ref, "opinion.give") == [("opinion.give", "silent", "given")]


def test_staff_extend_once_with_a_reason(silent):
    for actor in (scenes.secretary(), silent.owner, partner(silent)):
        assert "pas le droit" in refusal(extend, silent, actor=actor)
    assert "Donnez le motif" in refusal(extend, silent, reason=" ")
    extend(silent)
    row = opinion(silent)
    due_on = consultation.due_delay(silent.call).last_day(clock.today())
    assert (row.state, row.due_on, row.followed_reason, row.followed_by) == (
        "requested",
        due_on,
        WHY,
        silent.instructor,
    )
    message = told("extended").get()
    assert (message.to_email, WHY in message.body) == (partner(silent).email, False)
    with time_machine.travel(end(silent), tick=False):
        assert actions.note_silences(at=clock.now()) == 1
        assert "déjà prolongé une fois" in refusal(extend, silent)
    assert told("silent").count() == 2


def test_staff_go_on_without_it_with_a_reason_and_the_checks_and_the_jury_say_that_nothing_was_said(silent):
    assert "Donnez le motif" in refusal(settle, silent, reason="")
    for actor in (scenes.secretary(), silent.owner, partner(silent)):
        assert "pas le droit" in refusal(settle, silent, actor=actor)
    assert "ne se prend pas pour un refus" in refusal(settle, silent, refuses=True)
    settle(silent)
    row = opinion(silent)
    assert (row.state, row.is_veto, row.followed_reason) == ("passed_over", False, WHY)
    assert "« Sans avis »" in refusal(give, silent.dossier, silent.first).replace("\u00a0", " ")
    assert "« Sans avis »" in refusal(settle, silent).replace("\u00a0", " ")
    actions.run_checks(silent.dossier.versions.get().pk)
    item = EligibilityItem.objects.get(criterion__code="NEUTRALITY")
    assert (item.automatic, "Pas rendu, examen poursuivi sans lui" in item.evidence) == ("unknown", True)
    message = told("closed").get()
    assert (message.to_email, WHY in message.body) == (partner(silent).email, False)
    review = scenes.a_draft_review(silent.dossier)
    page = text_of(client_of(review.juror).get(f"/evaluation/jury/{silent.dossier.ref}/"))
    assert ("n’a pas rendu d’avis" in page, WHY in page) == (True, False)


def test_where_the_call_lets_it_staff_hold_the_dataset_refused_and_the_rest_follows_as_for_a_refusal(silent):
    let_silence_refuse(silent)
    settle(silent, refuses=True)
    row = opinion(silent)
    assert (row.state, row.is_veto, row.refused_at) == ("held_refused", True, row.followed_at)
    actions.run_checks(silent.dossier.versions.get().pk)
    found = EligibilityItem.objects.filter(criterion__decided_by="partner").values_list("automatic", flat=True)
    assert list(found) == ["not_met", "not_met"]
    asked = actions.ask_restriction(silent.dossier, reason=WHY, actor=silent.instructor)
    actions.answer_restriction(asked, accepts=False, answer="", actor=silent.owner)
    actions.stop_dossier(silent.dossier, reason=WHY, actor=silent.instructor)
    decided = EligibilityItem.objects.filter(criterion__decided_by="partner", decision="not_met")
    assert (Dossier.objects.get().state, decided.count()) == ("ineligible", 2)


def test_a_call_without_a_delay_notes_no_silence(scene):
    scene.call.consultation = {**scene.call.consultation, "due": {}}
    scene.call.save()
    later = end(scene) + dt.timedelta(days=50)
    assert (actions.note_silences(at=later), actions.remind_opinions(at=later)) == (0, 0)
    assert "ne fixe pas de délai" in refusal(extend, scene)
    assert "« Demandé »" in refusal(settle, scene).replace("\u00a0", " ")


def test_once_the_scoring_is_closed_nothing_is_noted_nor_decided(scene):
    actions.close_scoring(scenes.a_session(scene.call), actor=scenes.secretary())
    assert actions.note_silences(at=end(scene)) == 0
    assert "est close" in refusal(extend, scene)
    assert "est close" in refusal(settle, scene)


@pytest.mark.parametrize("change", [{"state": "passed_over"}, {"state": "held_refused"}, {"refused_at": clock.now()}])
def test_the_database_holds_the_rules_too(silent, change):
    with pytest.raises(IntegrityError), transaction.atomic():
        Opinion.objects.filter(dataset=silent.first).update(**change)


def test_the_pages_of_staff_and_partner(scene):
    url = f"/admin/dossiers/{scene.dossier.ref}/avis/"
    name = f"silence-{scene.first.code}"
    assert "Donner plus de temps" in text_of(client_of(scene.instructor).get(url))
    early = {f"{name}-choice": "without", f"{name}-reason": WHY}
    assert client_of(scene.instructor).post(f"{url}{scene.first.code}/silence/", early).status_code == 422
    with time_machine.travel(end(scene), tick=False):
        actions.note_silences(at=clock.now())
        staff, theirs = client_of(scene.instructor), client_of(partner(scene))
        tab = text_of(staff.get(url))
        assert "Ce silence ne dit rien : ni accord, ni refus." in tab
        assert ("Étape : Avis non rendu" in tab, "Tenir la base pour refusée" in tab) == (True, False)
        assert "ce délai est passé, vous pouvez encore le rendre" in text_of(theirs.get("/evaluation/avis/"))
        act = f"{url}{scene.first.code}/silence/"
        wrong = staff.post(act, {f"{name}-choice": "refuse", f"{name}-reason": WHY})
        assert (wrong.status_code, WHY in text_of(wrong)) == (422, True)
        checked = text_of(staff.post(act, early))
        assert "un silence n’est pas un accord" in checked
        assert opinion(scene).state == "silent"
        done = text_of(staff.post(act, early | {"confirme": "oui"}, follow=True))
        assert "Examen poursuivi sans cet avis" in done
        listed = text_of(theirs.get("/evaluation/avis/"))
        assert ("Sans avis de votre part" in listed, WHY in listed) == (True, False)
        read = text_of(theirs.get(f"/evaluation/avis/{scene.dossier.ref}/{scene.first.code}/"))
        assert ("il n’est plus attendu depuis" in read, "Vérifier mon avis" in read, WHY in read) == (
            True,
            False,
            False,
        )
