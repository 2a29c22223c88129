"""The score page in a real browser: saved as one goes, kept when the network is away, used by keyboard, on a phone."""

import re
import threading
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from evaluation import actions
from evaluation.models import Review
from tests.journeys.camera import PHONE, Camera
from tests.people import client_of

from . import scenes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SAVED = re.compile(r"^Enregistré à \d\d:\d\d$")


@pytest.fixture
def camera():
    camera = Camera("evaluation")
    yield camera
    assert (camera.faults, camera.complaints) == ([], [])


@pytest.fixture
def juror(chromium, live_server, camera):
    review = scenes.a_draft_review(scenes.ready_for_jury(scenes.a_closed_call()))
    context = chromium.new_context(base_url=live_server.url, locale="fr-FR", timezone_id="Europe/Paris")
    cookie = client_of(review.juror).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page = context.new_page()
    page.set_default_timeout(15_000)
    camera.watch(page)
    yield SimpleNamespace(page=page, context=context, review=review, url=f"/evaluation/jury/{review.dossier.ref}/")
    context.close()


def mark(page, name, value):
    return page.locator(f'input[name="note-{name}"][value="{value}"]')


def stored():
    review = Review.objects.get()
    return sorted(review.scores.values_list("point__code", "value")), review.comments, review.comment_jury


def test_a_juror_scores_without_ever_pressing_save(juror, camera):
    page = juror.page
    page.goto(juror.url)
    saved, earned, most = page.locator("[data-saved]"), page.locator("[data-earned]"), page.locator("[data-most]")
    mark(page, "OPEN_SCIENCE-reusability", 4).check()
    expect(saved).to_have_text(SAVED)
    expect(earned).to_have_text("12,00")
    expect(most).to_have_text("15,00")
    page.keyboard.press("ArrowRight")  # the keyboard alone: the next mark of the same point
    expect(earned).to_have_text("15,00")
    page.locator('textarea[name="commentaire-OPEN_SCIENCE"]').fill("Réutilisable <b>vraiment</b>.")
    page.locator('textarea[name="comment_jury"]').fill("À discuter.")
    page.locator('textarea[name="comment_jury"]').blur()
    expect(saved).to_have_text(SAVED)
    page.wait_for_function("document.querySelector('[name=version]').value >= 3")
    assert stored() == ([("reusability", 5)], {"OPEN_SCIENCE": "Réutilisable <b>vraiment</b>."}, "À discuter.")
    camera.shoot(page, "notation")
    page.set_viewport_size(PHONE)
    page.goto(juror.url)
    expect(mark(page, "OPEN_SCIENCE-reusability", 5)).to_be_checked()


def test_what_is_scored_while_the_network_is_away_is_kept_on_this_device_and_saved_after(juror, camera):
    page, camera.expected = juror.page, ("ERR_INTERNET_DISCONNECTED",)
    page.goto(juror.url)
    juror.context.set_offline(True)
    mark(page, "OPEN_SCIENCE-reusability", 2).check()
    expect(page.locator("[data-saved]")).to_have_text("Hors ligne, gardé sur cet appareil")
    assert stored()[0] == []
    page.close()
    juror.context.set_offline(False)
    page = juror.context.new_page()
    page.goto(juror.url)
    expect(page.locator("[data-saved]")).to_have_text(SAVED)
    expect(mark(page, "OPEN_SCIENCE-reusability", 2)).to_be_checked()
    assert stored()[0] == [("reusability", 2)]
    assert [key for key in page.evaluate("Object.keys(localStorage)") if juror.review.dossier.ref in key] == []
    juror.context.set_offline(True)
    mark(page, "OPEN_SCIENCE-reusability", 3).check()
    expect(page.locator("[data-saved]")).to_have_text("Hors ligne, gardé sur cet appareil")
    juror.context.set_offline(False)
    expect(page.locator("[data-saved]")).to_have_text(SAVED)
    assert stored()[0] == [("reusability", 3)]


def test_two_windows_never_overwrite_each_other_silently(juror, camera):
    first, second, camera.expected = juror.page, juror.context.new_page(), ("409 (Conflict)",)
    first.goto(juror.url)
    second.goto(juror.url)
    mark(first, "OPEN_SCIENCE-reusability", 5).check()
    expect(first.locator("[data-saved]")).to_have_text(SAVED)
    mark(second, "OPEN_SCIENCE-reusability", 1).check()
    expect(second.locator("[data-saved]")).to_contain_text("Conflit à résoudre")
    assert stored()[0] == [("reusability", 5)]
    second.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(second.get_by_text("Cette évaluation a changé dans une autre fenêtre").first).to_be_visible()
    expect(second.get_by_text("Excellent").first).to_be_visible()
    camera.shoot(second, "conflit")
    second.get_by_role("button", name="Enregistrer", exact=True).click()
    second.wait_for_url(f"**{juror.url}")
    expect(second.get_by_text("Brouillon enregistré").first).to_be_visible()
    assert stored()[0] == [("reusability", 1)]


def test_from_the_declaration_to_the_submission_by_keyboard(juror, camera):
    page = juror.page
    scenes.save(juror.review)
    page.goto(juror.url)
    page.get_by_role("button", name="Vérifier et remettre").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("60,00").first).to_be_visible()
    camera.shoot(page, "remise")
    page.get_by_role("button", name="Remettre mon évaluation").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("est remise").first).to_be_visible()
    camera.shoot(page, "jury")
    page.goto(juror.url)
    camera.shoot(page, "evaluation-remise")
    assert Review.objects.get().state == "submitted"


def test_leaving_while_a_save_is_under_way_is_no_conflict_with_oneself(juror, camera, monkeypatch):
    page, save, answered = juror.page, actions.save_review, threading.Event()

    def slow_save(*args, **kwargs):
        answered.wait(timeout=10)
        return save(*args, **kwargs)

    page.goto(juror.url)
    monkeypatch.setattr(actions, "save_review", slow_save)
    mark(page, "OPEN_SCIENCE-reusability", 4).check()
    expect(page.locator("[data-saved]")).to_have_text("Enregistrement…")
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.locator("[data-saved]")).to_have_text("Enregistrement…")
    answered.set()
    expect(page.get_by_text("Brouillon enregistré").first).to_be_visible()
    assert stored()[0] == [("reusability", 4)]


def test_a_session_that_ends_loses_nothing_and_each_mark_says_what_it_means(juror, camera):
    page, cookies = juror.page, juror.context.cookies()
    page.goto(juror.url)
    mark(page, "OPEN_SCIENCE-reusability", 4).check()
    expect(page.locator("[data-saved]")).to_have_text(SAVED)
    expect(page.get_by_text("Programmes et documentation sont partagés sous licence permissive").first).to_be_visible()
    juror.context.clear_cookies(name="sessionid")
    page.get_by_label("Aide que vous recommandez (€)").fill("12 000,50")
    page.get_by_label("Aide que vous recommandez (€)").blur()
    expect(page.locator("[data-saved]")).to_contain_text("Session terminée")
    juror.context.add_cookies(cookies)
    page.goto(juror.url)
    expect(page.locator("[data-saved]")).to_have_text(SAVED)
    expect(page.get_by_label("Aide que vous recommandez (€)")).to_have_value("12 000,50")
    assert str(Review.objects.get().recommended_amount) == "12000.50"
