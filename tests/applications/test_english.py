"""What an applicant who reads English takes away: PDFs in English, mails in both languages; French is what counts."""

import io
import json

import pytest
import time_machine
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from ami_portal.desk import calls, form_pdf
from ami_portal.documents import pdf, store
from ami_portal.kernel.text import English
from ami_portal.notifications.models import Message
from ami_portal.questionnaire.languages import laid_over, overlay
from applications import actions, completion, drafts, reading
from applications.actions import renditions
from applications.models import DossierVersion
from tests import scenes
from tests.calls.test_second_call import FILE, SPRING, filled
from tests.people import a_person, client_of


@pytest.fixture
def call(db):
    with time_machine.travel(SPRING, tick=False):
        yield calls.load(calls.read(FILE))


@pytest.fixture
def owner(call):
    owner = a_person()
    actions.choose_language("en", actor=owner)
    return owner


def told(content):
    """The language that a PDF declares, and what it says."""
    reader = PdfReader(io.BytesIO(content))
    said = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    return reader.trailer["/Root"]["/Lang"], said


@pytest.mark.drawn
def test_the_pdf_of_a_deposit_is_in_the_language_of_its_deposit_for_ever(call, owner):
    version = actions.submit_dossier(filled(call, owner), actor=owner)
    scenes.run_jobs()
    actions.choose_language("fr", actor=owner)
    version = DossierVersion.objects.select_related("pdf", "receipt").get(pk=version.pk)
    lang, said = told(store.read(version.pdf))
    assert lang == "en"
    for words in ("Name of the tool", "Your tool", "Amount requested", "List of attachments", "20 March 2027 at 11:00"):
        assert words in said
    assert [words for words in ("Nom de l’outil", "Sommaire", "Montant demandé") if words in said] == []
    frozen = reading.as_deposited(version)
    again = pdf.render(renditions.DOSSIER, {"frozen": frozen, "sha256": version.sha256}, language=frozen.language)
    assert again == store.read(version.pdf)
    assert told(store.read(version.receipt))[0] == "fr"


def test_what_counts_of_a_deposit_in_english_is_in_french(call, owner):
    version = actions.submit_dossier(filled(call, owner, audience="bodies"), actor=owner)
    french, english = reading.frozen(version), reading.as_deposited(version)
    shown = [(one.item("name").label, one.item("audience").shown) for one in (french, english)]
    assert shown == [("Nom de l’outil", "Organismes d’accès"), ("Name of the tool", "Access bodies")]
    assert (french.language, english.language, english.item("who").label) == ("fr", "en", "Signataire")
    assert isinstance(english.item("name").label, English)
    content = json.loads(version.content)
    assert "Index ouvert" not in json.dumps(content.pop("english"))  # nothing answered is written twice
    deposit = [one.get("value") for section in content["sections"] for one in section["items"]]
    assert "Index ouvert" in deposit


def test_a_deposit_in_french_is_written_as_before(call):
    owner = a_person()
    version = actions.submit_dossier(filled(call, owner), actor=owner)
    assert "english" not in json.loads(version.content)
    assert reading.as_deposited(version) == reading.frozen(version)


def test_its_mails_say_both_languages_english_first(call, owner):
    colleague = a_person("paul@labo.example")
    dossier = filled(call, owner)
    actions.invite_member(dossier, colleague.email, "editor", actor=owner)
    actions.submit_dossier(dossier, actor=owner)
    scenes.run_jobs()
    mine, other = (Message.objects.get(kind="applications.receipt", to_email=one.email) for one in (owner, colleague))
    assert mine.title == f"{dossier.ref} – application submitted, acknowledgement of receipt"
    english, french = mine.body.split("________\nVersion française, qui fait foi\n\n")
    assert "Received on 20 March 2027 at 11:00:00 (Paris time)." in english
    assert "31\u00a0March\u00a02027 at 18:00 (Paris time, UTC+2)" in english
    assert french == f"{other.title}\n\n{other.body}"


@pytest.mark.drawn
def test_the_blank_form_is_offered_in_both_languages(call, client):
    form_pdf.ask_missing()
    scenes.run_jobs()
    address = reverse("call_form_pdf", args=[call.code])
    page = client.get(reverse("call_form", args=[call.code])).content.decode()
    assert (f'href="{address}"' in page, f'href="{address}?lang=en"' in page) == (True, True)
    lang, said = told(client.get(address + "?lang=en").getvalue())
    assert lang == "en"
    for words in (
        "Blank form",
        "Tools for the European health data space",
        "Short text, at most 80 characters",
        "Open",
    ):
        assert words in said
    assert told(client.get(address).getvalue())[0] == "fr"
    assert client.get(address + "?lang=de").status_code == 404


def test_the_limits_of_a_question_are_read_in_the_language_of_its_page(call, client):
    page = client.get(reverse("call_form", args=[call.code]) + "?lang=en").content.decode()
    assert '<p class="fr-hint-text" lang="en">Short text, at most 80 characters.' in page


def test_reading_in_english_changes_nothing_of_a_reply(call, owner):
    """A deposit made in French and read in English differs in nothing: only answers are compared."""
    dossier = filled(call, owner)
    draft = drafts.load(dossier, language="en")
    assert drafts.in_french(dossier, draft).form == drafts.load(dossier).form
    assert completion.running(dossier, draft) is None
    page = client_of(owner).get(reverse("applications:answer_history", args=[dossier.ref, "name"])).content.decode()
    assert '<span lang="en">Name of the tool</span>' in page


SHAPES = st.recursive(
    st.tuples(st.text(max_size=3), st.text(max_size=3)) | st.integers().map(lambda one: (one, one)),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=3), inside, max_size=3),
    max_leaves=12,
)


def side(shape, which):
    if isinstance(shape, dict):
        return {key: side(value, which) for key, value in shape.items()}
    return [side(item, which) for item in shape] if isinstance(shape, list) else shape[which]


@pytest.mark.once
@given(SHAPES)
def test_two_contents_of_one_shape_are_one_and_what_differs(shape):
    french, english = side(shape, 0), side(shape, 1)
    assert laid_over(french, overlay(french, english)) == english
