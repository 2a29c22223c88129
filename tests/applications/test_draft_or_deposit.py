"""A draft and a deposit are never taken for each other: every page of a dossier, every mail, the PDFs."""

import io

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from pypdf import PdfReader

from ami_portal.documents import pdf, store
from ami_portal.documents.models import Document
from ami_portal.notifications.models import Message
from ami_portal.ui import wording
from applications import actions, drafts, freezing, reading
from applications.enums import MemberRole
from applications.urls import urlpatterns
from tests import people
from tests.applications import small

NOT_DEPOSITED = "n’est pas déposé"


def pages(client, dossier):
    """What each page of a dossier says, by its name: every address that only asks for which, and answers a page."""
    given = {"ref": dossier.ref, "section": "project"}
    said = {}
    for route in urlpatterns:
        if set(route.pattern.converters) <= set(given):
            kwargs = {key: given[key] for key in route.pattern.converters}
            page = client.get(reverse(f"applications:{route.name}", kwargs=kwargs))
            if page.status_code == 200 and page["Content-Type"].startswith("text/html"):
                said[route.name] = " ".join(BeautifulSoup(page.content, "html.parser").main.get_text(" ").split())
    return said


@pytest.fixture
def dossier(call, owner):
    return small.a_full_draft(call, owner)


@pytest.mark.parametrize("deposited", [False, True])
def test_every_page_says_whether_the_dossier_is_deposited(dossier, owner, deposited):
    if deposited:
        actions.submit_dossier(dossier, actor=owner)
    said = pages(people.client_of(owner), dossier)
    assert {"dossier_list", "dossier_detail", "dossier_section", "dossier_submit", "dossier_team"} <= set(said)
    told = {
        name: (f"Ce dossier {NOT_DEPOSITED}" in text, "Ce dossier est déposé" in text) for name, text in said.items()
    }
    assert told == dict.fromkeys(said, (not deposited, deposited))


@pytest.mark.drawn
def test_every_page_of_the_pdf_of_a_draft_says_so(dossier):
    frozen = reading.parse(freezing.content_of(dossier, drafts.load(dossier)))
    content = pdf.render("pdf/applications/dossier.html", {"frozen": frozen, "is_draft": True})
    pages = [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(content)).pages]
    assert len(pages) > 1
    assert [page for page in pages if "BROUILLON – ce dossier n’est pas déposé" not in page] == []


def test_no_page_of_a_deposit_says_that_it_is_a_draft(dossier, owner):
    version = actions.submit_dossier(dossier, actor=owner)
    actions.build_receipt(version_id=version.pk)
    for document in Document.objects.filter(kind__in=("dossier_pdf", "receipt")):
        text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(store.read(document))).pages)
        assert "BROUILLON" not in text.upper()


def test_mails_say_which_it_is(dossier, owner):
    actions.invite_member(dossier, "paul@labo.example", MemberRole.READER, actor=owner)
    version = actions.submit_dossier(dossier, actor=owner)
    actions.build_receipt(version_id=version.pk)
    actions.reopen_dossier(dossier, actor=owner)
    said = {mail.kind: mail.body for mail in Message.objects.all()}
    assert {kind: NOT_DEPOSITED in body for kind, body in said.items()} == {
        "applications.invitation": True,
        "applications.receipt": False,
        "applications.reopened": True,
    }


def test_the_submission_page_says_what_will_be_frozen_and_who_reads_it(dossier, owner):
    page = pages(people.client_of(owner), dossier)["dossier_submit"]
    document = dossier.attachments.get().document
    for words in (
        "Projet 5 réponses sur 6 Équipe de l’appel et jury ; partenaires dont vous demandez une base, sauf 2 réponses",
        "Budget 4 réponses sur 4, 1 ligne de tableau Équipe de l’appel et jury",
        f"protocole.pdf {wording.size(document.size)}",
        document.sha256,
        "Ce qui ne pourra plus changer",
    ):
        assert " ".join(words.split()) in page
