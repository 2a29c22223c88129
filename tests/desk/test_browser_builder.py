"""The form builder in a real browser: by drag, by keyboard, the applicant's view while one types."""

import pytest
from playwright.sync_api import expect

from ami_portal.accounts.enums import Role
from applications import actions
from applications.models import FormDraft
from tests import people, scenes
from tests.journeys.camera import WIDE, Camera
from tests.people import client_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def order(section):
    found = FormDraft.objects.get().definition["sections"][section]
    return [question["code"] for question in found["questions"]][:3]


def test_the_form_is_put_in_order_and_written_beside_the_applicants_view(chromium, live_server):
    camera, admin = Camera("builder"), people.staff(Role.ADMINISTRATOR)
    call = scenes.a_call()
    actions.start_form_draft(call, actor=admin)
    context = chromium.new_context(base_url=live_server.url, locale="fr-FR", timezone_id="Europe/Paris", viewport=WIDE)
    cookie = client_of(admin).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page = context.new_page()
    page.set_default_timeout(15_000)
    camera.watch(page)
    page.goto(f"/admin/appels/{call.code}/formulaire/")
    camera.shoot(page, "formulaire")
    said = page.locator("[data-said]")
    items = page.locator('[data-list="question"] > li')
    before = order(0)
    items.nth(0).locator('button[value^="down:"]').focus()
    page.keyboard.press("Enter")  # the keyboard alone, and the focus stays on the button that was pressed
    expect(said).to_contain_text("est à la place 2")
    assert order(0) == [before[1], before[0], before[2]]
    assert page.evaluate("document.activeElement.value") == f"down:question:{before[0]}"
    items.nth(2).drag_to(items.nth(0))
    expect(said).to_contain_text("est à la place 1")
    assert order(0) == [before[2], before[1], before[0]]
    items.nth(0).get_by_title("Modifier").click()
    page.locator("#id_label").fill("Un intitulé que l’on tape")
    expect(page.locator("[data-view]")).to_contain_text("Un intitulé que l’on tape")
    page.locator("#id_label").fill("→")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("ne sait pas dire ces seuls signes").first).to_be_visible()
    camera.shoot(page, "refus")
    page.locator("#id_label").fill("Un intitulé juste")
    page.get_by_role("button", name="Enregistrer").click()
    page.get_by_role("link", name="Relire et publier la révision").click()
    camera.shoot(page, "publication")
    weigh_the_grid(camera, page, call)
    camera.complaints = [line for line in camera.complaints if "422" not in line]
    assert (camera.faults, camera.complaints) == ([], [])
    context.close()


def weigh_the_grid(camera, page, call):
    """The total of the weights follows what is typed, and the page says beside them what does not hold."""
    page.goto(f"/admin/appels/{call.code}/modifier/grille/")
    total = page.locator("[data-total]")
    expect(total).to_have_text("Total : 100 % (100 % attendus)")
    page.get_by_label("Poids (%)").first.fill("40")
    expect(total).to_have_text("Total : 110 % (100 % attendus)")
    page.keyboard.press("Enter")
    expect(page.get_by_text("La somme des poids est 110").first).to_be_visible()
    page.get_by_label("Poids (%)").nth(1).fill("5")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Ce qui change")).to_be_visible()
    camera.shoot(page, "grille-changements")
    page.get_by_role("button", name="Modifier l’appel").press("Enter")
    expect(page.get_by_text("L’appel est modifié.")).to_be_visible()
