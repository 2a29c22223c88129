"""Hostile files, the whole way: sent by a browser, kept, examined by the job, shown. Each is refused with a French
reason; what was written before is there, the portal answers, and the dossier is not deposited with it.
"""

import pytest
from django.urls import reverse

from ami_portal.documents import measure
from ami_portal.documents.models import Document
from ami_portal.jobs.actions import run_job
from ami_portal.jobs.models import Job
from ami_portal.workflow import TransitionRefused
from applications import actions, drafts
from tests import people
from tests.applications import small
from tests.documents import files, hostile

AT_ONCE = {
    "zip bomb": (files.a_docx(**{"word/media.xml": b"\0" * 40_000_000}), "trop gros une fois décompressé"),
    "Word file with a password": (hostile.a_compound(encrypted=True), "sans mot de passe"),
    "Word file of 1997": (hostile.a_compound(encrypted=False), "ancien format"),
    "macros under a name without macros": (files.a_docx(**{"word/vbaProject.bin": b"x"}), "macros"),
    "program named as a PDF": (b"MZ\x90\x00 un programme", "d’un autre type"),
    "workbook named as a PDF": (files.an_xlsx(), "un fichier Excel"),
    "page with a script": (b"<html><script>alert(1)</script></html>", "d’un autre type"),
}
BY_THE_JOB = {
    "zip bomb whose directory lies": (hostile.a_lying_archive(1_000), "ne peut pas être lu"),
    "external entity": (files.a_docx(**{"word/other.xml": hostile.XXE}), "XML dangereux"),
    "billion laughs": (files.a_docx(**{"word/document.xml": hostile.LAUGHS}), "XML dangereux"),
    "macros declared without their part": (files.a_docx(**{"[Content_Types].xml": hostile.MACROS}), "macros"),
    "PDF of 100 000 pages": (hostile.a_long_pdf(100_000), "100000 pages : 500 au plus"),
    "PDF with a password": (files.a_pdf(password="secret"), "sans protection"),
    "PDF that is an archive too": (files.a_pdf() + files.an_archive({"a.exe": b"MZ"}), "un PDF et une archive"),
    "PDF with a program": (files.a_pdf().replace(b"%%EOF", b"1 0 obj <</S /JavaScript>> %%EOF"), "programme"),
    "PDF cut short": (files.a_pdf()[:60], "ne peut pas être lu"),
}


@pytest.fixture
def draft(call, owner):
    """A complete draft, without its protocol."""
    dossier = small.a_full_draft(call, owner)
    actions.remove_file(dossier.attachments.get(removed_at=None), actor=owner)
    return dossier


def send(dossier, owner, content):
    url = reverse("applications:file_deposit", kwargs={"ref": dossier.ref, "question": "protocol"})
    return people.client_of(owner).post(url, {"file": files.uploaded("protocole.pdf", content)})


def page(dossier, owner):
    url = reverse("applications:dossier_section", kwargs={"ref": dossier.ref, "section": "annexes"})
    return people.client_of(owner).get(url).content.decode()


def run_the_job():
    """As the worker does; its error is not swallowed."""
    run_job(Job.objects.filter(name="documents.inspect", done_at=None).latest("pk").pk)


@pytest.mark.parametrize("name", AT_ONCE)
def test_what_is_refused_at_once_is_not_kept(draft, owner, name):
    content, words = AT_ONCE[name]
    before = Document.objects.count()
    answer = send(draft, owner, content)
    assert (answer.status_code, words in answer.json()["message"]) == (422, True)
    assert Document.objects.count() == before


@pytest.mark.parametrize("name", BY_THE_JOB)
def test_what_the_job_refuses_says_why_and_stops_the_deposit(draft, owner, name):
    content, words = BY_THE_JOB[name]
    kept = drafts.load(draft).stored
    assert send(draft, owner, content).status_code == 200
    run_the_job()
    shown = page(draft, owner)
    assert (words in shown, "Refusé" in shown, "<img" in shown) == (True, True, False)
    assert drafts.load(draft).stored == kept
    with pytest.raises(TransitionRefused, match="1 point est à compléter"):
        actions.submit_dossier(draft, actor=owner)


def test_a_file_whose_child_was_killed_is_only_waited_for(draft, owner, monkeypatch):
    assert send(draft, owner, files.a_pdf(11)).status_code == 200
    with monkeypatch.context() as killed:
        killed.setattr(measure, "PROGRAM", "import os; os.kill(os.getpid(), 9)")
        with pytest.raises(measure.NotExamined):
            run_the_job()
    assert "Contrôle en cours" in page(draft, owner)
    with pytest.raises(TransitionRefused, match="Le contrôle d’un fichier n’est pas fini"):
        actions.submit_dossier(draft, actor=owner)
    run_the_job()
    assert "Contrôlé" in page(draft, owner)
    actions.submit_dossier(draft, actor=owner)
