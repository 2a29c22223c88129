"""The advice on a draft: the same checks as after the deposit, told to its team, without any call outside."""

import pytest
import time_machine
from django.urls import reverse

from ami_portal.questionnaire.answers import Address
from applications import actions, advice, drafts
from applications.models import Answer
from tests import scenes
from tests.people import a_person, client_of


@pytest.fixture
def owner(db):
    return a_person("claire@valmont.example")


@pytest.fixture
def draft(owner):
    return scenes.a_draft(scenes.a_call(), owner)


def answer(dossier, owner, code, raw):
    actions.save_answer(dossier, Address(code), raw, seen_version=0, actor=owner)


def advised(dossier, language="fr"):
    found = advice.on(dossier, drafts.load(dossier, language=language), language=language)
    return {one.code: one for one in found.criteria}


def url(dossier):
    return reverse("applications:dossier_advice", kwargs={"ref": dossier.ref})


def text_of(response):
    return response.content.decode().replace("&nbsp;", "\u00a0").replace("\u202f", " ")


def test_a_duration_that_is_too_long_is_told_with_its_mend_and_the_field(draft, owner):
    answer(draft, owner, "duration_months", "26")
    found = advised(draft)["DURATION"]
    assert (found.found.result, found.found.mend.text) == ("not_met", "Raccourcir de 2 mois.")
    section = reverse("applications:dossier_section", kwargs={"ref": draft.ref, "section": "schedule"})
    assert [(link.label, link.url) for link in found.links] == [("Durée (mois)", f"{section}#q-duration_months")]


def test_a_mend_in_a_table_leads_to_its_cell(draft, owner):
    row = str(actions.add_row(draft, "outputs", actor=owner).row)
    for column, raw in (("kind", "program"), ("title", "Code"), ("licence", "GPL-3.0-only")):
        actions.save_answer(draft, Address("outputs", row, column), raw, seen_version=0, actor=owner)
    found = advised(draft)["OPEN_SOURCE"]
    assert found.found.mend.text == "Nommer une licence permissive pour le résultat 1 (par exemple MIT)."
    assert [link.url.partition("#")[2] for link in found.links] == [f"q-outputs.{row}.licence"]


def test_the_page_says_that_it_binds_nobody_and_shows_every_criterion(draft, owner):
    answer(draft, owner, "duration_months", "26")
    text = text_of(client_of(owner).get(url(draft)))
    assert "C’est un conseil" in text
    assert "Il n’engage personne" in text
    assert "Raccourcir de 2 mois." in text
    assert text.count('class="dossier-advice"') == draft.call.criteria.count()
    assert not draft.versions.exists()


def test_what_is_typed_is_shown_as_typed(draft, owner):
    row = str(actions.add_row(draft, "outputs", actor=owner).row)
    for column, raw in (("kind", "program"), ("title", "<script>alert(1)</script>"), ("licence", "GPL-3.0-only")):
        actions.save_answer(draft, Address("outputs", row, column), raw, seen_version=0, actor=owner)
    text = text_of(client_of(owner).get(url(draft)))
    assert "<script>alert(1)" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_a_stranger_learns_nothing_and_a_deposited_dossier_is_no_longer_advised(draft, owner):
    assert client_of(a_person("autre@ailleurs.example")).get(url(draft)).status_code == 404
    assert client_of(owner).post(url(draft)).status_code == 405
    type(draft).objects.filter(pk=draft.pk).update(state="submitted", submitted_at=draft.created_at)
    text = text_of(client_of(owner).get(url(draft)))
    assert "il s’arrête au dépôt" in text
    assert 'class="dossier-advice"' not in text


def test_after_the_closing_it_is_only_read(draft, owner):
    with time_machine.travel(draft.call.closes_at.timestamp() + 60, tick=False):
        text = text_of(client_of(owner).get(url(draft)))
    assert "cette page se lit seulement" in text
    assert "À répondre" not in text


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_asks_as_many_queries_for_one_row_as_for_three(draft, owner, rows, django_assert_num_queries):
    for _ in range(rows):
        row = str(actions.add_row(draft, "milestones", actor=owner).row)
        Answer.objects.create(
            dossier=draft, question="milestones", row=row, column="label", value="Jalon", saved_at=draft.created_at
        )
    client = client_of(owner)
    client.get(url(draft))
    with django_assert_num_queries(12):
        client.get(url(draft))


def test_labels_are_english_where_the_call_has_them(draft, owner):
    draft.call.translations = {"24\u00a0mois au plus": "24 months at most"}
    assert advised(draft, "en")["DURATION"].label == "24 months at most"
    assert advised(draft)["DURATION"].label == "24\u00a0mois au plus"
