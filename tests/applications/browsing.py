"""What the browser tests of a draft share: the words of the saved state, opening a section, what a device keeps."""

import json
import re

from django.urls import reverse

from applications.models import Answer

SAVED, OFFLINE = re.compile(r"^Enregistré à \d\d:\d\d$"), "Hors ligne, gardé sur cet appareil"


def open_section(page, live_server, dossier, section="project"):
    page.goto(
        live_server.url + reverse("applications:dossier_section", kwargs={"ref": dossier.ref, "section": section})
    )
    page.wait_for_load_state("networkidle")


def value_of(dossier, code):
    return Answer.objects.filter(dossier=dossier, question=code).values_list("value", flat=True).first()


def state(page):
    return page.locator("[data-saved]")


def kept(page):
    """What the device keeps, oldest first: the address and the text of each answer, the act of each row."""
    stored = page.evaluate("Object.entries(localStorage).sort()")
    entries = [json.loads(text) for key, text in stored if key.startswith("waiting:")]
    return [(one.get("address", one.get("action")), one["body"].get("value")) for one in entries]


def sendings(context):
    """Every act that the pages of a browser send from now on, in order: the end of its address, and its text."""
    seen = []

    def note(request):
        if request.method == "POST" and "/dossiers/" in request.url:
            body = json.loads(request.post_data or "{}")
            seen.append((request.url.rpartition("/")[2], body.get("value", "")))

    context.on("request", note)
    return seen
