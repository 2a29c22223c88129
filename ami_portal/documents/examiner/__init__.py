"""Owns what is done with a hostile file, in a process of its own: `documents.measure` starts it and reads its answer.

Input: a line of JSON (what to look for), then the bytes. Output: one line of JSON, `{"refused": sentence}` or the facts
of the file, with its first page as a picture when it has one. Imports nothing of the portal, judges nothing: facts are
compared with a call's rules by `documents.format_rules`.
"""

import importlib
import json
import sys
from typing import Any

from .limits import close_doors, take_limits
from .refusal import Refused

Facts = dict[str, Any]
TOO_HEAVY = "Ce fichier demande trop de mémoire : enregistrez-le de nouveau, plus léger, et déposez-le."

# By first bytes: the module that knows the format. A zip archive says later which office file it is.
FORMATS = {
    b"%PDF-": "pdf_file",
    b"PK\x03\x04": "office_file",
    b"\x89PNG\r\n\x1a\n": "image_file",
    b"\xff\xd8\xff": "image_file",
}


def reader_of(content: bytes) -> Any:
    """The module that reads a file, by its first bytes. Raises Refused."""
    for magic, name in FORMATS.items():
        if content.startswith(magic):
            return importlib.import_module(f".{name}", __name__)
    raise Refused("Ce fichier n’est d’aucun type connu : déposez un PDF, un fichier Word ou Excel, ou une image.")


def examine(content: bytes, wanted: Facts) -> Facts:
    """The facts of a file. Raises Refused with a French sentence, or anything else for what cannot be read."""
    reader = reader_of(content)
    signatures = importlib.import_module(".pdf_signatures", __name__) if "signatures" in wanted else None
    close_doors()
    facts: Facts = reader.examine(content, wanted)
    if signatures and facts["kind"] == "pdf":
        facts["signatures"] = signatures.facts(content, wanted["signatures"])
    return facts


def main() -> None:
    """The whole life of the process."""
    take_limits()
    wanted = json.loads(sys.stdin.buffer.readline())
    content = sys.stdin.buffer.read()
    try:
        answer = examine(content, wanted)
    except Refused as refusal:
        answer = {"refused": str(refusal)}
    except MemoryError:
        answer = {"refused": TOO_HEAVY}
    sys.stdout.write(json.dumps(answer))
