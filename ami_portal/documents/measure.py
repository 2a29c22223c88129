"""Inspects deposited files in a child process that limits itself (memory, processor, files, sockets, processes), and is
stopped in time. Keeps what it measured, and the picture that it drew of the first page.

Never in a web request: a job calls it.
"""

import base64
import json
import re
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from ami_portal.kernel import clock
from ami_portal.kernel.text import sha256_of

from . import store
from .enums import Verdict
from .models import Document, Examination

WALL_SECONDS = 40
REMEMBERED = 50
UNREADABLE = "Ce fichier ne peut pas être lu : enregistrez-le de nouveau et déposez-le."
TOO_LONG = "Ce fichier est trop long à contrôler : enregistrez-le de nouveau, plus simple, et déposez-le."
FROM_OUTSIDE = {-signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP}
PICTURE = "picture"
PROGRAM = "import sys; sys.path.append(sys.argv[1]); import examiner; examiner.main()"


class NotExamined(RuntimeError):
    """The child was stopped from outside, or the machine gave it no time: nothing is known of the file, not even that
    it cannot be read. The job tries again; the file waits."""


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
    """Give a pending document its verdict and its examination, once, however often it is called. Raises NotExamined.

    One that was accepted is examined again when something else is wanted of it; its verdict stays.
    """
    document = Document.objects.get(pk=document_id)
    asked = Examination.objects.filter(document=document).first()
    is_accepted = document.verdict == Verdict.ACCEPTED
    if document.verdict == Verdict.REFUSED or (is_accepted and (asked is None or asked.is_answered)):
        return
    report = examine(store.read(document), _with_roots(asked.wanted) if asked else {})
    at = clock.now()
    if is_accepted:
        if report.verdict == Verdict.ACCEPTED:
            Examination.objects.filter(document=document).update(facts=report.facts, examined_at=at)
        return
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


def _with_roots(wanted: dict[str, Any]) -> dict[str, Any]:
    """What is wanted, with the authorities that the operator trusts for a signature; they are not kept with a file."""
    if "signatures" not in wanted or not settings.SIGNATURE_ROOTS:
        return wanted
    text = Path(settings.SIGNATURE_ROOTS).read_text(encoding="ascii")
    roots = re.findall(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----\n?", text, re.S)
    return wanted | {"signatures": wanted["signatures"] | {"roots": roots}}


def _keep_picture(document: Document, content: bytes, *, at: Any) -> Document:
    return store.keep(
        PICTURE, subject=document.subject, content=content, filename="premiere-page.png", media_type="image/png", at=at
    )


_reports: dict[tuple[str, str], Report] = {}


def examine(content: bytes, wanted: dict[str, Any] | None = None) -> Report:
    """The report on some bytes. `wanted` says what to look for in them: the `headings` of a template.

    The last answers are remembered for as long as the process lives: the same bytes, looked at for the same, say the
    same. Raises NotExamined.
    """
    asked = json.dumps(wanted or {}, sort_keys=True)
    key = sha256_of(content), asked
    if known := _reports.get(key):
        return known
    done = _child(asked, content)
    if done.returncode:
        return Report(Verdict.REFUSED, TOO_LONG if done.returncode == -signal.SIGXCPU else UNREADABLE)
    report = _report(json.loads(done.stdout))
    for oldest in list(_reports)[: len(_reports) + 1 - REMEMBERED]:
        _reports.pop(oldest, None)
    _reports[key] = report
    return report


def _child(asked: str, content: bytes) -> subprocess.CompletedProcess[bytes]:
    """The child that has read these bytes, or fell on them. Raises NotExamined."""
    command = [sys.executable, "-I", "-c", PROGRAM, str(Path(__file__).parent)]
    given = asked.encode() + b"\n" + content
    try:
        done = subprocess.run(command, input=given, capture_output=True, timeout=WALL_SECONDS, check=False, env={})
    except subprocess.TimeoutExpired as error:
        raise NotExamined(f"no answer after {WALL_SECONDS} s") from error
    if done.returncode in FROM_OUTSIDE:
        raise NotExamined(f"stopped by signal {-done.returncode}")
    return done


def _report(answer: dict[str, Any]) -> Report:
    if refused := answer.get("refused"):
        return Report(Verdict.REFUSED, str(refused)[:300])
    facts = {name: value for name, value in answer.items() if name != "picture"}
    return Report(Verdict.ACCEPTED, "", facts, base64.b64decode(answer.get("picture") or ""))
