"""Inspects deposited files in a child process, under limits of memory, processor and time (never in a web request)."""

import json
import resource
import subprocess
import sys
from pathlib import Path

from django.db import transaction

from . import store
from .enums import Verdict
from .models import Document

MEMORY = 1_500 * 1024 * 1024
CPU_SECONDS, WALL_SECONDS = 20, 40
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
        done = subprocess.run(
            command, input=content, capture_output=True, timeout=WALL_SECONDS, preexec_fn=_limit, check=False, env={}
        )
        report = json.loads(done.stdout) if done.returncode == 0 else {"refused": UNREADABLE}
    except (subprocess.TimeoutExpired, ValueError):
        report = {"refused": UNREADABLE}
    if refused := report.get("refused"):
        return Verdict.REFUSED, refused, None
    return Verdict.ACCEPTED, "", report.get("pages")


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
