"""Signed copies: sent by a party, examined by a job, accepted or refused by a person."""

import datetime as dt

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from ami_portal.accounts.models import User
from ami_portal.accounts.rules import is_staff_member
from ami_portal.audit import trail
from ami_portal.documents import store
from ami_portal.documents.models import Document, Examination
from ami_portal.jobs.actions import later
from ami_portal.kernel import clock
from ami_portal.kernel.permissions import allowed
from ami_portal.workflow import TransitionRefused, advance, given_reason
from funding import notifications
from funding.agreement import closed_sentence
from funding.enums import AmendmentState, ConventionState, CopyState, Party
from funding.models import Amendment, Convention, SignedCopy
from funding.signatures import OTHER, accepted, evidence
from funding.workflow import ACCEPT_COPY, REFUSE_COPY, VOID_COPY

from .signature import content_of, keep_signed

MAX_REASON = 2000
MAX_COPIES = 40


@transaction.atomic
def send_signed_copy(
    convention: Convention,
    uploaded: UploadedFile,
    *,
    party: str,
    is_paper: bool = False,
    amendment: Amendment | None = None,
    actor: User,
) -> SignedCopy:
    """Send what a party signed of a convention, or of its `amendment`: a signed PDF, or a scan of ink on paper.

    It replaces one that waits. A signed PDF must hold the bytes that were to be signed: the frozen document, or the
    copy that the other party signed first and that was accepted. Raises TransitionRefused (no right, not to be signed,
    accepted already, too many, another document) and FileRefused.
    """
    at = clock.now()
    current, frozen = _to_sign(convention, amendment, actor, "funding.send_signed_copy", party)
    _make_place(current, amendment, party, actor, at)
    content = content_of(uploaded)
    if not is_paper and not content.startswith(store.read(_signed_over(current, amendment, frozen))):
        raise TransitionRefused(OTHER)
    number = _next_number(current)
    document = keep_signed(current, content, f"{current.ref}-signee-{number}.pdf", at=at, actor=actor)
    copy = SignedCopy.objects.create(
        convention=current,
        amendment=amendment,
        number=number,
        party=Party(party),
        is_paper=is_paper,
        document=document,
        sent_at=at,
        sent_by=actor,
    )
    _have_examined(copy, frozen)
    facts = {"sha256": document.sha256, "party": str(copy.get_party_display())}
    trail.record("signature.send", subject=copy.ref, actor=actor, at=at, **facts)
    if not is_staff_member(actor):
        notifications.copy_to_verify(copy, at=at)
    return copy


def _make_place(convention: Convention, amendment: Amendment | None, party: str, actor: User, at: dt.datetime) -> None:
    """Set aside the copy of a party that waits. Raises TransitionRefused for one that is accepted."""
    same = convention.signed_copies.filter(amendment=amendment, party=party)
    for copy in same.filter(state__in=(CopyState.RECEIVED, CopyState.ACCEPTED)):
        if copy.state == CopyState.ACCEPTED:
            raise TransitionRefused("La copie signée de cette partie est déjà acceptée.")
        _void(copy, actor, at)


def _next_number(convention: Convention) -> int:
    """The number of the next copy. Raises TransitionRefused when they are too many."""
    count = convention.signed_copies.count()
    if count >= MAX_COPIES:
        raise TransitionRefused("Les copies signées sont trop nombreuses : écrivez au contact de l’appel.")
    return count + 1


def _have_examined(copy: SignedCopy, frozen: Document) -> None:
    """Have a copy examined; a signed PDF, for what it adds to the document that was frozen."""
    wanted = {} if copy.is_paper else {"signatures": {"sha256": frozen.sha256, "size": frozen.size}}
    Examination.objects.create(document=copy.document, wanted=wanted)
    later("documents.inspect", document_id=copy.document.pk)


def _signed_over(convention: Convention, amendment: Amendment | None, frozen: Document) -> Document:
    """What the next signature is put on: the last copy that was accepted as a signed PDF, or the frozen document."""
    electronic = [copy.document for copy in accepted(convention, amendment) if not copy.is_paper]
    return electronic[-1] if electronic else frozen


@transaction.atomic
def accept_copy(copy: SignedCopy, *, confirmed: bool = False, actor: User) -> SignedCopy:
    """Accept a signed copy. `confirmed`: a person compared a scan with the frozen document, or takes a certificate that
    is not known.

    Raises TransitionRefused: no right, decided already, examination not finished, no signature, altered after it,
    another document, a scan or an unknown certificate that nobody confirms.
    """
    at = clock.now()
    convention, _ = _to_sign(copy.convention, copy.amendment, actor, "funding.record_signature", copy.party)
    current = SignedCopy.objects.select_for_update(of=("self",)).select_related("document", "amendment").get(pk=copy.pk)
    current.convention = convention
    found = evidence(current)
    if current.state == CopyState.RECEIVED and found.obstacle:
        raise TransitionRefused(found.obstacle)
    if (current.is_paper or found.is_unknown) and not confirmed:
        raise TransitionRefused("Confirmez que vous avez vérifié cette copie par vous-même.")
    current.decided_by = actor
    names = " ; ".join(one.name for one in found.signatures) or "signature manuscrite"
    advance(current, ACCEPT_COPY, actor=actor, at=at, signatories=names)
    return current


@transaction.atomic
def refuse_copy(copy: SignedCopy, *, reason: str, actor: User) -> SignedCopy:
    """Refuse a signed copy, for a reason that the team reads.

    Raises TransitionRefused: no right, decided already, no reason.
    """
    at = clock.now()
    convention, _ = _to_sign(copy.convention, copy.amendment, actor, "funding.record_signature", copy.party)
    current = SignedCopy.objects.select_for_update(of=("self",)).get(pk=copy.pk)
    current.convention, current.decided_by = convention, actor
    current.reason = given_reason(reason, MAX_REASON, empty="Dites pourquoi la copie est refusée.")
    advance(current, REFUSE_COPY, actor=actor, at=at, reason=current.reason)
    if current.party == Party.BENEFICIARY:
        notifications.copy_refused(current, at=at)
    return current


def void_copies(convention: Convention, actor: User, at: dt.datetime, amendment: Amendment | None = None) -> None:
    """The copies of a text that is reopened, or of an amendment that is abandoned, count no more."""
    rows = convention.signed_copies.filter(amendment=amendment)
    for copy in rows.filter(state__in=(CopyState.RECEIVED, CopyState.ACCEPTED)):
        _void(copy, actor, at)


def _void(copy: SignedCopy, actor: User, at: dt.datetime) -> None:
    copy.decided_by = actor
    advance(copy, VOID_COPY, actor=actor, at=at)


def _to_sign(
    convention: Convention, amendment: Amendment | None, actor: User, permission: str, party: str
) -> tuple[Convention, Document]:
    """The convention under its lock, and the document that is to be signed. Raises TransitionRefused."""
    locked = Convention.objects.select_for_update(of=("self",)).select_related("dossier__call", "document")
    current = locked.get(pk=convention.pk)
    may = allowed(actor, permission, current)
    if not may or (party == Party.OPERATOR and not allowed(actor, "funding.record_signature", current)):
        raise TransitionRefused("Vous n’avez pas le droit de faire cette action.")
    if current.state == ConventionState.CLOSED:
        raise TransitionRefused(closed_sentence(current))
    if amendment is None:
        document, is_open = current.document, current.state == ConventionState.FROZEN
    else:
        fresh = current.amendments.select_for_update(of=("self",)).select_related("document").get(pk=amendment.pk)
        is_open = fresh.state == AmendmentState.PREPARED and current.state == ConventionState.SIGNED
        document = fresh.document
    if not is_open:
        raise TransitionRefused("Ce document n’est pas à signer.")
    if document is None:
        raise TransitionRefused("Le document à signer est en préparation : attendez le courriel qui l’annonce.")
    return current, document
