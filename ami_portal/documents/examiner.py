"""The child process of `measure`: reads a file on its input, writes a JSON verdict. Imports nothing of the portal."""

import io
import json
import resource
import sys
import zipfile

MEMORY, CPU_SECONDS = 1_500 * 1024 * 1024, 20
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
            end = b""
            with archive.open(entry) as part:
                while chunk := part.read(1 << 20):
                    left -= len(chunk)
                    if left < 0:
                        return {"refused": "Ce fichier est trop gros une fois décompressé : déposez-en un plus léger."}
                    if _declares(end + chunk):
                        return {"refused": "Ce fichier contient du XML dangereux : enregistrez-le de nouveau."}
                    end = chunk[-64:]  # a declaration may be cut between two reads
    return {"pages": None}


def _declares(chunk: bytes) -> bool:
    """Whether some XML declares a document type or an entity, in UTF-8, UTF-16 or UTF-32."""
    plain = chunk.replace(b"\0", b"")
    return b"<!ENTITY" in plain or b"<!DOCTYPE" in plain


def limit() -> None:
    """Take the limits of this process before a byte is read. Set here and not between fork and exec: the parent is a
    server with threads, where nothing but the program itself may run."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    limit()
    print(json.dumps(examine(sys.stdin.buffer.read())))  # noqa: T201 (its only output)
