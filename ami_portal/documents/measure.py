"""Inspects deposited files in a child process that limits itself (memory, processor, files, sockets, processes), and is
stopped in time. Keeps what it measured, and the picture that it drew of the first page.

Never in a web request: a job calls it.
"""

import base64
import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction

from ami_portal.kernel import clock

from . import store
from .enums import Verdict
from .models import Document, Examination

WALL_SECONDS = 40
UNREADABLE = "Ce fichier ne peut pas être lu : enregistrez-le de nouveau et déposez-le."
PICTURE = "picture"
PROGRAM = "import sys; sys.path.append(sys.argv[1]); import examiner; examiner.main()"


@dataclass(frozen=True)
class Report:
    """What the child says of some bytes: a verdict with the reason of a refusal; facts, and a picture as a PNG."""

    verdict: Verdict
    reason: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    picture: bytes = b""

    @property
    def pages(self) -> int | None:
        """The number of pages of a PDF."""
        pages = self.facts.get("pages")
        return pages if isinstance(pages, int) else None


def inspect(document_id: int) -> None:
    """Give a pending document its verdict and its examination, once, however often it is called."""
    document = Document.objects.get(pk=document_id)
    if document.verdict != Verdict.PENDING:
        return
    asked = Examination.objects.filter(document=document).first()
    report = examine(store.read(document), asked.wanted if asked else {})
    at = clock.now()
    with transaction.atomic():
        document = Document.objects.select_for_update().get(pk=document_id)
        if document.verdict != Verdict.PENDING:
            return
        document.verdict, document.verdict_reason, document.pages = report.verdict, report.reason, report.pages
        document.save(update_fields=["verdict", "verdict_reason", "pages"])
        picture = _keep_picture(document, report.picture, at=at) if report.picture else None
        Examination.objects.update_or_create(
            document=document, defaults={"facts": report.facts, "picture": picture, "examined_at": at}
        )


def _keep_picture(document: Document, content: bytes, *, at: Any) -> Document:
    return store.keep(
        PICTURE, subject=document.subject, content=content, filename="premiere-page.png", media_type="image/png", at=at
    )


def examine(content: bytes, wanted: dict[str, Any] | None = None) -> Report:
    """The report on some bytes. `wanted` says what to look for in them: the `headings` of a template."""
    command = [sys.executable, "-I", "-c", PROGRAM, str(Path(__file__).parent)]
    question = json.dumps(wanted or {}).encode() + b"\n"
    try:
        done = subprocess.run(
            command, input=question + content, capture_output=True, timeout=WALL_SECONDS, check=False, env={}
        )
        answer = json.loads(done.stdout) if done.returncode == 0 else {"refused": UNREADABLE}
    except (subprocess.TimeoutExpired, ValueError):
        answer = {"refused": UNREADABLE}
    if refused := answer.get("refused"):
        return Report(Verdict.REFUSED, str(refused)[:300])
    picture = base64.b64decode(answer.pop("picture", None) or "")
    return Report(Verdict.ACCEPTED, "", answer, picture)
