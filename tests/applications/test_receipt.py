"""The documents of a deposit and its mail: what they say, once, the same bytes for the same content."""

import datetime as dt
import io
import subprocess
import sys

import pytest
import time_machine
from pypdf import PdfReader

from ami_portal.documents import pdf, seal, store
from ami_portal.documents.models import Document
from ami_portal.kernel import clock
from ami_portal.notifications.models import Message
from applications import actions, reading, receipts, texts
from applications.enums import MemberRole
from tests.applications import small
from tests.servers import ROOT
from tests.services import portal_environ

pytestmark = pytest.mark.drawn


def text_of(document):
    reader = PdfReader(io.BytesIO(store.read(document)))
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


@pytest.fixture
def version(call, owner):
    at = call.closes_at.replace(microsecond=0)
    with time_machine.travel(at - (at - clock.now()) / 2, tick=False):
        version = actions.submit_dossier(small.a_full_draft(call, owner), actor=owner)
        actions.build_receipt(version_id=version.pk)
    version.refresh_from_db()
    return version


def test_the_receipt_says_when_what_and_the_fingerprints(version, owner):
    text = text_of(version.receipt)
    received = clock.paris(version.submitted_at).strftime("%d/%m/%Y à %H:%M:%S") + " (heure de Paris)"
    file = reading.frozen(version).all_files()[0]
    for words in (
        "Accusé de réception", version.dossier.ref, "Repérer les rechutes", "Université de Nulle-Part",
        received, owner.get_full_name(), file.filename, "page 1/1",
    ):  # fmt: skip
        assert words in text
    for fingerprint in (version.sha256, file.sha256):
        assert fingerprint in text.replace(" ", "")
    assert version.receipt.filename == f"{version.dossier.ref}-depot-1-accuse-de-reception.pdf"


def test_the_receipt_says_who_decides_and_what_silence_decides(version):
    """CRPA, articles R. 112-5 and R. 112-11-1."""
    call = version.dossier.call
    office = {
        "name": "Service des appels",
        "address": "1 rue du Port",
        "phone": "01 23 45 67 89",
        "email": "a@b.example",
    }
    call.texts |= {"receipt_office": office, "receipt_silence": {"months": 2, "outcome": "rejetée"}}
    version.submitted_at = dt.datetime(2026, 12, 31, 23, 30, tzinfo=dt.UTC)  # 1 January in Paris
    content = pdf.render("pdf/applications/receipt.html", receipts.context(version, reading.frozen(version)))
    text = " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())
    assert [words for words in (*office.values(), "réputée rejetée le 1er mars 2027") if words not in text] == []


def test_the_dossier_as_pdf(version):
    text = text_of(version.pdf)
    for words in (
        "Sommaire",
        "Projet",
        "Budget",
        "Annexes",
        "Data scientist, 9 mois",
        "98 500,00 €",
        "Base A (version 1)",
    ):
        assert words in text.replace("\u202f", " ").replace("\u00a0", " ")
    assert "Brouillon" not in text


def test_the_documents_exist_once(version):
    for _ in range(2):
        actions.build_receipt(version_id=version.pk)
    made = Document.objects.filter(kind__in=("dossier_pdf", "receipt")).values_list("kind", flat=True)
    assert sorted(made) == ["dossier_pdf", "receipt"]
    assert Message.objects.filter(kind="applications.receipt").count() == 1


def test_the_same_content_makes_the_same_bytes(version):
    frozen = reading.frozen(version)
    again = pdf.render("pdf/applications/receipt.html", receipts.context(version, frozen))
    sealed = store.read(version.receipt)
    assert sealed.startswith(again)  # the seal holds an instant: it is added once, at the end, and kept
    assert seal.is_whole(sealed)
    whole = pdf.render("pdf/applications/dossier.html", {"frozen": frozen, "sha256": version.sha256})
    assert whole == store.read(version.pdf)


IN_ANOTHER_PROCESS = """
import json, sys, django
django.setup()
from ami_portal.documents import pdf
from applications import reading
frozen = reading.parse(json.loads(sys.stdin.buffer.read()))
sys.stdout.buffer.write(pdf.render("pdf/applications/dossier.html", {"frozen": frozen, "sha256": sys.argv[1]}))
"""


def test_another_process_in_another_zone_makes_the_same_bytes(version):
    environ = portal_environ(PYTHONHASHSEED="12345", TZ="Asia/Tokyo", DATABASE_URL="sqlite://:memory:")
    command = [sys.executable, "-c", IN_ANOTHER_PROCESS, version.sha256]
    done = subprocess.run(
        command, cwd=ROOT, env=environ, input=version.content.encode(), capture_output=True, check=True
    )
    assert done.stdout == store.read(version.pdf)


def test_the_pdf_is_tagged_and_lists_its_files(version):
    reader = PdfReader(io.BytesIO(store.read(version.pdf)))
    catalogue = reader.trailer["/Root"]
    assert (catalogue["/Lang"], catalogue["/MarkInfo"]["/Marked"]) == ("fr", True)
    assert "/StructTreeRoot" in catalogue
    assert len(reader.outline) > 0
    links = {str(note.get_object().get("/Dest")) for page in reader.pages for note in page.get("/Annots", [])}
    assert links == {"rubrique-project", "rubrique-budget", "rubrique-annexes", "pieces"}
    file = reading.frozen(version).all_files()[0]
    assert "Liste des pièces" in text_of(version.pdf)
    assert file.sha256 in text_of(version.pdf).replace(" ", "")


def test_the_receipt_mail(version, owner):
    mail = Message.objects.get(kind="applications.receipt")
    local = clock.paris(version.submitted_at)
    closes = clock.paris(version.dossier.call.closes_at)
    assert (mail.to_email, mail.subject_ref) == (owner.email, "PETIT-2026-0001")
    assert mail.title == "PETIT-2026-0001 – dossier déposé, accusé de réception"
    assert f"Reçu le {local:%d/%m/%Y} à {local:%H:%M:%S} (heure de Paris)." in mail.body
    assert version.sha256 in mail.body
    assert "/dossiers/PETIT-2026-0001/" in mail.body
    assert str(closes.year) in mail.body
    assert "Repérer les rechutes" not in mail.body  # a mail carries no content of the dossier


def test_the_whole_team_is_told(call, owner):
    dossier = small.a_full_draft(call, owner)
    actions.invite_member(dossier, "paul@labo.example", MemberRole.READER, actor=owner)
    actions.build_receipt(version_id=actions.submit_dossier(dossier, actor=owner).pk)
    told = Message.objects.filter(kind="applications.receipt").values_list("to_email", flat=True)
    assert sorted(told) == [owner.email, "paul@labo.example"]


def test_a_second_deposit_has_its_own_receipt(version, owner):
    dossier = version.dossier
    actions.reopen_dossier(dossier, actor=owner)
    second = actions.submit_dossier(dossier, actor=owner)
    actions.build_receipt(version_id=second.pk)
    second.refresh_from_db()
    assert second.receipt.filename == f"{dossier.ref}-depot-2-accuse-de-reception.pdf"
    assert Message.objects.filter(kind="applications.receipt").count() == 2


# Preview


def test_the_preview_is_marked_and_made_once_for_a_content(call, owner):
    dossier = small.a_full_draft(call, owner)
    name = actions.prepare_preview(dossier, actor=owner)
    for _ in range(2):
        actions.build_preview(dossier_id=dossier.pk)
    made = Document.objects.get(kind="preview")
    assert made.filename == name
    assert "Brouillon" in text_of(made)
    assert "non déposé" in text_of(made)
    small.type_in(dossier, "title", "Autre titre", actor=owner)
    assert actions.prepare_preview(dossier, actor=owner) != name


# The call's text, filled


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dossier {reference}, {titre}.", "Dossier R-1, {reference} {0.__class__} {{x}}."),
        ("{inconnu} {titre.upper} {0}", "{inconnu} {titre.upper} {0}"),
        ("{{reference}}", "{R-1}"),
    ],
)
def test_what_an_applicant_typed_is_never_a_place(text, expected):
    assert texts.fill(text, {"reference": "R-1", "titre": "{reference} {0.__class__} {{x}}"}) == expected
