"""A PDF: what makes it hostile, who it says its author is, its pages measured, its first page drawn."""

import io
import re
import xml.dom.expatbuilder  # noqa: F401 (see below)
import zipfile
from collections.abc import Iterator
from typing import Any

import pypdfium2
from pypdf import PdfReader, _configuration, filters, xmp  # noqa: F401 (used late, when no file can be opened to import)
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from . import pdf_pages
from .picture import of_image
from .refusal import Refused

MAX_PAGES, MAX_OBJECTS = 500, 200_000
ACTIONS = {"/JavaScript", "/Launch", "/ImportData"}
MEDIA = {"/RichMedia", "/3D", "/Movie", "/Sound"}
COMMENTS = set("/Text /FreeText /Highlight /Underline /StrikeOut /Squiggly /Popup /Stamp /Caret /Ink".split())
RAW_ACTION = re.compile(rb"/S\s*/(JavaScript|Launch|ImportData)\b")

PASSWORD = "Ce PDF est protégé par un mot de passe : déposez-le sans protection."  # noqa: S105 (a sentence)
ACTIVE = "Ce PDF contient un programme ou une action automatique : imprimez-le en PDF, puis déposez la copie."
ATTACHED = "Ce PDF contient des fichiers joints ou du multimédia : retirez-les, puis déposez-le de nouveau."
FORM = "Ce PDF est un formulaire dynamique (XFA) : imprimez-le en PDF, puis déposez la copie."
TWO_FILES = "Ce fichier est à la fois un PDF et une archive : enregistrez-le de nouveau en PDF."
ENTANGLED = "Ce PDF est trop complexe pour être contrôlé : imprimez-le en PDF, puis déposez la copie."


def examine(content: bytes, wanted: dict[str, Any]) -> dict[str, Any]:
    """The facts of a PDF. Raises Refused."""
    if zipfile.is_zipfile(io.BytesIO(content)):
        raise Refused(TWO_FILES)
    if RAW_ACTION.search(content):
        raise Refused(ACTIVE)
    reader = PdfReader(io.BytesIO(content), strict=False)
    if reader.is_encrypted:
        raise Refused(PASSWORD)
    _refuse_long(_announced(reader))
    pages = len(reader.pages)
    _refuse_long(pages)
    commenters = _refuse_hostile_objects(reader)
    document = pypdfium2.PdfDocument(content)
    if len(document) != pages:
        raise Refused(f"Ce PDF annonce {len(document)} pages et en contient {pages} : enregistrez-le de nouveau.")
    return {
        "kind": "pdf",
        "pages": pages,
        **pdf_pages.measure(document, wanted.get("headings", [])),
        "identity": _identity(reader, commenters),
        "picture": _picture(document),
    }


def _refuse_long(pages: int) -> None:
    if not 0 < pages <= MAX_PAGES:
        raise Refused(f"Ce PDF compte {pages} pages : {MAX_PAGES} au plus sont admises.")


def _announced(reader: PdfReader) -> Any:
    """How many pages the file says that it has: asked before they are counted one by one."""
    root: Any = reader.root_object
    return root["/Pages"].get("/Count", 1)


def _refuse_hostile_objects(reader: PdfReader) -> list[str]:
    """Read every object that the file declares, reached by its pages or not. Answers the authors of comments."""
    commenters: list[str] = []
    for entry in _dictionaries(reader):
        kind = _name(entry, "/S")
        if "/JS" in entry or "/JavaScript" in entry or kind in ACTIONS:
            raise Refused(ACTIVE)
        if "/EF" in entry or "/EmbeddedFiles" in entry or _name(entry, "/Type") == "/EmbeddedFile":
            raise Refused(ATTACHED)
        if "/XFA" in entry:
            raise Refused(FORM)
        subtype = _name(entry, "/Subtype")
        if subtype in MEDIA and ("/Rect" in entry or "/Type" in entry):
            raise Refused(ATTACHED)
        if subtype in COMMENTS and (author := entry.get("/T")):
            commenters.append(str(author))
    return commenters


def _dictionaries(reader: PdfReader) -> Iterator[DictionaryObject]:
    """Every dictionary of the file, those inside others included; references are not followed: each has its turn."""
    numbers = {(number, generation) for generation, places in reader.xref.items() for number in places}
    numbers |= {(number, 0) for number in reader.xref_objStm}
    left = MAX_OBJECTS
    for number, generation in sorted(numbers):
        try:
            waiting = [reader.get_object(IndirectObject(number, generation, reader))]
        except Exception:  # noqa: S112 (a broken object is nothing; what pdfium makes of the rest is measured)
            continue
        while waiting:
            left -= 1
            if left < 0:
                raise Refused(ENTANGLED)
            item = waiting.pop()
            if isinstance(item, DictionaryObject):
                yield item
                waiting.extend(dict.values(item))
            elif isinstance(item, ArrayObject):
                waiting.extend(list.__iter__(item))


def _name(entry: DictionaryObject, key: str) -> str:
    """A value as text, only when it is plainly one: the object that a reference names has its own turn."""
    value = dict.get(entry, key)
    if isinstance(value, IndirectObject):
        value = value.get_object()
    return str(value) if isinstance(value, str) else ""


def _identity(reader: PdfReader, commenters: list[str]) -> list[list[str]]:
    found = []
    information: Any = reader.metadata or {}
    if author := str(information.get("/Author") or "").strip():
        found.append(["author", author])
    try:
        creators = (reader.xmp_metadata.dc_creator if reader.xmp_metadata else None) or []
    except Exception:  # metadata that no parser reads tell nobody's name
        creators = []
    found += [["author", str(name).strip()] for name in creators if str(name).strip()]
    found += [["comment", name] for name in commenters if name.strip()]
    return found


def _picture(document: pypdfium2.PdfDocument) -> str | None:
    """The first page, drawn small; a page that cannot be drawn is measured all the same."""
    try:
        page = document[0]
        scale = min(2.0, 1000 / max(page.get_size()))
        return of_image(page.render(scale=scale).to_pil())
    except (pypdfium2.PdfiumError, MemoryError, ValueError, ZeroDivisionError):
        return None
