"""A call in two languages is drafted in the one that each person chose; what is deposited is in French."""

import re

import pytest
import time_machine
from django.urls import reverse

from ami_portal.accounts.models import User
from ami_portal.audit.models import AuditEvent
from ami_portal.desk import calls
from ami_portal.questionnaire.answers import Address
from ami_portal.workflow import TransitionRefused
from applications import actions, reading
from tests import scenes
from tests.calls.test_second_call import FILE, SPRING, filled
from tests.people import a_person, client_of

pytestmark = pytest.mark.django_db
TITLE = ("Nom de l’outil", "Name of the tool")


@pytest.fixture
def call():
    with time_machine.travel(SPRING, tick=False):
        yield calls.load(calls.read(FILE))


@pytest.fixture
def owner(call):
    return a_person()


def choose(client, language, back="/dossiers/"):
    return client.post(reverse("choose_language"), {"langue": language, "retour": back})


def words(page):
    """Which titles a page says, and the texts that it declares in English."""
    content = page.content.decode()
    return [title in content for title in TITLE], re.findall(r'<[^>]* lang="en"[^>]*>([^<]+)<', content)


def section(dossier):
    return reverse("applications:dossier_section", args=[dossier.ref, "tool"])


def test_each_reads_and_answers_the_same_draft_in_their_own_language(call, owner):
    dossier, colleague = scenes.a_draft(call, owner), a_person("paul@labo.example")
    actions.invite_member(dossier, colleague.email, "editor", actor=owner)
    assert choose(client_of(owner), "en", section(dossier)).url == section(dossier)
    found, english = words(client_of(owner).get(section(dossier)))
    assert found == [False, True]
    assert {"Your tool", *TITLE[1:], "Audience", "Access bodies"} <= {*map(str.strip, english)}
    assert words(client_of(colleague).get(section(dossier)))[0] == [True, False]


def test_what_is_missing_and_the_preview_follow_the_language(call, owner):
    dossier = scenes.a_draft(call, owner)
    actions.choose_language("en", actor=owner)
    client = client_of(owner)
    for name in ("dossier_detail", "dossier_preview", "dossier_submit"):
        assert words(client.get(reverse(f"applications:{name}", args=[dossier.ref])))[0][0] is False, name
    asked = client.get(reverse("applications:progress", args=[dossier.ref]) + "?rubrique=tool").json()
    assert 'lang="en">Name of the tool</a>' in asked["missing"]


def test_the_pdf_of_a_draft_is_in_the_language_of_who_asks_and_the_deposit_in_french(call, owner):
    dossier = filled(call, owner)
    names = {actions.prepare_preview(dossier, actor=owner)}
    actions.choose_language("en", actor=owner)
    names.add(actions.prepare_preview(dossier, actor=owner))
    assert len(names) == 2
    scenes.run_jobs()
    response = client_of(owner).get(reverse("applications:preview_pdf", args=[dossier.ref]))
    assert b"".join(response).startswith(b"%PDF")
    frozen = reading.frozen(actions.submit_dossier(dossier, actor=owner))
    assert frozen.item("name").label == TITLE[0]


def test_a_choice_is_kept_once_and_another_language_is_refused(owner):
    for _ in range(2):
        actions.choose_language("en", actor=owner)
    assert User.objects.get(pk=owner.pk).language == "en"
    assert AuditEvent.objects.filter(verb="account.choose_language").count() == 1
    with pytest.raises(TransitionRefused):
        actions.choose_language("de", actor=owner)
    assert choose(client_of(owner), "fr", "https://ailleurs.example/").url == reverse("account_home")


def test_an_answer_in_english_is_the_same_answer(call, owner):
    dossier = scenes.a_draft(call, owner)
    actions.choose_language("en", actor=owner)
    saved = actions.save_answer(dossier, Address("audience"), "bodies", seen_version=0, actor=owner)
    assert saved.value == "bodies"
