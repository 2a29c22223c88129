"""Keeps documents and serves them. The only code that touches the file storage."""

import datetime as dt
import re
import unicodedata
from pathlib import PurePosixPath

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import FileResponse

from ami_portal.accounts.models import User
from ami_portal.kernel.text import clean_text, has_bidi, sha256_of

from .enums import Verdict
from .models import Document

MAX_NAME = 120


class FileRefused(ValueError):
    """A deposited file that cannot be kept; the message is a French sentence that says what to do."""


def clean_filename(name: str) -> str:
    """The name of a deposited file, checked. Raises FileRefused on path parts, hidden or reversing characters."""
    if "/" in name or "\\" in name or name.strip(" .") == "":
        raise FileRefused("Le nom du fichier contient un chemin : renommez-le avec des lettres et des chiffres.")
    controls = any(unicodedata.category(char) == "Cc" for char in name)
    if controls or has_bidi(name) or clean_text(name) != unicodedata.normalize("NFC", name):
        raise FileRefused(
            "Le nom du fichier contient des caractères invisibles : renommez-le avec des lettres et des chiffres."
        )
    if len(name) > MAX_NAME:
        raise FileRefused(f"Le nom du fichier dépasse {MAX_NAME} caractères : raccourcissez-le.")
    return unicodedata.normalize("NFC", name)


def keep(
    kind: str,
    *,
    subject: str,
    content: bytes,
    filename: str,
    media_type: str,
    at: dt.datetime,
    actor: User | None = None,
    verdict: Verdict = Verdict.ACCEPTED,
) -> Document:
    """Store `content` for good and return its Document. `subject` is the reference of what it belongs to.

    The bytes are written before the row: a failed transaction leaves an orphan file, never a row without its file.
    `verdict` PENDING is for deposited files, which `documents.measure` inspects.
    """
    sha256 = sha256_of(content)
    document = Document(
        kind=kind,
        subject=subject,
        filename=filename,
        media_type=media_type,
        size=len(content),
        sha256=sha256,
        verdict=verdict,
        created_at=at,
        created_by=actor,
    )
    safe_subject = re.sub(r"[^A-Za-z0-9-]", "_", subject)
    key = str(PurePosixPath(kind, safe_subject, f"{document.uuid}"))
    document.storage_key = default_storage.save(key, ContentFile(content))
    document.save(force_insert=True)
    return document


def read(document: Document) -> bytes:
    """The bytes of a document, checked against its fingerprint. Raises OSError when they are gone or altered."""
    with default_storage.open(document.storage_key, "rb") as file:
        content: bytes = file.read()
    if sha256_of(content) != document.sha256:
        raise OSError(f"{document.storage_key}: content does not match its fingerprint")
    return content


def serve(document: Document) -> FileResponse:
    """A document as a download: never rendered from our origin. The view that calls this has checked the rule."""
    return _guarded(document, as_attachment=True)


def show(picture: Document) -> FileResponse:
    """A picture that the portal itself drew, inside a page. Raises ValueError for anything else."""
    if picture.media_type != "image/png" or picture.created_by_id is not None:
        raise ValueError(f"{picture.storage_key}: not a picture of ours")
    return _guarded(picture, as_attachment=False)


def _guarded(document: Document, *, as_attachment: bool) -> FileResponse:
    response = FileResponse(
        default_storage.open(document.storage_key, "rb"),
        as_attachment=as_attachment,
        filename=document.filename,
        content_type=document.media_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
