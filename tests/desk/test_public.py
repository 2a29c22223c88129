"""The public pages of the calls, and a call loaded from its file."""

import datetime as dt

import pytest
from django.utils.html import escape

from ami_portal.audit.models import AuditEvent
from ami_portal.desk import calls
from ami_portal.kernel import clock
from ami_portal.questionnaire.models import FormRevision
from applications.models import Call, CallQuestion, EligibilityCriterion
from evaluation.models import SelectionHeading, SelectionPoint
from tests import scenes
from tests.evaluation import scenes as evaluation
from tests.people import a_juror, a_partner, a_person, client_of, staff

pytestmark = pytest.mark.django_db


def counts():
    models = (Call, FormRevision, CallQuestion, EligibilityCriterion, SelectionHeading, SelectionPoint)
    return [model.objects.count() for model in models]


def test_the_home_page_shows_the_open_call_whole(client):
    call = scenes.a_call(closes_in_days=20)
    text = client.get("/").content.decode()
    shown = [call.title, call.summary, "(heure de Paris), dans ", "Commencer un dossier", call.contact, "PRM-SEIN"]
    assert [words for words in shown if words not in text] == []


def test_without_an_open_call_the_home_page_says_so_and_keeps_the_past(client):
    call = scenes.a_call(closes_in_days=-5)
    text = client.get("/").content.decode()
    assert "Aucun appel n’est ouvert en ce moment" in text
    assert call.title in text
    page = client.get(f"/appels/{call.code}/").content.decode()
    assert "Commencer un dossier" not in page
    assert "Appel clos le" in page


def test_how_equals_are_told_apart_is_announced_with_its_seed(client):
    call = scenes.a_call(closes_in_days=-5)
    page = client.get(f"/appels/{call.code}/").content.decode()
    assert "La graine est le code de l’appel et l’instant où s’ouvre la séance du jury" in page
    session = evaluation.a_session(call)
    assert f"La graine est « {escape(session.seed)} »" in client.get(f"/appels/{call.code}/").content.decode()
    call.texts["ranking"] = {}
    call.save(update_fields=["texts"])
    assert "graine" not in client.get(f"/appels/{call.code}/").content.decode()


def test_the_form_is_read_without_an_account(client):
    call = scenes.a_call()
    text = client.get(f"/appels/{call.code}/formulaire/").content.decode()
    labels = [question.label for question in call.form_revision.form.questions()]
    assert len(labels) > 60
    assert [label for label in labels if escape(label) not in text] == []


@pytest.mark.parametrize("number", [1, 3])
def test_the_home_page_asks_as_many_queries_for_one_call_as_for_three(client, number, django_assert_num_queries):
    scenes.a_call("OUVERT")
    for index in range(number):
        scenes.a_call(f"CLOS-{index}", closes_in_days=-5 - index)
    client.get("/")
    with django_assert_num_queries(10):
        client.get("/")


def test_each_role_is_sent_to_its_own_work():
    people = {
        "/dossiers/": a_person(),
        "/evaluation/jury/": a_juror(),
        "/evaluation/avis/": a_partner(),
        "/admin/": staff("instructor"),
    }
    assert {client_of(user).get("/accueil/")["Location"] for user in people.values()} == set(people)
    assert [client_of(user).get("/accueil/")["Location"] for user in people.values()] == list(people)


def test_loading_a_call_twice_changes_nothing():
    scenes.a_call()
    before = counts()
    scenes.a_call()
    assert counts() == before
    assert AuditEvent.objects.filter(verb="call.load").count() == 1


def test_a_moved_call_keeps_its_hour_across_the_change_of_clocks():
    config = calls.read(scenes.CALL_FILE)
    summer, winter = (
        calls.moved(config, closes_on=day, code="X") for day in (dt.date(2026, 7, 1), dt.date(2026, 12, 1))
    )
    hours = [clock.paris(moved["call"]["calendar"]["closes_at"]).hour for moved in (summer, winter)]
    utc = [moved["call"]["calendar"]["closes_at"].astimezone(dt.UTC).hour for moved in (summer, winter)]
    assert (hours, utc) == ([12, 12], [10, 11])
