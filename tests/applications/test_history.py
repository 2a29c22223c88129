"""The history of a question: read by the team, compared with now, taken back as a save like any other."""

import copy
import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ami_portal.kernel import clock
from ami_portal.questionnaire.answers import Address
from applications import actions
from applications.enums import MemberRole
from applications.models import Answer, PastAnswer
from tests import people
from tests.applications import small


def page_of(dossier, question="summary"):
    return reverse("applications:answer_history", kwargs={"ref": dossier.ref, "question": question})


@pytest.fixture
def written(dossier, owner):
    """Three texts of one question, an hour between each."""
    start = clock.now()
    for hour, text in enumerate(("Un premier texte.", "Un second texte.", "Un autre texte.")):
        with time_machine.travel(start + dt.timedelta(hours=hour), tick=False):
            small.type_in(dossier, "summary", text, actor=owner)
    return dossier


def take_back(client, dossier, past, version, question="summary"):
    return client.post(page_of(dossier, question), {"text": past.uuid, "version": version}, follow=True)


def test_each_text_is_told_with_what_differs_from_now(written, owner):
    page = people.client_of(owner).get(page_of(written)).content.decode()
    for words in (
        "Historique : Résumé",
        owner.get_full_name(),
        "[retiré depuis : </span>second",
        "[ajouté depuis : </span>autre",
    ):
        assert words in page
    assert page.count("Reprendre ce texte") == 2
    assert page.index("second") < page.index("premier")


def test_a_text_is_taken_back_and_what_it_replaces_stays(written, owner):
    first = PastAnswer.objects.get(value="Un premier texte.")
    page = take_back(people.client_of(owner), written, first, 3).content.decode()
    assert "Ce texte est de nouveau la réponse" in page
    assert Answer.objects.values_list("value", "version").get() == ("Un premier texte.", 4)
    assert PastAnswer.objects.filter(value="Un autre texte.", version=3).exists()


def test_a_text_taken_back_from_a_stale_page_overwrites_nothing(dossier, owner):
    paul = people.a_person("paul@labo.example")
    actions.invite_member(dossier, paul.email, MemberRole.EDITOR, actor=owner)
    for text in ("Un", "Deux"):
        small.type_in(dossier, "title", text, actor=owner)
    small.type_in(dossier, "title", "De Paul", actor=paul)
    past = PastAnswer.objects.get(value="Un")
    page = take_back(people.client_of(owner), dossier, past, 2, "title").content.decode()
    assert "La réponse vient de changer" in page
    assert Answer.objects.get().value == "De Paul"


def test_consecutive_saves_are_one_line(dossier, owner):
    for text in ("U", "Un", "Un mot", "Un mot de trop"):
        small.type_in(dossier, "summary", text, actor=owner)
    page = people.client_of(owner).get(page_of(dossier)).content.decode()
    assert "Le dernier de 3 enregistrements à la suite" in page
    assert page.count("Reprendre ce texte") == 1


def test_a_cell_says_its_line(dossier, owner):
    row = str(actions.add_row(dossier, "costs", actor=owner).row)
    for text in ("Ordinateur", "Serveur"):
        small.type_in(dossier, "costs", text, actor=owner, row=row, column="what")
    client = people.client_of(owner)
    assert "Ligne 1 – Description" in client.get(page_of(dossier, "costs")).content.decode()
    actions.remove_row(dossier, "costs", row, actor=owner)
    past = PastAnswer.objects.get()
    page = take_back(client, dossier, past, 2, "costs").content.decode()
    assert "Ligne 1 (supprimée) – Description" in page
    assert "elle a été supprimée" in page


def test_an_empty_history_says_what_will_come(dossier, owner):
    assert "Aucun texte antérieur" in people.client_of(owner).get(page_of(dossier)).content.decode()


@pytest.mark.parametrize("role", [None, MemberRole.READER])
def test_who_may_not_write_takes_nothing_back(written, owner, role):
    other = people.a_person("autre@labo.example")
    if role:
        actions.invite_member(written, other.email, role, actor=owner)
    client, past = people.client_of(other), PastAnswer.objects.first()
    assert client.get(page_of(written)).status_code == (200 if role else 404)
    answer = take_back(client, written, past, 3)
    assert answer.status_code == (200 if role else 404)
    assert "Reprendre ce texte" not in answer.content.decode()
    assert Answer.objects.get().value == "Un autre texte."


def test_after_the_closing_it_is_read_only(written, owner):
    with time_machine.travel(written.closes_at, tick=False):
        client = people.client_of(owner)
        page = client.get(page_of(written)).content.decode()
        assert ("lecture seule" in page, "Reprendre ce texte" in page) == (True, False)
        assert "clos" in take_back(client, written, PastAnswer.objects.first(), 3).content.decode()
    assert Answer.objects.get().value == "Un autre texte."


@pytest.mark.parametrize("question", ["inconnue", "titre"])
def test_a_question_that_no_form_asks(dossier, owner, question):
    assert people.client_of(owner).get(page_of(dossier, question)).status_code == 404


@pytest.mark.parametrize("text", ["", "x", "00000000-0000-4000-8000-000000000000"])
def test_a_text_of_elsewhere_is_not_taken_back(written, owner, text):
    assert people.client_of(owner).post(page_of(written), {"text": text, "version": 3}).status_code == 404


@pytest.mark.parametrize("texts", [1, 3])
def test_the_page_asks_a_constant_number_of_queries(dossier, owner, texts):
    at = clock.now()
    for hour in range(texts + 1):
        with time_machine.travel(at + dt.timedelta(hours=hour), tick=False):
            version = Answer.objects.filter(dossier=dossier).values_list("version", flat=True).first() or 0
            actions.save_answer(dossier, Address("summary"), f"Texte {hour}", seen_version=version, actor=owner)
    client = people.client_of(owner)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(page_of(dossier)).status_code == 200
    assert len(seen) == 10


# After a revision of the form


KINDS = {
    "amount": {"type": "amount"},
    "table": {"type": "table", "rows": [0, 3], "columns": [{"code": "what", "type": "text", "label": "Quoi"}]},
    "removed": None,
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_text_is_read_as_it_was_asked_whatever_its_question_became(written, owner, kind):
    """A page that read « Un premier texte. » as an amount could not be shown at all."""
    form = copy.deepcopy(small.FORM)
    questions = form["sections"][0]["questions"]
    at = [question["code"] for question in questions].index("summary")
    questions[at : at + 1] = [{"code": "summary", "label": "Résumé"} | KINDS[kind]] if KINDS[kind] else []
    small.revise(written.call, form)
    page = people.client_of(owner).get(page_of(written)).content.decode()
    assert ("premier" in page, "second" in page) == (True, True)


def test_a_choice_is_read_in_its_words_and_taken_back_in_those_of_now(dossier, owner):
    for text in ("true", "false", "true"):
        small.type_in(dossier, "public", text, actor=owner)
    form = copy.deepcopy(small.FORM)
    next(one for one in form["sections"][2]["questions"] if one["code"] == "public")["type"] = "text"
    small.revise(dossier.call, form)
    assert "</span>non<span" in people.client_of(owner).get(page_of(dossier, "public")).content.decode()
    take_back(people.client_of(owner), dossier, PastAnswer.objects.get(value=False), 3, "public")
    assert Answer.objects.values_list("value", "version").get() == ("non", 4)


def test_the_history_of_a_removed_table_is_still_read(dossier, owner):
    row = str(actions.add_row(dossier, "costs", actor=owner).row)
    for text in ("Ordinateur", "Serveur"):
        small.type_in(dossier, "costs", text, actor=owner, row=row, column="what")
    form = copy.deepcopy(small.FORM)
    form["sections"][1]["questions"].pop()
    small.revise(dossier.call, form)
    assert "Ordinateur" in people.client_of(owner).get(page_of(dossier, "costs")).content.decode()
