"""Inspects deposited files in a child process that limits itself (memory, processor), and is stopped in time.

Never in a web request: a job calls it.
"""

import json
import subprocess
import sys
from pathlib import Path

from django.db import transaction

from . import store
from .enums import Verdict
from .models import Document

WALL_SECONDS = 40
UNREADABLE = "Ce fichier ne peut pas être lu : enregistrez-le de nouveau et déposez-le."


def inspect(document_id: int) -> None:
    """Give a pending document its verdict, once, however often it is called."""
    document = Document.objects.get(pk=document_id)
    if document.verdict != Verdict.PENDING:
        return
    verdict, reason, pages = examine(store.read(document))
    with transaction.atomic():
        Document.objects.filter(pk=document_id, verdict=Verdict.PENDING).update(
            verdict=verdict, verdict_reason=reason, pages=pages
        )


def examine(content: bytes) -> tuple[Verdict, str, int | None]:
    """The verdict on some bytes, the reason of a refusal, and the number of pages of a PDF."""
    command = [sys.executable, "-I", str(Path(__file__).with_name("examiner.py"))]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=WALL_SECONDS, check=False, env={})
        report = json.loads(done.stdout) if done.returncode == 0 else {"refused": UNREADABLE}
    except (subprocess.TimeoutExpired, ValueError):
        report = {"refused": UNREADABLE}
    if refused := report.get("refused"):
        return Verdict.REFUSED, str(refused), None
    pages = report.get("pages")
    return Verdict.ACCEPTED, "", pages if isinstance(pages, int) else None
