"""A zip archive that claims to be a Word or Excel file: unpacked under limits, then read by what it really is."""

import io
import re
import zipfile
from typing import Any

from . import sheets, word_text
from .refusal import Refused

MAX_UNPACKED, MAX_ENTRIES, CHUNK = 200 * 1024 * 1024, 5_000, 1 << 20
MAX_XML = 30 * 1024 * 1024
ARCHIVES = (b"PK\x03\x04", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b\x08", b"BZh", b"\xfd7zXZ")
EMBEDDED = re.compile(r"^(word|xl)/embeddings/[^/]+\.(docx|xlsx|pptx)$", re.IGNORECASE)
REMOTE = re.compile(
    rb"""<Relationship\b(?=[^>]*TargetMode\s*=\s*["']External)"""
    rb"""(?=[^>]*(?:attachedTemplate|oleObject|subDocument|frame)["'])"""
    rb"""(?=[^>]*Target\s*=\s*["'](?:https?:|ftp:|\\\\))""",
    re.IGNORECASE,
)
AUTOMATIC = re.compile(rb"<ddeLink|instrText[^>]*>\s*DDE")
ACTIVE_PARTS = re.compile(r"(^|/)(vbaproject\.bin|vbadata\.xml|activex/.*|macrosheets/.*)$", re.IGNORECASE)

TOO_BIG = "Ce fichier est trop gros une fois décompressé : déposez-en un plus léger."
XML = "Ce fichier contient du XML dangereux : enregistrez-le de nouveau."
MACROS = "Ce fichier contient des macros : enregistrez-le sans macro."
NESTED = "Ce fichier contient une archive cachée : enregistrez-le de nouveau, ou retirez-la."
PROGRAM = "Ce fichier contient un objet actif ou un lien automatique : retirez-le, puis déposez le fichier de nouveau."
TWO_FILES = "Ce fichier est à la fois un fichier Word et un fichier Excel : enregistrez-le de nouveau."
UNKNOWN = "Ce fichier n’est ni un fichier Word, ni un fichier Excel : enregistrez-le en .docx ou en .xlsx."


def examine(content: bytes, wanted: dict[str, Any]) -> dict[str, Any]:
    """The facts of an office file. Raises Refused."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = _unpack(archive)
        is_word, is_excel = "word/document.xml" in names, "xl/workbook.xml" in names
        if is_word and is_excel:
            raise Refused(TWO_FILES)
        if not (is_word or is_excel):
            raise Refused(UNKNOWN)
        identity = word_text.identity(archive, names)
    if is_word:
        return {"kind": "word", "pages": None, "identity": identity, **word_text.measure(content, wanted)}
    return {"kind": "excel", "pages": None, "identity": identity, **sheets.measure(content, wanted)}


def _unpack(archive: zipfile.ZipFile) -> set[str]:
    """Really unpack every entry, counting what comes out: a directory can lie about sizes."""
    left = MAX_UNPACKED
    entries = archive.infolist()
    names = {entry.filename for entry in entries}
    if len(entries) > MAX_ENTRIES:
        raise Refused(TOO_BIG)
    if len(names) < len(entries):
        raise Refused(NESTED)  # two parts of one name: readers would not agree on what the file says
    for entry in entries:
        if ACTIVE_PARTS.search(entry.filename):
            raise Refused(MACROS)
        with archive.open(entry) as part:
            left -= _read(part, entry.filename, left)
    return names


def _read(part: Any, name: str, left: int) -> int:
    """The size of one entry, read in full. Raises Refused."""
    size, end = 0, b""
    is_xml = name.lower().endswith((".xml", ".rels", ".vml"))
    while chunk := part.read(CHUNK):
        if not size and chunk.startswith(ARCHIVES) and not EMBEDDED.match(name):
            raise Refused(NESTED)
        size += len(chunk)
        if size > left or (is_xml and size > MAX_XML):
            raise Refused(TOO_BIG)
        _refuse_hostile_text(name, end + chunk)
        end = chunk[-512:]  # what is looked for may be cut between two reads
    return size


def _refuse_hostile_text(name: str, chunk: bytes) -> None:
    plain = chunk.replace(b"\0", b"") if b"\0" in chunk else chunk  # UTF-16 and UTF-32 read like UTF-8
    if b"<!ENTITY" in plain or b"<!DOCTYPE" in plain:
        raise Refused(XML)
    if name == "[Content_Types].xml" and b"macroEnabled" in plain:
        raise Refused(MACROS)
    if (name.endswith(".rels") and REMOTE.search(plain)) or AUTOMATIC.search(plain):
        raise Refused(PROGRAM)
