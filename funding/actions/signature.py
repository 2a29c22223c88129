"""Record the signature of a convention, and its signed copy."""

import datetime as dt

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from ami_portal.accounts.models import User
from ami_portal.audit import trail
from ami_portal.documents import sniff, store, uploads
from ami_portal.documents.enums import Verdict
from ami_portal.documents.models import Document
from ami_portal.documents.store import FileRefused
from ami_portal.jobs.actions import later
from ami_portal.kernel import clock
from ami_portal.kernel.permissions import allowed
from ami_portal.kernel.text import clean_text
from ami_portal.ui import wording
from ami_portal.workflow import TransitionRefused, advance
from applications.pieces import Event
from funding import agreement, ledger, notifications, schedule
from funding.agreement import closed_sentence
from funding.enums import ConventionState
from funding.models import Convention
from funding.pieces import unmet
from funding.workflow import SIGN

MAX_SIGNATORY = 200


@transaction.atomic
def record_signature(
    convention: Convention,
    *,
    signed_on: dt.date,
    signatory: str,
    document: UploadedFile | None = None,
    despite: str = "",
    actor: User,
) -> Convention:
    """Record that both parties have signed: the grant is committed, the days are known, the team is told.

    `signed_on` is the day of the last signature, between the day of the convention and today; `despite` says why it is
    signed although a supporting document is not valid on that day. Raises TransitionRefused (no right, signed already,
    impossible day, no signatory, a document that is not valid and no reason) and FileRefused (the copy).
    """
    at = clock.now()
    current = _locked(convention, actor)
    signatory = " ".join(clean_text(signatory).split())
    if current.state == ConventionState.CLOSED:
        raise TransitionRefused(closed_sentence(current))
    if current.state == ConventionState.PREPARED:
        _refuse_day(current, signed_on, at)
    if not 0 < len(signatory) <= MAX_SIGNATORY:
        raise TransitionRefused(f"Le nom du signataire est attendu, en {MAX_SIGNATORY} caractères au plus.")
    current.signed_on, current.signatory = signed_on, signatory
    current.ends_on = _end(current, signed_on)
    facts = {"signed_on": signed_on.isoformat(), "ends_on": current.ends_on.isoformat()}
    if current.state == ConventionState.PREPARED:
        facts |= unmet(current, Event.SIGNATURE, signed_on, despite)
    advance(current, SIGN, actor=actor, at=at, **facts)
    for line in current.instalments.all():
        line.due_on = schedule.due_on(signed_on, line.months_after_signature)
        line.save(update_fields=["due_on"])
    ledger.commit(current, at=at, actor=actor)
    if document is not None:
        _attach(current, document, at=at, actor=actor)
    notifications.signature_recorded(current, at=at)
    return current


def _end(convention: Convention, signed_on: dt.date) -> dt.date:
    """The end of the project, counted as the regulation of the convention says. Raises TransitionRefused."""
    starts_on = convention.dossier.starts_on if agreement.counts_from_start(convention) else None
    try:
        return schedule.ends_on(signed_on, convention.duration_months, starts_on=starts_on)
    except schedule.AlreadyOver as error:
        raise TransitionRefused(
            f"Comptée à partir du début déclaré des travaux, le {wording.day(starts_on or signed_on)}, la durée du "
            "projet est déjà écoulée à cette date de signature."
        ) from error


def _locked(convention: Convention, actor: User) -> Convention:
    current = Convention.objects.select_for_update(of=("self",)).select_related("dossier__call").get(pk=convention.pk)
    if not allowed(actor, "funding.record_signature", current):
        raise TransitionRefused("Vous n’avez pas le droit de faire cette action.")
    return current


def _refuse_day(convention: Convention, signed_on: dt.date, at: dt.datetime) -> None:
    if signed_on > clock.paris(at).date():
        raise TransitionRefused("La date de signature est dans l’avenir.")
    if signed_on < clock.paris(convention.prepared_at).date():
        raise TransitionRefused("La date de signature précède celle de la convention.")


@transaction.atomic
def attach_signed_copy(convention: Convention, document: UploadedFile, *, actor: User) -> Convention:
    """Add the signed copy of a signed convention, once; a copy that inspection refused can be replaced.

    Raises TransitionRefused (no right, not signed, a copy is there) and FileRefused.
    """
    at = clock.now()
    current = _locked(convention, actor)
    if current.state == ConventionState.CLOSED:
        raise TransitionRefused(closed_sentence(current))
    if current.state != ConventionState.SIGNED:
        raise TransitionRefused("La convention n’est pas encore signée.")
    if current.signed_document and current.signed_document.verdict != Verdict.REFUSED:
        raise TransitionRefused("La copie signée est déjà déposée.")
    _attach(current, document, at=at, actor=actor)
    return current


def _attach(convention: Convention, uploaded: UploadedFile, *, at: dt.datetime, actor: User) -> None:
    kept = _keep(convention, uploaded, at=at, actor=actor)
    convention.signed_document = kept
    convention.save(update_fields=["signed_document"])
    later("documents.inspect", document_id=kept.pk)
    trail.record("convention.attach_signed_copy", subject=convention.ref, actor=actor, at=at, sha256=kept.sha256)


def _keep(convention: Convention, uploaded: UploadedFile, *, at: dt.datetime, actor: User) -> Document:
    """A PDF by its content, within the limit of size, hostile until a job has inspected it. Raises FileRefused."""
    store.clean_filename(uploads.sent_name(uploaded))
    if (uploaded.size or 0) > settings.UPLOAD_MAX_BYTES:
        raise FileRefused(f"Ce fichier dépasse {settings.UPLOAD_MAX_BYTES // 1024**2} Mo : allégez-le.")
    content = uploaded.read()
    if not content:
        raise FileRefused("Ce fichier est vide : vérifiez-le, puis déposez-le de nouveau.")
    if not content.startswith(b"%PDF-"):
        raise FileRefused("Ce fichier n’est pas un PDF, d’après son contenu : déposez la copie signée en PDF.")
    return store.keep(
        "convention_signed",
        subject=convention.ref,
        content=content,
        filename=f"{convention.ref}-signee.pdf",
        media_type=sniff.PDF,
        at=at,
        actor=actor,
        verdict=Verdict.PENDING,
    )
