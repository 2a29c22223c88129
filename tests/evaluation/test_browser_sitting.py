"""The session in a real browser: the page of a member follows the secretary without being touched."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.journeys.camera import PHONE, Camera
from tests.people import client_of

from . import sittings
from .sittings import arrive, hear

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def camera():
    camera = Camera("seance")
    yield camera
    assert (camera.faults, camera.complaints) == ([], [])


@pytest.fixture
def opened(chromium, live_server, camera):
    """Opens a page as somebody, and closes them all."""
    contexts = []

    def page_of(user, url):
        context = chromium.new_context(base_url=live_server.url, locale="fr-FR", timezone_id="Europe/Paris")
        contexts.append(context)
        cookie = client_of(user).cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        page = context.new_page()
        page.set_default_timeout(15_000)
        camera.watch(page)
        page.goto(url)
        return page

    yield page_of
    for context in contexts:
        context.close()


def test_the_screen_and_a_member_follow_the_dossier_that_is_heard(opened, camera):
    scene = sittings.a_sitting()
    arrive(scene, scene.one, scene.aside, scene.three)
    screen = opened(scene.secretary, reverse("admin:staff_screen", args=[scene.call.code]))
    member = opened(scene.aside, reverse("evaluation:sitting", args=[scene.call.code]))
    expect(screen.get_by_text("Aucun dossier à l’écran")).to_be_visible()
    hear(scene, scene.first)
    for page in (screen, member):
        expect(page.get_by_text(scene.first.ref).first).to_be_visible(timeout=15_000)
    camera.shoot(screen, "ecran")
    member.set_viewport_size(PHONE)
    camera.shoot(member, "membre")
    hear(scene, scene.second, scene.aside)
    expect(screen.get_by_text(scene.second.ref).first).to_be_visible(timeout=15_000)
    expect(member.get_by_text("Vous quittez la salle")).to_be_visible(timeout=15_000)
    assert scene.second.ref not in member.content()


def test_the_list_of_a_member_leads_to_the_session(opened, camera):
    scene = sittings.a_sitting()
    page = opened(scene.one, reverse("evaluation:review_list"))
    camera.shoot(page, "liste")
    page.get_by_role("link", name="Rejoindre la séance").click()
    expect(page).to_have_url(re.compile(reverse("evaluation:sitting", args=[scene.call.code]) + "$"))
