"""The staff's side of a request for completion: choose the points, see the effect, prolong, take it back."""

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.urls import reverse

from ami_portal.documents import measure
from applications import actions
from applications.models import Dossier
from evaluation.models import EligibilityItem
from tests import people
from tests.applications import small
from tests.applications.asked import ASKED, a_deposit, an_instructor, ask
from tests.documents import files

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return people.a_person("claire@labo.example")


@pytest.fixture
def deposit(owner):
    return a_deposit(owner)


@pytest.fixture
def instructor():
    return an_instructor()


@pytest.fixture
def client(instructor):
    with time_machine.travel(ASKED, tick=False):
        return people.client_of(instructor)


def url(dossier, name="completion"):
    return reverse(f"admin:staff_{name}", args=[dossier.ref])


def text_of(page):
    return " ".join(BeautifulSoup(page.content, "html.parser").main.get_text(" ").split())


@time_machine.travel(ASKED, tick=False)
def test_the_points_are_chosen_shown_with_their_effect_then_asked(deposit, client):
    assert [client.post(url(deposit, "completion_ask"), {}).status_code, Dossier.objects.get().state] == [
        422,
        "submitted",
    ]
    said = {"p-summary": "on", "r-summary": "Précisez <b>la population</b>."}
    shown = client.post(url(deposit, "completion_ask"), said)
    text = text_of(shown)
    wanted = ["« Résumé » : Précisez <b>la population</b>.", "9 décembre 2026 à 24 h 00", "10 jours ouvrés", "claire@"]
    assert (shown.status_code, [words for words in wanted if words not in text]) == (200, [])
    carried = {one["name"]: one["value"] for one in BeautifulSoup(shown.content, "html.parser").select("main [name]")}
    done = client.post(url(deposit, "completion_ask"), carried)
    assert (done.status_code, done["Location"]) == (302, url(deposit))
    request = Dossier.objects.get().completions.get()
    assert [(one.question, one.reason) for one in request.points.all()] == [("summary", said["r-summary"])]
    again = client.post(url(deposit, "completion_ask"), carried, follow=True)
    assert "Un complément est déjà demandé pour ce dossier" in text_of(again)


@time_machine.travel(ASKED, tick=False)
def test_one_click_takes_the_questions_of_the_criteria_to_mend(deposit, client, instructor):
    criteria = deposit.call.criteria
    version = deposit.versions.get()
    results = [("CLEAR", "met", "title", "Clair."), ("BUDGET", "not_met", "amount", "Le montant dépasse.")]
    results.append(("READ", "unknown", "summary", "À lire."))
    for position, (code, result, found, evidence) in enumerate(results):
        criterion = criteria.create(code=code, position=position, group="projet", label=code.title(), check_name="x")
        EligibilityItem.objects.create(
            version=version, criterion=criterion, automatic=result, evidence=evidence, found_at=[found],
            rule_version="1", computed_at=ASKED,
        )  # fmt: skip
    page = BeautifulSoup(client.get(url(deposit, "completion_ask") + "?criteres=1").content, "html.parser")
    assert [one["name"] for one in page.select("input[checked]")] == ["p-summary", "p-amount"]
    assert page.select_one("[name=r-amount]").get_text().strip() == "Critère « Budget ». Le montant dépasse."
    assert page.select_one("[name=r-summary]").get_text().strip() == "Critère « Read »."


def test_the_tab_tells_the_request_and_then_the_reply(deposit, client, instructor, owner):
    returned = ask(deposit, instructor, {"summary": "Précisez.", "protocol": "Signez-le."})
    with time_machine.travel(ASKED, tick=False):
        before = text_of(client.get(url(deposit)))
        head = text_of(client.get(reverse("admin:staff_dossier", args=[deposit.ref])))
        small.type_in(returned, "summary", "Un secret pas encore envoyé", actor=owner)
        unsent = client.get(url(deposit)).content.decode()
        file = actions.replace_file(returned.attachments.get(), files.uploaded("signe.pdf"), actor=owner)
        address = reverse("applications:file_download", args=[deposit.ref, file.document.uuid])
        assert client.get(address).status_code == 404
        measure.inspect(file.document_id)
        actions.answer_completion(returned, actor=owner)
        after = text_of(client.get(url(deposit)))
    assert "Demande n° 1, en attente de réponse" in before
    assert "Étape : Complément demandé" in head
    assert "secret" not in unsent
    assert ["Réponse reçue" in after, "secret pas encore envoyé" in after] == [True, True]


def test_it_is_prolonged_and_taken_back_with_a_reason(deposit, client, instructor):
    returned = ask(deposit, instructor, {"summary": "Précisez."})
    with time_machine.travel(ASKED, tick=False):
        empty = [client.post(url(deposit, f"completion_{act}"), {}).status_code for act in ("prolong", "withdraw")]
        typed = {"prolonger-due_on": "2026-12-16", "prolonger-reason": "Congés."}
        told = text_of(client.post(url(deposit, "completion_prolong"), typed, follow=True))
        gone = text_of(client.post(url(deposit, "completion_withdraw"), {"retirer-reason": "Inutile."}, follow=True))
    assert empty == [422, 422]
    assert "Le délai est prolongé jusqu’à la fin du 16 décembre 2026" in told.replace("\xa0", " ")
    assert ["Retirée le" in gone, "Inutile." in gone, Dossier.objects.get(pk=returned.pk).state] == [
        True,
        True,
        "submitted",
    ]


@pytest.mark.parametrize("number", [1, 3])
def test_the_tab_asks_as_many_queries_for_one_request_as_for_three(
    deposit, client, instructor, number, django_assert_num_queries
):
    from evaluation.actions import withdraw_completion

    for _ in range(number):
        returned = ask(deposit, instructor, {"summary": "Précisez."})
        with time_machine.travel(ASKED, tick=False):
            withdraw_completion(returned, reason="Inutile.", actor=instructor)
    with time_machine.travel(ASKED, tick=False):
        client.get(url(deposit))
        with django_assert_num_queries(21):
            client.get(url(deposit))
