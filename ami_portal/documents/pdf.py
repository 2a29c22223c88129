"""Renders PDFs with WeasyPrint: same template and content, same bytes. Nothing is fetched but our own stylesheets."""

import contextlib
import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.exceptions import SuspiciousFileOperation
from django.template.loader import render_to_string
from django.utils import translation

from .attached import Attached


def render(
    template: str,
    context: dict[str, Any],
    *,
    language: str = settings.LANGUAGE_CODE,
    attachments: Sequence[Attached] = (),
) -> bytes:
    """The PDF of a template of `templates/pdf/`, in a language, which it declares; it carries the attachments.

    Slow (a second): call it from a job, outside any lock.
    """
    from weasyprint import CSS, HTML  # 1.5 s to import: paid by the first job, not by the server's start

    with translation.override(language):
        html = render_to_string(template, context)
    stylesheet = finders.find("css/pdf.css")
    document = HTML(string=html, base_url="portal:///", url_fetcher=_fetch).render(
        stylesheets=[CSS(filename=stylesheet, url_fetcher=_fetch)], pdf_variant="pdf/ua-1"
    )
    carried = [_attachment(file) for file in attachments]
    content: bytes = document.write_pdf(pdf_variant="pdf/ua-1", attachments=carried)
    return content


def _attachment(file: Attached) -> Any:
    from weasyprint import Attachment

    at = file.at.astimezone(dt.UTC)
    return Attachment(string=file.content, name=file.name, description=file.description, created=at, modified=at)


def _fetch(url: str, *args: Any, **kwargs: Any) -> dict[str, Any]:
    """Only files of our own static folder, by `portal:///static/…`; everything else is refused."""
    parts = urlparse(url)
    path = None
    if parts.scheme == "portal":
        with contextlib.suppress(SuspiciousFileOperation):
            path = finders.find(parts.path.removeprefix("/static/"))
    if not path:
        raise ValueError(f"not fetched: {parts.scheme}")
    return {"string": Path(str(path)).read_bytes()}
