"""Scenes of the tests: a call from its own file, then dossiers brought to each step by the real actions."""

import datetime as dt
import io
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from ami_portal.accounts.models import User
from ami_portal.desk import calls
from ami_portal.desk.demo import fill
from ami_portal.documents.sniff import MEDIA_TYPES
from ami_portal.kernel import clock
from ami_portal.questionnaire.answers import Address
from applications import actions
from applications.models import Call, Dossier

CALL_FILE = Path(__file__).resolve().parents[1] / "data" / "ami-di-2024.yaml"


@cache
def _config() -> dict[str, Any]:
    return calls.read(CALL_FILE)


def a_call(code: str = "AMI-DI-2026", *, closes_in_days: int = 20) -> Call:
    """The real call, its calendar moved so that it closes in so many days (a negative number: closed already)."""
    closes_on = clock.today() + dt.timedelta(days=closes_in_days)
    return calls.load(calls.moved(_config(), closes_on=closes_on, code=code))


def a_file(name: str) -> SimpleUploadedFile:
    """A small true file whose format is its name's ending: pdf, docx or xlsx."""
    ending = name.rpartition(".")[2]
    content = a_pdf() if ending == "pdf" else _office({"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}[ending])
    return SimpleUploadedFile(name, content, content_type=MEDIA_TYPES[ending])


def a_pdf(pages: int = 1) -> bytes:
    """A blank PDF."""
    from pypdf import PdfWriter

    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _office(part: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(part, "<document/>")
    return out.getvalue()


def a_draft(call: Call, owner: User) -> Dossier:
    """A dossier just started."""
    return actions.start_dossier(call, actor=owner)


def a_complete_draft(call: Call, owner: User, **words: Any) -> Dossier:
    """A draft with every answer, table and file of the form; `words` overrides answers by question code."""
    dossier = a_draft(call, owner)
    answers = fill.answers_for(call, words)
    for code, raw in answers.fields.items():
        actions.save_answer(dossier, Address(code), raw, seen_version=0, actor=owner)
    for code, rows in answers.tables.items():
        for cells in rows:
            row = str(actions.add_row(dossier, code, actor=owner).row)
            for column, raw in cells.items():
                actions.save_answer(dossier, Address(code, row, column), raw, seen_version=0, actor=owner)
    for code, names in answers.files.items():
        for name in names:
            attachment = actions.deposit_file(dossier, code, a_file(name), actor=owner)
            inspect(attachment.document_id)
    dossier.refresh_from_db()
    return dossier


def inspect(document_id: int) -> None:
    """What the job does after the deposit (tests inside a transaction never commit, so never run jobs)."""
    from ami_portal.documents import measure

    measure.inspect(document_id)


def a_submitted_dossier(call: Call, owner: User, **words: Any) -> Dossier:
    """A dossier deposited in time."""
    dossier = a_complete_draft(call, owner, **words)
    actions.submit_dossier(dossier, actor=owner)
    dossier.refresh_from_db()
    return dossier
