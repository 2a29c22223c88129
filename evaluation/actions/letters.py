"""The letter of a decision: rendered once by a job, frozen, shown to the applicant when it is released."""

from django.db import transaction

from ami_portal.audit import trail
from ami_portal.documents import pdf, store
from ami_portal.kernel import clock
from applications.enums import Act, DossierState
from applications.models import Dossier
from evaluation import letters, notifications
from evaluation.declarations import last_refusal
from evaluation.enums import SessionState
from evaluation.models import Decision, Letter

from .locks import lock_dossier

PDF = "application/pdf"
_TOLD_AT_ONCE = {
    letters.INADMISSIBLE: notifications.eligibility_refused,
    letters.INELIGIBLE: notifications.eligibility_refused,
    letters.CALLED: notifications.reserve_called,
}
"""The letters that no publication awaits, and the mail that says that there is one."""


def build_letter(*, dossier_id: int) -> None:
    """Give a decided dossier its letter, exactly once, however often and concurrently it is called.

    The letter of a dossier that is not eligible, or that is called from the reserve list, is released as soon as it
    exists, and its mail is queued; the jury's wait for the publication. A dossier that nothing is decided of gets none.
    """
    dossier = Dossier.objects.select_related("call").get(pk=dossier_id)
    kind = _kind(dossier)
    if not kind or Letter.objects.filter(dossier=dossier, kind=kind).exists():
        return
    content = pdf.render("pdf/evaluation/letter.html", letters.context(dossier, kind))
    at = clock.now()
    with transaction.atomic():
        locked = lock_dossier(dossier_id)
        before = list(Letter.objects.filter(dossier=locked))
        if _kind(locked) != kind or kind in {letter.kind for letter in before}:
            return
        number = len(before) + 1
        document = store.keep(
            "letter",
            subject=locked.ref,
            content=content,
            filename=f"{locked.ref}-lettre{f'-{number}' if number > 1 else ''}.pdf",
            media_type=PDF,
            at=at,
        )
        tell = _TOLD_AT_ONCE.get(kind)
        Letter.objects.create(
            dossier=locked, number=number, kind=kind, document=document, released_at=at if tell else None
        )
        if tell:
            tell(locked, at=at)
        trail.record("letter.build", subject=locked.ref, actor=None, at=at, kind=kind, sha256=document.sha256)


def _kind(dossier: Dossier) -> str:
    """The letter that a dossier needs now; empty when nothing is decided for good."""
    if dossier.state == DossierState.INELIGIBLE:
        refusal = last_refusal(dossier)
        return letters.INADMISSIBLE if refusal and refusal.act == Act.ADMISSIBILITY else letters.INELIGIBLE
    decided = (SessionState.FROZEN, SessionState.PUBLISHED)
    decision = Decision.objects.filter(dossier=dossier, session__state__in=decided).first()
    if decision and decision.called_at:
        return letters.CALLED
    return decision.outcome if decision else ""
