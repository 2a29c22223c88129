"""Two people share a draft in a real Chromium: a section given, said ready with its last word, each seen there."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache

from applications import drafts
from applications.sharing import given_in, team_of
from tests.applications.browsing import open_section, value_of

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_section_given_and_said_ready_and_who_is_there(desk, live_server, draft):
    cache.clear()
    claire, paul = desk(draft.owner), desk(draft.colleague)
    open_section(claire, live_server, draft)
    expect(claire.locator("[data-others]")).to_be_empty()
    claire.get_by_text("Qui rédige cette rubrique ?").click()
    claire.get_by_label("Confier la rubrique à").select_option(label="Paul Martin")
    claire.get_by_role("button", name="Confier").click()
    expect(claire.locator("[data-given]")).to_contain_text("Rubrique confiée à Paul Martin.")
    open_section(paul, live_server, draft)
    expect(paul.locator("[data-given]")).to_contain_text("Cette rubrique vous est confiée.")
    claire.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # the next glance, now
    expect(claire.locator("[data-others]")).to_contain_text("Paul Martin est aussi dans cette rubrique")
    expect(claire.locator("[data-others-said]")).to_have_text("Dans cette rubrique aussi : Paul Martin.")
    paul.get_by_label("Résumé").press_sequentially("Le dernier mot")
    paul.get_by_role("button", name="Prête à relire").click()  # in the pause of typing: saved first
    expect(paul.get_by_text("dite prête à relire ; il y manque encore 4 points")).to_be_visible()
    assert value_of(draft, "summary") == "Le dernier mot"
    given = given_in(team_of(draft), drafts.load(draft), draft.owner)
    assert given["project"].state == "prête à relire"
    claire.get_by_label("Titre").fill("De Claire")
    expect(claire.locator("[data-given]")).to_contain_text("modifiée depuis")
    for page in (claire, paul):
        assert (Axe().run(page).response["violations"], page.faults) == ([], [])
