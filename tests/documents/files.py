"""Files of the tests, true and hostile, made on the spot."""

import io
import zipfile

from django.core.files.uploadedfile import SimpleUploadedFile
from pypdf import PdfWriter


def a_pdf(pages: int = 1, *, password: str = "") -> bytes:
    """A blank PDF, encrypted when a password is given."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def an_archive(parts: dict[str, bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def a_docx(**more: bytes) -> bytes:
    """What a Word file is made of, as far as anyone looks."""
    return an_archive({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<document/>"} | more)


def an_xlsx() -> bytes:
    """What an Excel file is made of."""
    return an_archive({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"})


def uploaded(name: str = "protocole.pdf", content: bytes | None = None) -> SimpleUploadedFile:
    """A file as a view receives it."""
    return SimpleUploadedFile(name, a_pdf() if content is None else content)
