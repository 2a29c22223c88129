"""The child process of `measure`: reads a file on its input, writes a JSON verdict. Imports nothing of the portal."""

import io
import json
import sys
import zipfile

MAX_PAGES = 500
MAX_UNPACKED = 200 * 1024 * 1024


def examine(content: bytes) -> dict[str, object]:
    """`{"refused": sentence}` or `{"pages": number or null}`."""
    if content.startswith(b"%PDF-"):
        return _examine_pdf(content)
    if content.startswith(b"PK"):
        return _examine_archive(content)
    return {"pages": None}


def _examine_pdf(content: bytes) -> dict[str, object]:
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(content), strict=False)
    if reader.is_encrypted:
        return {"refused": "Ce PDF est protégé par un mot de passe : déposez-le sans protection."}
    pages = len(reader.pages)
    if not 0 < pages <= MAX_PAGES:
        return {"refused": f"Ce PDF compte {pages} pages : {MAX_PAGES} au plus sont admises."}
    reader.pages[0].mediabox  # noqa: B018 (a page that cannot be read raises)
    return {"pages": pages}


def _examine_archive(content: bytes) -> dict[str, object]:
    """Really unpack, counting what comes out: a directory can lie about sizes."""
    left = MAX_UNPACKED
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for entry in archive.infolist():
            with archive.open(entry) as part:
                while chunk := part.read(1 << 20):
                    left -= len(chunk)
                    if left < 0:
                        return {"refused": "Ce fichier est trop gros une fois décompressé : déposez-en un plus léger."}
                    if b"<!ENTITY" in chunk or b"<!DOCTYPE" in chunk:
                        return {"refused": "Ce fichier contient du XML dangereux : enregistrez-le de nouveau."}
    return {"pages": None}


if __name__ == "__main__":
    print(json.dumps(examine(sys.stdin.buffer.read())))  # noqa: T201 (its only output)
