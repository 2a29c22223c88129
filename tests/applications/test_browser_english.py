"""A draft written in English, in a browser: what a screen reader is told of its language, page by page."""

import pytest
import time_machine
from django.urls import reverse

from ami_portal.desk import calls
from applications import actions
from tests.applications.browsing import SAVED, open_section, state
from tests.calls.test_second_call import FILE, SPRING, filled
from tests.journeys.camera import Camera
from tests.people import a_person

pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.browser, pytest.mark.once]


def test_a_draft_in_english_is_read_aloud_in_english(live_server, desk, transactional_db):
    with time_machine.travel(SPRING):
        owner, call = a_person(), calls.load(calls.read(FILE))
        dossier = filled(call, owner, name="")
        page, camera = desk(owner), Camera("english")
        open_section(page, live_server, dossier, "tool")
        page.get_by_role("button", name="Answer these questions in English").click()
        name = page.get_by_label("Name of the tool")
        camera.shoot(page, "section")

        page.goto(live_server.url + reverse("applications:dossier_submit", args=[dossier.ref]))
        missing = page.get_by_role("link", name="Name of the tool")
        assert missing.get_attribute("lang") == "en"
        camera.shoot(page, "missing")

        missing.click()
        name.fill("Open index")
        state(page).filter(has_text=SAVED).wait_for()
        page.goto(live_server.url + reverse("applications:dossier_submit", args=[dossier.ref]))
        page.get_by_role("button", name="Déposer le dossier").wait_for()
        camera.shoot(page, "confirmation")
        assert camera.faults == []
        assert page.faults == []
        assert actions.submit_dossier(dossier, actor=owner).number == 1
