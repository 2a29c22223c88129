"""The true type of a deposited file (pure), from its first bytes and, for office files, its directory."""

import io
import zipfile

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEDIA_TYPES = {"pdf": PDF, "docx": DOCX, "xlsx": XLSX, "png": "image/png", "jpg": "image/jpeg"}
LABELS = {"pdf": "PDF", "docx": "Word (.docx)", "xlsx": "Excel (.xlsx)", "png": "image PNG", "jpg": "image JPEG"}
_MAGIC = {b"%PDF-": "pdf", b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpg"}
_PARTS = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx"}
MAX_ENTRIES, MAX_UNPACKED, MAX_RATIO = 5_000, 200 * 1024 * 1024, 200

# What Word and Excel make of a file with a password, and what they made of every file until 2003.
_COMPOUND, _ENCRYPTED_PART = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "EncryptedPackage".encode("utf-16-le")
ENCRYPTED = "Ce fichier est chiffré : déposez-le sans mot de passe."
OLD_OFFICE = "Ce fichier est d’un ancien format de Word ou d’Excel : enregistrez-le en .docx, en .xlsx ou en PDF."


class Hostile(ValueError):
    """A file that is not what it may be; the message is a French sentence."""


def true_format(content: bytes) -> str | None:
    """« pdf », « docx », « xlsx », « png », « jpg », or None. Raises Hostile: macros, encryption, zip bomb."""
    for magic, name in _MAGIC.items():
        if content.startswith(magic):
            return name
    if content.startswith(_COMPOUND):
        raise Hostile(ENCRYPTED if _ENCRYPTED_PART in content else OLD_OFFICE)
    if not content.startswith(b"PK\x03\x04"):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    names = {entry.filename for entry in entries}
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * max(len(content), 1_000):
        raise Hostile("Ce fichier est trop gros une fois décompressé : enregistrez-le de nouveau, plus léger.")
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise Hostile(ENCRYPTED)
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Hostile("Ce fichier contient des macros : enregistrez-le sans macro.")
    return next((kind for part, kind in _PARTS.items() if part in names), None)
