"""The minutes of the jury: their data frozen with the decisions, their PDF rendered once by a job, sealed, kept."""

import datetime as dt
import json

from django.db import transaction

from ami_portal.audit import trail
from ami_portal.documents import pdf, seal, store
from ami_portal.documents.attached import Attached
from ami_portal.jobs.actions import later
from ami_portal.kernel import clock
from ami_portal.kernel.text import sha256_of
from ami_portal.workflow import TransitionRefused
from evaluation import minutes, proof
from evaluation.models import Minutes, Session

PDF = "application/pdf"


def keep_minutes(session: Session, *, at: dt.datetime) -> Minutes:
    """Freeze what the ranking was computed from, in the transaction that freezes the decisions; a job renders it.

    Raises TransitionRefused when it does not prove the ranking: what cannot be verified is not frozen.
    """
    content = proof.written(minutes.data_of(session, at=at))
    if faults := proof.verify(content.encode()).faults:
        raise TransitionRefused(" ".join(faults))
    kept = Minutes.objects.create(session=session, content=content, sha256=sha256_of(content), frozen_at=at)
    later("evaluation.build_minutes", session_id=session.pk)
    return kept


def build_minutes(*, session_id: int) -> None:
    """Give frozen decisions their minutes, exactly once, however often and concurrently it is called."""
    kept = Minutes.objects.select_related("session__call").get(session=session_id)
    if kept.document_id is not None:
        return
    at = clock.now()
    code = kept.session.call.code
    content = seal.seal(render_minutes(kept), reason=f"Proces-verbal {code}", at=at)  # slow, so outside the lock
    with transaction.atomic():
        locked = Minutes.objects.select_for_update().get(pk=kept.pk)
        if locked.document_id is not None:
            return
        locked.document = store.keep(
            "minutes", subject=code, content=content, filename=f"{code}-proces-verbal.pdf", media_type=PDF, at=at
        )
        seal.list_certificate(at=at)
        locked.save(update_fields=["document"])
        trail.record("session.build_minutes", subject=code, actor=None, at=at, sha256=locked.document.sha256)


def render_minutes(kept: Minutes) -> bytes:
    """The PDF of minutes, before its seal: from their data alone, so always the same bytes."""
    attached = Attached(
        minutes.ATTACHMENT,
        "Notes, règles et décisions dont le classement se recalcule",
        kept.content.encode(),
        kept.frozen_at,
    )
    read = json.loads(kept.content)
    context = {**read, "decided": minutes.shown(read["minutes"]), "attachment": minutes.ATTACHMENT}
    return pdf.render("pdf/evaluation/minutes.html", context, attachments=[attached])
