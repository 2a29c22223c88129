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
from funding import agreement, ledger, notifications, schedule, signatures
from funding.agreement import closed_sentence
from funding.enums import ConventionState, CopyState, Party
from funding.models import Convention, SignedCopy
from funding.parties import expired_delegation
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

    Copies that were accepted, one a party, are the signed document; without any, it is the scan that is sent now or
    later. `signed_on` is the day of the last signature, between the day of the convention and today; `despite` says why
    it is signed although a supporting document is not valid on that day. Raises TransitionRefused (no right, signed
    already, impossible day, a copy to verify, a party whose copy is missing, no signatory, a document that is not valid
    and no reason) and FileRefused (the scan).
    """
    at = clock.now()
    current = _locked(convention, actor)
    signatory = " ".join(clean_text(signatory).split())
    if current.state == ConventionState.CLOSED:
        raise TransitionRefused(closed_sentence(current))
    copies = _copies_on(current, signed_on, at) if current.state == ConventionState.FROZEN else []
    if not 0 < len(signatory) <= MAX_SIGNATORY:
        raise TransitionRefused(f"Le nom du signataire est attendu, en {MAX_SIGNATORY} caractères au plus.")
    current.signed_on, current.signatory = signed_on, signatory
    current.ends_on = _end(current, signed_on)
    facts = {"signed_on": signed_on.isoformat(), "ends_on": current.ends_on.isoformat()}
    if current.state == ConventionState.FROZEN:
        facts |= unmet(current, Event.SIGNATURE, signed_on, despite)
    advance(current, SIGN, actor=actor, at=at, **facts)
    for line in current.instalments.all():
        line.due_on = schedule.due_on(signed_on, line.months_after_signature)
        line.save(update_fields=["due_on"])
    ledger.commit(current, at=at, actor=actor)
    _keep_signed(current, copies, document, at=at, actor=actor)
    notifications.signature_recorded(current, at=at)
    return current


def _keep_signed(
    convention: Convention, copies: list[SignedCopy], scan: UploadedFile | None, *, at: dt.datetime, actor: User
) -> None:
    """The signed document: the last copy, with the record of them all; or the scan, if it is there."""
    if copies:
        convention.signed_document = copies[-1].document
        convention.save(update_fields=["signed_document"])
        later("funding.build_signature_record", convention_id=convention.pk)
    elif scan is not None:
        _attach(convention, scan, at=at, actor=actor)


def _copies_on(convention: Convention, signed_on: dt.date, at: dt.datetime) -> list[SignedCopy]:
    """The accepted copies, in the order in which they were sent. Raises TransitionRefused (the day, or a copy)."""
    _refuse_day(convention, signed_on, at)
    if over := expired_delegation(convention, signed_on):
        raise TransitionRefused(over)
    if convention.signed_copies.filter(amendment=None, state=CopyState.RECEIVED).exists():
        raise TransitionRefused("Une copie signée attend votre vérification : acceptez-la ou refusez-la d’abord.")
    copies = signatures.accepted(convention)
    missing = set(Party) - {copy.party for copy in copies}
    if copies and missing:
        raise TransitionRefused(f"Il manque la copie signée {Party(missing.pop()).of}.")
    said = [one.last_at for one in map(signatures.evidence, copies) if one.last_at]
    if said and signed_on < (last := clock.paris(max(said)).date()):
        raise TransitionRefused(f"La date précède la dernière signature électronique, du {wording.day(last)}.")
    return copies


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
    kept = keep_signed(convention, content_of(uploaded), f"{convention.ref}-signee.pdf", at=at, actor=actor)
    convention.signed_document = kept
    convention.save(update_fields=["signed_document"])
    later("documents.inspect", document_id=kept.pk)
    trail.record("convention.attach_signed_copy", subject=convention.ref, actor=actor, at=at, sha256=kept.sha256)


def content_of(uploaded: UploadedFile) -> bytes:
    """The bytes of a sent PDF, within the limit of size. Raises FileRefused."""
    store.clean_filename(uploads.sent_name(uploaded))
    if (uploaded.size or 0) > settings.UPLOAD_MAX_BYTES:
        raise FileRefused(f"Ce fichier dépasse {settings.UPLOAD_MAX_BYTES // 1024**2} Mo : allégez-le.")
    content: bytes = uploaded.read()
    if not content:
        raise FileRefused("Ce fichier est vide : vérifiez-le, puis déposez-le de nouveau.")
    if not content.startswith(b"%PDF-"):
        raise FileRefused("Ce fichier n’est pas un PDF, d’après son contenu : déposez la copie signée en PDF.")
    return content


def keep_signed(convention: Convention, content: bytes, filename: str, *, at: dt.datetime, actor: User) -> Document:
    """A signed copy, hostile until a job has inspected it."""
    return store.keep(
        "convention_signed",
        subject=convention.ref,
        content=content,
        filename=filename,
        media_type=sniff.PDF,
        at=at,
        actor=actor,
        verdict=Verdict.PENDING,
    )
