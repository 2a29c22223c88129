"""Files carried inside a PDF of ours: how one goes in at the rendering, and how it comes out again."""

import datetime as dt
import io
from dataclasses import dataclass


class NothingAttached(ValueError):
    """A PDF that cannot be read, or that does not carry the file. The message is a French sentence."""


@dataclass(frozen=True)
class Attached:
    """A file to carry. `at` is the instant that the PDF says it was made: the act's, so that same bytes come out."""

    name: str
    description: str
    content: bytes
    at: dt.datetime


def extract(content: bytes, name: str) -> bytes:
    """The bytes of the file that a PDF carries under a name. Raises NothingAttached.

    For what this portal made, or for a command: a posted file is never parsed in a web process.
    """
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        [found] = PdfReader(io.BytesIO(content)).attachments[name]
    except (PyPdfError, KeyError, ValueError, TypeError, AttributeError, IndexError, OSError, RecursionError) as error:
        raise NothingAttached(f"Ce fichier ne porte pas de données « {name} » : {type(error).__name__}.") from error
    return found
