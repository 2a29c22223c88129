"""PDFs of the tests: drawn by WeasyPrint where a test reads them, elsewhere a sketch, a hundred times quicker.

A sketch is a true PDF of one blank page. Its template is rendered all the same, so that a fault in it is a fault here
too; other words make other bytes, and the files that it carries are in it, so that it is sealed, kept and sent alike.
"""

import io
from collections.abc import Sequence
from typing import Any

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from pypdf import PdfWriter

from ami_portal.documents import pdf
from ami_portal.documents.attached import Attached
from ami_portal.kernel.text import sha256_of

DRAWN = pdf.render


def sketch(
    template: str,
    context: dict[str, Any],
    *,
    language: str = settings.LANGUAGE_CODE,
    attachments: Sequence[Attached] = (),
) -> bytes:
    """What `pdf.render` answers, without the drawing."""
    with translation.override(language):
        words = render_to_string(template, context)
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    writer.add_metadata({"/Subject": sha256_of(words)})
    for file in attachments:
        writer.add_attachment(file.name, file.content)
    content = io.BytesIO()
    writer.write(content)
    return content.getvalue()


def choose(item: pytest.Item) -> None:
    """Have the PDFs of a test, and of the scene that it looks at, drawn or sketched."""
    is_read = any(item.get_closest_marker(name) for name in ("drawn", "walk", "browser", "services"))
    pdf.render = DRAWN if is_read else sketch
