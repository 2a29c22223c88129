"""Files of the tests, true and hostile, made on the spot."""

import io
import zipfile
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import ExifTags, Image
from pypdf import PdfWriter

from ami_portal.documents import office


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
    """A Word file, with more parts in its archive."""
    return with_parts(office.word("Protocole", [("1. Contexte", ["Un texte."])]), **more)


def an_xlsx(**more: bytes) -> bytes:
    """An Excel file of one filled tab, with more parts in its archive."""
    return with_parts(office.workbook({"Budget": [["Poste", "Montant"], ["Personnel", Decimal(100)]]}), **more)


def with_parts(content: bytes, **more: bytes) -> bytes:
    """The same archive, some parts added or replaced."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return an_archive(parts | more)


def a_png() -> bytes:
    """A small image."""
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(out, "PNG")
    return out.getvalue()


def a_jpeg(*, author: str = "", place: bool = False) -> bytes:
    """A small photograph, that may say who took it and where."""
    exif = Image.Exif()
    if author:
        exif[ExifTags.Base.Artist] = author
    if place:
        exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] = "N"
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(out, "JPEG", exif=exif)
    return out.getvalue()


def a_written_pdf(style: str, body: str, *, head: str = "") -> bytes:
    """A PDF of HTML, on A4 pages without the browser's own margins."""
    from weasyprint import CSS, HTML

    base = "@page { size: A4 } body { margin: 0; font-family: 'Liberation Sans' } p { margin: 0 0 1em }"
    page = f"<html lang='fr'><head><title>Essai</title>{head}</head><body>{body}</body></html>"
    content: bytes = HTML(string=page).write_pdf(stylesheets=[CSS(string=base), CSS(string=style)])
    return content


def saved(document: Any) -> bytes:
    """The bytes of a python-docx document, of an openpyxl workbook, of a pypdf writer."""
    out = io.BytesIO()
    write = document.save if hasattr(document, "save") else document.write
    write(out)
    return out.getvalue()


def uploaded(name: str = "protocole.pdf", content: bytes | None = None) -> SimpleUploadedFile:
    """A file as a view receives it."""
    return SimpleUploadedFile(name, a_pdf() if content is None else content)
