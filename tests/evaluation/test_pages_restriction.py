"""The pages of what follows a refusal: the team's question and answer, the staff's tab."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from evaluation import actions
from evaluation.models import Restriction
from tests.desk.staff_rows import text_of
from tests.people import client_of

from . import scenes
from .two_datasets import REFUSED, a_scene, give

WHY = "L’effectif est <i>insuffisant</i>."


@pytest.fixture(scope="module")
def built(module_rows):
    scene = a_scene(scenes.a_closed_call())
    give(scene.dossier, scene.first, **REFUSED)
    give(scene.dossier, scene.second)
    return scene


@pytest.fixture
def address(scene):
    return f"/evaluation/consultation/{scene.dossier.ref}/"


@pytest.fixture
def team(scene):
    return client_of(scene.owner)


def ask(scene):
    return actions.ask_restriction(scene.dossier, reason=WHY, actor=scene.instructor)


def staff_url(name, scene):
    return reverse(f"admin:{name}", args=[scene.dossier.ref])


def tab(scene):
    return text_of(client_of(scene.instructor).get(staff_url("staff_opinions", scene)))


def test_before_anything_is_asked_the_team_has_no_such_page(scene, team, address):
    assert team.get(address).status_code == 404
    detail = text_of(team.get(f"/dossiers/{scene.dossier.ref}/"))
    assert ("en cours d’examen" in detail, "Réponse demandée" in detail) == (True, False)


def test_the_team_reads_what_is_asked_and_its_owner_answers(scene, team, address):
    ask(scene)
    detail = team.get(f"/dossiers/{scene.dossier.ref}/")
    assert "Une réponse vous est demandée au plus tard le" in text_of(detail)
    assert f'href="{address}"' in detail.content.decode()
    shown = text_of(team.get(address))
    assert f"Base refusée {scene.first.title}" in shown
    assert f"Base gardée {scene.second.title}" in shown
    assert WHY in shown
    assert REFUSED["feasibility_reason"] not in shown
    wrong = team.post(address, {"choice": "", "answer": "Gardez ceci."})
    assert (wrong.status_code, "Gardez ceci." in wrong.content.decode()) == (422, True)
    done = team.post(address, {"choice": "accept", "answer": "Nous nous en passons."}, follow=True)
    told = text_of(done)
    assert "Votre réponse est enregistrée." in told
    assert "le dossier continue sans cette base" in told
    assert "Nous nous en passons." in told
    again = team.post(address, {"choice": "decline"}, follow=True)
    assert "déjà donnée" in text_of(again)
    assert Restriction.objects.get().state == "accepted"


def test_who_does_not_hold_the_dossier_reads_and_does_not_answer(scene, address):
    row = ask(scene)
    scene.dossier.members.create(email="lecteur@valmont.example", role="reader", invited_at=row.asked_at)
    reader = client_of(scenes.person("lecteur@valmont.example"))
    shown = text_of(reader.get(address))
    assert ("Le porteur du dossier donne la réponse." in shown, "Envoyer la réponse" in shown) == (True, False)
    assert "pas le droit" in text_of(reader.post(address, {"choice": "accept"}))
    for person in (scene.instructor, scenes.juror(), scenes.person(f"avis@{scene.first.code.lower()}.example")):
        assert client_of(person).get(address).status_code == 404


def test_too_late_the_page_says_so_and_keeps_what_was_typed(scene, team, address):
    due_at = ask(scene).due_at
    with time_machine.travel(due_at, tick=False):
        team = client_of(scene.owner)
        assert "Le délai a pris fin" in text_of(team.get(address))
        late = team.post(address, {"choice": "accept", "answer": "Trop tard."})
    said = text_of(late)
    assert (late.status_code, "délai est passé" in said, "Trop tard." in said) == (422, True, True)
    assert Restriction.objects.get().state == "asked"
    with time_machine.travel(due_at + dt.timedelta(minutes=1), tick=False):
        actions.settle_restrictions(at=due_at)
        assert "Aucune réponse n’a été donnée" in text_of(client_of(scene.owner).get(address))


def test_the_staff_asks_after_a_page_that_shows_what_follows(scene):
    assert "1 base refusée sur 2" in tab(scene)
    client, url = client_of(scene.instructor), staff_url("staff_restrict", scene)
    assert client.post(url, {"restreindre-reason": ""}).status_code == 422
    checked = text_of(client.post(url, {"restreindre-reason": WHY}))
    assert f"Base gardée : {scene.second.title}" in checked
    assert not Restriction.objects.exists()
    done = text_of(client.post(url, {"restreindre-reason": WHY, "confirme": "oui"}, follow=True))
    assert "La question est posée" in done
    assert "Étape : Accord du porteur attendu" in done
    url = staff_url("staff_restrict_withdraw", scene)
    assert client.post(url, {"retirer-reason": ""}).status_code == 422
    assert "La question est retirée." in text_of(client.post(url, {"retirer-reason": "Non."}, follow=True))
    assert client.post(url, {"retirer-reason": "Non."}).status_code == 404


def test_the_staff_stops_after_a_page_that_shows_what_follows(scene):
    assert "proposez d’abord" in tab(scene)
    give(scene.dossier, scene.second, **REFUSED)
    assert "Toutes les bases demandées sont refusées" in tab(scene)
    client, url = client_of(scene.instructor), staff_url("staff_stop", scene)
    assert client.post(url, {"arreter-reason": " "}).status_code == 422
    assert "passe à l’état « Non éligible »" in text_of(client.post(url, {"arreter-reason": "Aucune base."}))
    done = text_of(client.post(url, {"arreter-reason": "Aucune base.", "confirme": "oui"}, follow=True))
    assert "est arrêté ; la lettre part." in done
    again = text_of(client.post(url, {"arreter-reason": "Aucune base.", "confirme": "oui"}, follow=True))
    assert "Action impossible" in again
    partner = client_of(scenes.person(f"avis@{scene.first.code.lower()}.example"))
    shown = text_of(partner.get(f"/evaluation/avis/{scene.dossier.ref}/{scene.first.code}/"))
    assert "L’examen de ce dossier est arrêté" in shown
    actions.build_letter(dossier_id=scene.dossier.pk)
    outcome = text_of(client_of(scene.owner).get(f"/evaluation/resultats/{scene.dossier.ref}/"))
    assert "Aucune base." in outcome


def test_what_is_left_out_is_told_to_staff_partner_and_jury(scene):
    row = ask(scene)
    actions.answer_restriction(row, accepts=True, answer="", actor=scene.owner)
    shown = tab(scene)
    assert "Écartée du dossier" in shown
    assert REFUSED["feasibility_reason"] in shown
    partner = client_of(scenes.person(f"avis@{scene.first.code.lower()}.example"))
    read = text_of(partner.get(f"/evaluation/avis/{scene.dossier.ref}/{scene.first.code}/"))
    assert "Ce dossier continue sans votre base" in read
    review = scenes.a_draft_review(scene.dossier)
    told = text_of(client_of(review.juror).get(f"/evaluation/jury/{scene.dossier.ref}/"))
    assert f"Le dossier ne demande plus la base « {scene.first.title} »" in told
