"""The pages of a request for completion, for the team: what is asked, what alone can be typed, the reply."""

import datetime as dt
import json

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.urls import reverse

from applications import actions
from applications.actions.drafting import DELAY_OVER, NOT_ASKED
from applications.models import Answer, Dossier
from tests import people
from tests.applications import small
from tests.applications.asked import ASKED, DUE, POINTS, SECOND, a_deposit, an_instructor, ask
from tests.applications.test_draft_or_deposit import pages
from tests.documents import files

pytestmark = pytest.mark.django_db
LATER = ASKED + dt.timedelta(days=1)


@pytest.fixture
def owner():
    return people.a_person("claire@labo.example")


@pytest.fixture
def returned(owner):
    return ask(a_deposit(owner), an_instructor())


def url(dossier, name, **kwargs):
    return reverse(f"applications:{name}", kwargs={"ref": dossier.ref, **kwargs})


def post(user, dossier, name, data=None, *, at=LATER, **kwargs):
    """What a form or the script sends, at an instant, from a session of then."""
    how = {"content_type": "application/json"} if isinstance(data, str) else {}
    with time_machine.travel(at, tick=False):
        return people.client_of(user).post(url(dossier, name, **kwargs), data or {}, **how)


def save(user, dossier, question, value, *, at=LATER):
    return post(user, dossier, "answer_save", json.dumps({"question": question, "value": value, "version": 1}), at=at)


def read(user, dossier, name, *, at=LATER, **kwargs):
    with time_machine.travel(at, tick=False):
        page = people.client_of(user).get(url(dossier, name, **kwargs))
    return page.status_code, BeautifulSoup(page.content, "html.parser").main


def test_every_page_says_that_it_is_deposited_and_that_a_completion_is_asked_for(returned, owner):
    with time_machine.travel(LATER, tick=False):
        said = pages(people.client_of(owner), returned)
    assert {"dossier_list", "dossier_detail", "dossier_section", "dossier_completion", "dossier_team"} <= set(said)
    told = {name: ("Ce dossier est déposé" in text, "Complément demandé" in text) for name, text in said.items()}
    assert told == dict.fromkeys(said, (True, True))


def test_the_request_is_read_with_its_reasons_and_its_end(returned, owner):
    status, page = read(owner, returned, "dossier_completion")
    text = " ".join(page.get_text(" ").split())
    wanted = [*POINTS.values(), "9 décembre 2026 à 24 h 00 (heure de Paris)", "Rien encore."]
    assert (status, [words for words in wanted if words not in text]) == (200, [])
    assert "Envoyer la réponse" not in text


def test_a_section_opens_the_points_of_the_request_alone(returned, owner):
    _, page = read(owner, returned, "dossier_section", section="project")
    assert [one["name"] for one in page.select("input[name^='v.']")] == ["v.summary"]
    opened = [one["name"] for one in page.select("[name^='q.']") if not {"readonly", "disabled"} & set(one.attrs)]
    assert opened == ["q.summary"]
    assert POINTS["summary"] in page.get_text()
    _, page = read(owner, returned, "dossier_section", section="annexes")
    buttons = [one["name"] for one in page.select("form [name]") if one["name"].startswith(("f.", "file_"))]
    assert buttons == ["file_remove", "f.protocol"]


def test_what_the_script_sends_outside_the_request_is_refused_and_after_it_read_only(returned, owner):
    answered = [save(owner, returned, *one) for one in [("summary", "Mieux."), ("title", "Autre"), ("forged", "x")]]
    assert [(one.status_code, one.json().get("message")) for one in answered] == [
        (200, None),
        (422, NOT_ASKED),
        (422, NOT_ASKED),
    ]
    row = Dossier.objects.get(pk=returned.pk).rows.get().row
    kept = returned.attachments.get().document.uuid
    found = [
        post(owner, returned, "row_add", "{}", question="costs"),
        post(owner, returned, "row_remove", question="costs", row=row),
        post(owner, returned, "file_remove", uuid=kept),
        post(owner, returned, "file_deposit", question="cv"),
        post(owner, returned, "file_deposit", {"file": files.uploaded("cv.pdf")}, question="cv"),
    ]
    assert [one.status_code for one in found] == [200, 200, 200, 422, 422]
    assert found[-1].json()["message"] == NOT_ASKED
    late = save(owner, returned, "summary", "En vol à la fin.", at=DUE)
    assert (late.status_code, late.json()) == (423, {"error": "read_only", "message": DELAY_OVER})
    assert Answer.objects.get(dossier=returned, question="summary").value == "Mieux."


def test_without_a_script_what_comes_too_late_is_given_back(returned, owner):
    _, page = read(owner, returned, "dossier_section", section="project")
    seen = page.select_one("[name='v.summary']")["value"]
    typed = {"v.summary": seen, "q.summary": "Écrit trop tard."}
    answered = post(owner, returned, "dossier_section", typed, at=DUE, section="project")
    text = answered.content.decode()
    assert (answered.status_code, "Écrit trop tard." in text, DELAY_OVER in text) == (423, True, True)


def test_its_owner_sends_the_reply_and_both_sides_read_what_it_changed(returned, owner):
    colleague = people.a_person("paul@labo.example")
    Dossier.objects.get(pk=returned.pk).members.create(email=colleague.email, role="editor", invited_at=ASKED)
    save(owner, returned, "summary", "Un premier paragraphe.\n\nUn autre.")
    _, page = read(colleague, returned, "dossier_completion")
    assert (page.select("form"), "Le porteur du dossier envoie la réponse" in page.get_text()) == ([], True)
    refused = post(colleague, returned, "dossier_completion", at=DUE - SECOND)
    assert Dossier.objects.get(pk=returned.pk).state == "returned"
    sent = post(owner, returned, "dossier_completion", at=DUE - SECOND)
    assert [refused.status_code, sent.status_code, sent["Location"]] == [302, 302, url(returned, "dossier_detail")]
    _, page = read(owner, returned, "dossier_completion", at=DUE)
    changed = [(tag.name, tag.get_text()) for tag in page.select(".dossier-change del, .dossier-change ins")]
    assert changed == [("del", "[retiré : second.]"), ("ins", "[ajouté : autre.]")]
    _, page = read(owner, returned, "dossier_detail", at=DUE)
    versions = [" ".join(one.get_text(" ").split()) for one in page.select(".dossier-version")]
    assert ["Réponse à un complément" in versions[0], ", complété le 9 décembre 2026" in versions[1]] == [True, True]


def test_another_team_and_a_dossier_without_request_have_no_such_page(returned):
    stranger = people.a_person("autre@labo.example")
    draft = actions.start_dossier(small.a_small_call("AUTRE"), actor=stranger)
    assert [
        read(stranger, returned, "dossier_completion")[0],
        post(stranger, returned, "dossier_completion").status_code,
        read(stranger, draft, "dossier_completion")[0],
    ] == [404, 404, 404]
