"""What a deposited file really is, and what its examination says of hostile ones."""

import io
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from ami_portal.documents import measure, sniff, store
from ami_portal.documents.enums import Verdict
from ami_portal.documents.sniff import Hostile
from ami_portal.documents.store import FileRefused
from ami_portal.kernel import clock
from tests.documents import files

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 20
XXE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (files.a_pdf(), "pdf"),
        (files.a_docx(), "docx"),
        (files.an_xlsx(), "xlsx"),
        (PNG, "png"),
        (JPEG, "jpg"),
        (b"", None),
        (b"PK\x03\x04 tronque", None),
        (b"MZ\x90\x00", None),
        (b" %PDF-1.7", None),
        (b"<html></html>", None),
        (files.an_archive({"a.txt": b"x"}), None),
        (files.an_archive({"../word/document.xml": b"x"}), None),
        (files.an_archive({"WORD/DOCUMENT.XML": b"x"}), None),
    ],
)
def test_the_true_format(content, found):
    assert sniff.true_format(content) == found


def lying_archive(claimed):
    """An archive whose directory says that its part is small."""
    content = bytearray(files.a_docx(**{"word/big.bin": b"\0" * 5_000_000}))
    real = struct.pack("<I", 5_000_000)
    while (place := content.find(real)) >= 0:
        content[place : place + 4] = struct.pack("<I", claimed)
    return bytes(content)


def encrypted_archive():
    content = bytearray(files.a_docx())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = -1
        while (place := content.find(mark, place + 1)) >= 0:
            content[place + offset] |= 1
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (files.a_docx(**{"word/vbaProject.bin": b"x"}), "macros"),
        (files.a_docx(**{"x/VBAPROJECT.BIN": b"x"}), "macros"),
        (files.a_docx(**{"word/zeros": b"\0" * 30_000_000}), "trop gros"),
        (encrypted_archive(), "chiffré"),
        (files.a_docx(**{f"p{number}": b"" for number in range(5_001)}), "trop gros"),
    ],
)
def test_a_hostile_archive_is_named(content, words):
    with pytest.raises(Hostile, match=words):
        sniff.true_format(content)


# The child process


@pytest.mark.parametrize("pages", [1, 3])
def test_the_pages_of_a_pdf(pages):
    assert measure.examine(files.a_pdf(pages)) == (Verdict.ACCEPTED, "", pages)


@pytest.mark.parametrize("content", [files.a_docx(), files.an_xlsx(), PNG, JPEG])
def test_other_formats_have_no_pages(content):
    assert measure.examine(content) == (Verdict.ACCEPTED, "", None)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (files.a_pdf(password="secret"), "mot de passe"),
        (files.a_pdf(501), "501 pages"),
        (b"%PDF-1.7\n tronque", "ne peut pas être lu"),
        (files.a_docx(**{"word/other.xml": XXE}), "XML dangereux"),
        (files.a_docx(**{"word/wide.xml": XXE.decode().encode("utf-16")}), "XML dangereux"),
        (lying_archive(1_000), "ne peut pas être lu"),
        (b"PK\x03\x04 tronque", "ne peut pas être lu"),
    ],
)
def test_a_hostile_file_is_refused_with_a_sentence(content, words):
    verdict, reason, pages = measure.examine(content)
    assert (verdict, pages) == (Verdict.REFUSED, None)
    assert words in reason
    assert len(reason) <= 300


@pytest.mark.parametrize("declaration", [b"<!DOCTYPE x>", "<!DOCTYPE x>".encode("utf-16-le")])
def test_a_declaration_cut_between_two_reads_is_seen(declaration):
    content = b" " * ((1 << 20) - 5) + declaration
    verdict, reason, _ = measure.examine(files.an_archive({"a.xml": content}, compression=zipfile.ZIP_STORED))
    assert (verdict, "XML dangereux" in reason) == (Verdict.REFUSED, True)


def test_an_archive_that_unpacks_too_much_is_stopped():
    """Its directory claims less than it holds, or more than may be held: either way nothing is unpacked in full."""
    part = io.BytesIO()
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(5):
            archive.writestr(f"p{number}", b"\0" * 50_000_000)
    verdict, reason, _ = measure.examine(part.getvalue())
    assert (verdict, "trop gros" in reason) == (Verdict.REFUSED, True)


def test_a_pdf_that_claims_a_million_pages():
    content = files.a_pdf().replace(b"/Count 1", b"/Count 1000000")
    verdict, _, pages = measure.examine(content)
    assert (verdict, pages) in ((Verdict.REFUSED, None), (Verdict.ACCEPTED, 1))


def test_the_child_dies_of_its_limits(monkeypatch):
    monkeypatch.setattr(measure, "WALL_SECONDS", 0.01)
    assert measure.examine(files.a_pdf())[0] == Verdict.REFUSED


# The verdict of a document


def a_document(content=None, name="x.pdf"):
    return store.keep(
        "attachment",
        subject="AMI-0001",
        content=files.a_pdf() if content is None else content,
        filename=name,
        media_type=sniff.PDF,
        at=clock.now(),
        verdict=Verdict.PENDING,
    )


def test_a_verdict_is_given_once(db):
    document = a_document()
    for _ in range(2):
        measure.inspect(document.pk)
    document.refresh_from_db()
    assert (document.verdict, document.verdict_reason, document.pages) == (Verdict.ACCEPTED, "", 1)


def test_a_refusal_has_its_reason(db):
    document = a_document(files.a_pdf(password="x"))
    measure.inspect(document.pk)
    document.refresh_from_db()
    assert (document.verdict, "mot de passe" in document.verdict_reason) == (Verdict.REFUSED, True)


# Keeping


def test_bytes_are_checked_when_read(db):
    document = a_document()
    document.sha256 = "0" * 64
    with pytest.raises(OSError, match="fingerprint"):
        store.read(document)


def test_a_subject_cannot_leave_its_folder(db):
    document = store.keep(
        "attachment", subject="../../etc", content=b"x", filename="x", media_type="text/plain", at=clock.now()
    )
    assert ".." not in document.storage_key
    assert store.read(document) == b"x"


@pytest.mark.parametrize(
    "name",
    [
        "a/b.pdf",
        "a\\b.pdf",
        "..",
        " . ",
        "",
        "a\u202eb.pdf",
        "a\x00.pdf",
        "a\nb.pdf",
        "a\u200f.pdf",
        "x" * 121,
        "a\u2066.pdf",
    ],
)
def test_hostile_names(name):
    with pytest.raises(FileRefused):
        store.clean_filename(name)


@pytest.mark.parametrize("name", ["Résumé d’été (v2).pdf", "报告.pdf", "تقرير.pdf", "a b.pdf", ".htaccess", "con.pdf"])
def test_good_names(name):
    assert store.clean_filename(name) == name


def test_names_are_composed():
    assert store.clean_filename("e\u0301te\u0301.pdf") == "été.pdf"


def test_the_child_takes_its_limits():
    """Asked for more memory than it may have, the examiner fails by itself."""
    folder = Path(measure.__file__).parent
    program = "import sys; sys.path.insert(0, sys.argv[1]); import examiner; examiner.limit(); bytearray(2_000_000_000)"
    done = subprocess.run(
        [sys.executable, "-I", "-c", program, str(folder)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, "MemoryError" in done.stderr) == (1, True)
