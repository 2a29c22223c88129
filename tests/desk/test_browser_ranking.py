"""The ranking in a real browser: the slider of the envelope by keyboard, live; the pictures; a phone."""

import pytest
from playwright.sync_api import expect

from tests import scenes
from tests.evaluation import scenes as evaluation
from tests.journeys.camera import WIDE, Camera
from tests.people import client_of

from .judged import judged

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_slider_says_what_moves_as_it_moves(chromium, live_server):
    camera, call = Camera("ranking"), scenes.a_call(closes_in_days=-20)
    judged(call)
    context = chromium.new_context(base_url=live_server.url, locale="fr-FR", timezone_id="Europe/Paris", viewport=WIDE)
    cookie = client_of(evaluation.secretary()).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page = context.new_page()
    page.set_default_timeout(15_000)
    camera.watch(page)
    page.goto(f"/admin/jury/{call.code}/classement/")
    effects, slider = page.locator("#effets"), page.get_by_label("Et si l’enveloppe changeait ?")
    expect(effects).to_contain_text("3 dossiers financés")
    slider.focus()
    page.keyboard.press("End")
    expect(effects).to_contain_text("5 dossiers financés")
    expect(effects).to_contain_text("Entre")
    page.get_by_label("Montant (€)").fill("100000")
    expect(effects).to_contain_text("1 dossier financé,")
    expect(slider).to_have_value("100000")
    expect(page).to_have_url(f"{live_server.url}/admin/jury/{call.code}/classement/?enveloppe=100000")
    page.reload()
    expect(effects).to_contain_text("1 dossier financé,")
    camera.shoot(page, "classement")
    page.get_by_role("link", name="Note corrigée").click()
    expect(page.locator("th[aria-sort]")).to_contain_text("Note corrigée")
    assert (camera.faults, camera.complaints) == ([], [])
    context.close()
