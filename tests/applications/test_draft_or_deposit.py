"""A draft and a deposit are never taken for each other: every page of a dossier, every mail, the PDFs."""

import io

import pytest
from bs4 import BeautifulSoup
from pypdf import PdfReader

from ami_portal.documents import pdf, store
from ami_portal.documents.models import Document
from ami_portal.notifications.models import Message
from applications import actions, drafts, freezing, reading
from applications.enums import MemberRole
from applications.urls import urlpatterns
from tests import people
from tests.applications import small

# What answers no page: files, and answers to scripts.
NO_PAGE = {"answer_save", "progress", "file_list", "file_deposit", "file_download", "preview_pdf", "receipt_download"}
NO_PAGE |= {"version_pdf", "proof_download", "message_file", "dossier_start"}
PAGES = {"dossier_list", "dossier_detail", "dossier_section", "former_list", "dossier_preview", "dossier_submit"}
PAGES |= {"dossier_reopen", "dossier_withdraw", "dossier_messages", "dossier_team"}
NOT_DEPOSITED = "n’est pas déposé"


def shown(client, name, dossier):
    from django.urls import reverse

    given = {"ref": dossier.ref, "section": "project"}
    pattern = next(route for route in urlpatterns if route.name == name)
    kwargs = {key: given[key] for key in pattern.pattern.converters}
    page = client.get(reverse(f"applications:{name}", kwargs=kwargs))
    assert page.status_code == 200
    main = BeautifulSoup(page.content, "html.parser").main
    return " ".join(main.get_text(" ").split())


@pytest.fixture
def dossier(call, owner):
    return small.a_full_draft(call, owner)


@pytest.mark.parametrize("name", sorted(PAGES))
def test_every_page_says_whether_the_dossier_is_deposited(dossier, owner, name):
    client = people.client_of(owner)
    draft = shown(client, name, dossier)
    assert (f"Ce dossier {NOT_DEPOSITED}" in draft, "Ce dossier est déposé" in draft) == (True, False)
    actions.submit_dossier(dossier, actor=owner)
    deposited = shown(client, name, dossier)
    assert (f"Ce dossier {NOT_DEPOSITED}" in deposited, "Ce dossier est déposé" in deposited) == (False, True)


def test_no_page_of_a_dossier_is_forgotten():
    names = {route.name for route in urlpatterns}
    acts = {"news_acknowledge", *(name for name in names if name.startswith(("row_", "file_", "member_")))}
    assert names - acts - NO_PAGE == PAGES


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
    page = shown(people.client_of(owner), "dossier_submit", dossier)
    document = dossier.attachments.get().document
    for words in (
        "Projet 5 réponses sur 6 Équipe de l’appel et jury ; partenaires dont vous demandez une base, sauf 2 réponses",
        "Budget 4 réponses sur 4, 1 ligne de tableau Équipe de l’appel et jury",
        f"protocole.pdf {scenes_size(document)}",
        document.sha256,
        "Ce qui ne pourra plus changer",
    ):
        assert words in page, page


def scenes_size(document):
    from ami_portal.ui import wording

    return wording.size(document.size).replace("\u00a0", " ")
