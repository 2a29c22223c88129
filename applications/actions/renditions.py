"""The documents of a dossier: the PDF of a deposit, its receipt, the preview of a draft. Rendered by jobs."""

import datetime as dt
from dataclasses import replace
from typing import Any

from django.db import transaction

from ami_portal.accounts.models import User
from ami_portal.documents import pdf, seal, store
from ami_portal.documents.models import Document
from ami_portal.jobs.actions import later
from ami_portal.kernel import clock
from ami_portal.kernel.permissions import allowed
from ami_portal.kernel.text import canonical_json, sha256_of
from ami_portal.questionnaire.languages import FRENCH
from ami_portal.workflow import TransitionRefused
from applications import drafts, freezing, notifications, reading, receipts
from applications.models import Dossier, DossierVersion

from .register import log_deposit

PDF = "application/pdf"
DOSSIER = "pdf/applications/dossier.html"


def build_receipt(*, version_id: int) -> None:
    """Give a deposit its PDF, its sealed receipt and its entry in the register, and queue the mail.

    Once, however often and concurrently it is called: rendering and sealing are slow, so outside the lock, and what a
    second call made is dropped.
    """
    version = DossierVersion.objects.select_related("dossier__call").get(pk=version_id)
    if version.receipt_id:
        return
    frozen = reading.frozen(version)
    stem = f"{frozen.ref}-depot-{version.number}"
    whole = _pdf_of(reading.as_deposited(version), sha256=version.sha256)
    receipt = pdf.render("pdf/applications/receipt.html", receipts.context(version, frozen))
    at = clock.now()
    sealed = seal.seal(receipt, reason=receipts.reason(version), at=at)
    with transaction.atomic():
        locked = DossierVersion.objects.select_for_update(of=("self",)).get(pk=version_id)
        if locked.receipt_id:
            return
        locked.pdf = _keep("dossier_pdf", frozen.ref, whole, f"{stem}.pdf", at)
        locked.receipt = _keep("receipt", frozen.ref, sealed, f"{stem}-accuse-de-reception.pdf", at)
        locked.save(update_fields=["pdf", "receipt"])
        seal.list_certificate(at=at)
        log_deposit(version, receipt_sha256=locked.receipt.sha256, at=at)
        notifications.receipt(version, is_reply=frozen.completes is not None)


def _pdf_of(frozen: reading.FrozenDossier, **more: Any) -> bytes:
    return pdf.render(DOSSIER, {"frozen": frozen, **more}, language=frozen.language)


def build_imported_pdf(*, version_id: int) -> None:
    """Give the copy of an imported dossier its PDF, once. Its receipt was given where it was deposited."""
    version = DossierVersion.objects.select_related("dossier__call").get(pk=version_id)
    if version.pdf_id:
        return
    frozen = reading.frozen(version)
    whole = _pdf_of(frozen, sha256=version.sha256)
    at = clock.now()
    with transaction.atomic():
        locked = DossierVersion.objects.select_for_update(of=("self",)).get(pk=version_id)
        if locked.pdf_id is None:
            locked.pdf = _keep("dossier_pdf", frozen.ref, whole, f"{frozen.ref}-depot-{version.number}.pdf", at)
            locked.save(update_fields=["pdf"])


def _keep(kind: str, ref: str, content: bytes, filename: str, at: dt.datetime) -> Document:
    return store.keep(kind, subject=ref, content=content, filename=filename, media_type=PDF, at=at)


PREVIEW = "preview"


@transaction.atomic
def prepare_preview(dossier: Dossier, *, actor: User) -> str:
    """Ask for the PDF of a draft as it is now; answer its file name, which names its content.

    The same content is not rendered twice, and it is read in the language of who asks. Raises TransitionRefused for
    someone who does not see the dossier.
    """
    if not allowed(actor, "applications.view_dossier", dossier):
        raise TransitionRefused("Vous n’avez pas accès à ce dossier.")
    name = preview_name(dossier, freezing.content_of(dossier, drafts.load(dossier, language=actor.language)))
    if find_preview(dossier, name) is None:
        later("applications.build_preview", dossier_id=dossier.pk, language=actor.language)
    return name


def build_preview(*, dossier_id: int, language: str = FRENCH) -> None:
    """Render the PDF of a draft as it is now, unless it exists."""
    dossier = Dossier.objects.select_related("call", "form_revision").get(pk=dossier_id)
    draft = drafts.load(dossier, language=language)
    content = freezing.content_of(dossier, draft)
    name = preview_name(dossier, content)
    if find_preview(dossier, name):
        return
    rendered = _pdf_of(replace(reading.parse(content), language=draft.language), is_draft=True)
    _keep(PREVIEW, dossier.ref, rendered, name, clock.now())


def preview_name(dossier: Dossier, content: dict[str, Any]) -> str:
    """The name of the PDF that shows such a content of a draft: the same content, the same name."""
    return f"{dossier.ref}-brouillon-{sha256_of(canonical_json(content))[:8]}.pdf"


def find_preview(dossier: Dossier, name: str = "") -> Document | None:
    """The PDF of a draft by its name, or the last one made."""
    made = Document.objects.filter(kind=PREVIEW, subject=dossier.ref)
    return (made.filter(filename=name) if name else made).last()
