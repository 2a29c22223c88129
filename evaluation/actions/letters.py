"""The letter of a decision: rendered once by a job, sealed where it can be contested, frozen, shown when released."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction

from ami_portal.audit import trail
from ami_portal.documents import pdf, seal, store
from ami_portal.kernel import clock
from applications.enums import Act, DossierState
from applications.models import Dossier
from evaluation import letters, notifications
from evaluation.declarations import last_refusal
from evaluation.enums import AppealState, SessionState
from evaluation.models import Appeal, Decision, Declaration, Letter

from .locks import lock_dossier

PDF = "application/pdf"
_TOLD_AT_ONCE = {
    letters.INADMISSIBLE: notifications.eligibility_refused,
    letters.INELIGIBLE: notifications.eligibility_refused,
    letters.APPEAL_ACCEPTED: notifications.appeal_answered,
    letters.APPEAL_REJECTED: notifications.appeal_answered,
    letters.CALLED: notifications.reserve_called,
}
"""The letters that no publication awaits, and the mail that says that there is one."""


@dataclass(frozen=True)
class Wanted:
    """A letter that a dossier needs now: its kind, and the refusal or the appeal that it tells of."""

    kind: str
    declaration: Declaration | None = None
    appeal: Appeal | None = None

    def exists(self, dossier: Dossier) -> bool:
        """Whether it is made."""
        known = Letter.objects.filter(dossier=dossier, kind=self.kind)
        return known.filter(declaration=self.declaration, appeal=self.appeal).exists()


def build_letter(*, dossier_id: int) -> None:
    """Give a decided dossier the letters that it lacks, each exactly once, however often and concurrently it is called.

    A refusal, an answer to an appeal and a call from the reserve list are released as soon as their letter exists, and
    their mail is queued; the jury's wait for the publication. A dossier that nothing is decided of gets none.
    """
    dossier = Dossier.objects.select_related("call").get(pk=dossier_id)
    for wanted in _wanted(dossier):
        if not wanted.exists(dossier):
            _build(dossier, wanted)


def _build(dossier: Dossier, wanted: Wanted) -> None:
    kind = wanted.kind
    context = letters.context(dossier, kind, wanted.declaration, wanted.appeal)
    content = pdf.render("pdf/evaluation/letter.html", context)
    at = clock.now()
    is_sealed = kind in letters.SEALED
    if is_sealed:
        content = seal.seal(content, reason=f"Lettre {dossier.ref} {kind}", at=at)  # slow, so outside the lock
    with transaction.atomic():
        locked = lock_dossier(dossier.pk)
        if wanted not in list(_wanted(locked)) or wanted.exists(locked):
            return
        number = Letter.objects.filter(dossier=locked).count() + 1
        document = store.keep(
            "letter",
            subject=locked.ref,
            content=content,
            filename=f"{locked.ref}-lettre{f'-{number}' if number > 1 else ''}.pdf",
            media_type=PDF,
            at=at,
        )
        if is_sealed:
            seal.list_certificate(at=at)
        tell = _TOLD_AT_ONCE.get(kind)
        Letter.objects.create(
            dossier=locked,
            number=number,
            kind=kind,
            document=document,
            released_at=at if tell else None,
            declaration=wanted.declaration,
            appeal=wanted.appeal,
        )
        if tell:
            tell(locked, at=at, once=f"lettre {number}")
        trail.record("letter.build", subject=locked.ref, actor=None, at=at, kind=kind, sha256=document.sha256)


def _wanted(dossier: Dossier) -> Iterator[Wanted]:
    """The letters of what is decided for good now."""
    answered = Appeal.objects.select_related("declaration__version", "decision").filter(dossier=dossier, letter=None)
    for appeal in answered.exclude(state=AppealState.FILED):
        yield Wanted(f"appeal_{appeal.state}", appeal=appeal)
    if dossier.state == DossierState.INELIGIBLE:
        refusal = last_refusal(dossier)
        is_form = refusal is not None and refusal.act == Act.ADMISSIBILITY
        yield Wanted(letters.INADMISSIBLE if is_form else letters.INELIGIBLE, declaration=refusal)
        return
    decided = (SessionState.FROZEN, SessionState.PUBLISHED)
    decision = Decision.objects.filter(dossier=dossier, session__state__in=decided).first()
    if decision:
        yield Wanted(letters.CALLED if decision.called_at else decision.outcome)
