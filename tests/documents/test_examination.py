"""What a deposited file really is, and what its examination says of hostile ones."""

import io
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from ami_portal.documents import measure, sniff, store
from ami_portal.documents.enums import Verdict
from ami_portal.documents.models import Document, Examination
from ami_portal.documents.sniff import Hostile
from ami_portal.documents.store import FileRefused
from ami_portal.kernel import clock
from tests.documents import files, hostile

PNG, JPEG = files.a_png(), files.a_jpeg()


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
        (hostile.a_compound(encrypted=True), "chiffré"),
        (hostile.a_compound(encrypted=False), "ancien format"),
        (files.a_docx(**{f"p{number}": b"" for number in range(5_001)}), "trop gros"),
    ],
)
def test_a_hostile_archive_is_named(content, words):
    with pytest.raises(Hostile, match=words):
        sniff.true_format(content)


# The child process


@pytest.mark.parametrize("pages", [1, 3])
def test_the_pages_of_a_pdf(pages):
    report = measure.examine(files.a_pdf(pages))
    assert (report.verdict, report.reason, report.pages) == (Verdict.ACCEPTED, "", pages)
    assert Image.open(io.BytesIO(report.picture)).format == "PNG"


@pytest.mark.parametrize(
    ("content", "kind", "has_picture"),
    [(files.a_docx(), "word", False), (files.an_xlsx(), "excel", False), (PNG, "image", True), (JPEG, "image", True)],
)
def test_other_formats_have_no_pages(content, kind, has_picture):
    report = measure.examine(content)
    assert (report.verdict, report.pages, report.facts["kind"]) == (Verdict.ACCEPTED, None, kind)
    assert bool(report.picture) == has_picture


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (files.a_pdf(password="secret"), "mot de passe"),
        (b"%PDF-1.7\n tronque", "ne peut pas être lu"),
        (b"PK\x03\x04 tronque", "ne peut pas être lu"),
        (b"MZ un programme", "aucun type connu"),
    ],
)
def test_a_hostile_file_is_refused_with_a_sentence(content, words):
    report = measure.examine(content)
    assert (report.verdict, report.facts, report.picture, words in report.reason) == (Verdict.REFUSED, {}, b"", True)


def verdicts(*contents, **wanted):
    return [measure.examine(content, wanted).verdict for content in contents]


def a_child(lines):
    """A child that does this in the place of reading its file."""
    return f"import os, signal, sys; sys.path.append(sys.argv[1]); import examiner\n{lines}"


OUT_OF_TIME = "from examiner import limits; limits.CPU_SECONDS = 1; limits.take_limits()\nwhile True: pass"
OUT_OF_MEMORY = "examiner.examine = lambda *given: bytearray(2_000_000_000); examiner.main()"


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (OUT_OF_TIME, "trop long à contrôler"),
        (OUT_OF_MEMORY, "trop de mémoire"),
        ("os.abort()", "ne peut pas être lu"),
    ],
)
def test_a_file_that_makes_the_child_fall_is_refused(monkeypatch, lines, words):
    monkeypatch.setattr(measure, "PROGRAM", a_child(lines))
    report = measure.examine(files.a_pdf(6) + words.encode())
    assert (report.verdict, words in report.reason) == (Verdict.REFUSED, True)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WALL_SECONDS", 0.01),
        ("PROGRAM", a_child("os.kill(os.getpid(), signal.SIGKILL)")),
        ("PROGRAM", a_child("os.kill(os.getpid(), signal.SIGTERM)")),
    ],
)
def test_a_file_whose_child_was_stopped_waits_and_is_examined_again(db, monkeypatch, name, value):
    document = a_document(files.a_pdf(7))
    with monkeypatch.context() as stopped:
        stopped.setattr(measure, name, value)
        stopped.setattr(measure, "_reports", {})
        with pytest.raises(measure.NotExamined):
            measure.inspect(document.pk)
    document.refresh_from_db()
    assert (document.verdict, Examination.objects.count()) == (Verdict.PENDING, 0)
    measure.inspect(document.pk)
    document.refresh_from_db()
    assert (document.verdict, document.pages) == (Verdict.ACCEPTED, 7)


def test_the_same_bytes_are_examined_once_for_the_same_things(monkeypatch):
    first, second = files.a_pdf(8), files.a_pdf(9)
    monkeypatch.setattr(measure, "REMEMBERED", 1)
    assert verdicts(first) == [Verdict.ACCEPTED]
    with monkeypatch.context() as broken:
        broken.setattr(measure, "PROGRAM", "raise SystemExit(1)")
        assert verdicts(first, second) == [Verdict.ACCEPTED, Verdict.REFUSED]
        assert verdicts(first, headings=["1. Contexte"]) == [Verdict.REFUSED]
    assert verdicts(second) == [Verdict.ACCEPTED]
    monkeypatch.setattr(measure, "PROGRAM", "raise SystemExit(1)")
    assert verdicts(second, first) == [Verdict.ACCEPTED, Verdict.REFUSED]


@pytest.mark.parametrize(
    ("attempt", "error"),
    [
        ("bytearray(2_000_000_000)", "MemoryError"),
        ("open('/etc/passwd')", "OSError"),
        ("open('/tmp/written', 'w')", "OSError"),
        ("socket.socket()", "OSError"),
        ("os.fork()", "BlockingIOError"),
        ("subprocess.run(['true'])", "OSError"),
        ("threading.Thread(target=print).start()", "RuntimeError"),
        ("os.setuid(0)", "PermissionError"),
        ("resource.setrlimit(resource.RLIMIT_NOFILE, (50, 50))", "ValueError"),
    ],
)
def test_the_child_can_do_nothing_but_read_its_input(attempt, error):
    program = "import sys, os, socket, subprocess, threading, resource; sys.path.append(sys.argv[1]);"
    program += f"from examiner import limits; limits.take_limits(); limits.close_doors(); {attempt}"
    command = [sys.executable, "-I", "-c", program, str(Path(measure.__file__).parent)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.strip().splitlines()[-1].partition(":")[0]) == (1, error)


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
    examination = document.examination
    assert (examination.facts["pages"], examination.picture.media_type, examination.picture.subject) == (
        1, "image/png", "AMI-0001"
    )  # fmt: skip
    assert Document.objects.count() == 2


def test_a_file_is_examined_again_for_what_is_newly_wanted_and_keeps_its_verdict(db, monkeypatch):
    document = a_document(files.a_docx())
    measure.inspect(document.pk)
    found = Examination.objects.filter(document=document)
    found.update(wanted={"headings": ["2. Méthode"]})
    with monkeypatch.context() as broken:
        broken.setattr(measure, "PROGRAM", "raise SystemExit(1)")
        measure.inspect(document.pk)
    document.refresh_from_db()
    assert (document.verdict, found.get().facts["headings"]) == (Verdict.ACCEPTED, [])
    measure.inspect(document.pk)
    first = found.get()
    assert ([one["heading"] for one in first.facts["headings"]], first.is_answered) == (["2. Méthode"], True)
    measure.inspect(document.pk)
    assert found.get().examined_at == first.examined_at


def test_a_refusal_has_its_reason(db):
    document = a_document(files.a_pdf(password="x"))
    measure.inspect(document.pk)
    document.refresh_from_db()
    assert (document.verdict, "mot de passe" in document.verdict_reason) == (Verdict.REFUSED, True)
    assert (document.examination.facts, document.examination.picture) == ({}, None)


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
