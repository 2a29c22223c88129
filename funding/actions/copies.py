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
from funding.enums import ConventionState, CopyState, Party
from funding.models import Convention, SignedCopy
from funding.signatures import OTHER, accepted, evidence
from funding.workflow import ACCEPT_COPY, REFUSE_COPY, VOID_COPY

from .signature import content_of, keep_signed

MAX_REASON = 2000
MAX_COPIES = 40


@transaction.atomic
def send_signed_copy(
    convention: Convention, uploaded: UploadedFile, *, party: str, is_paper: bool = False, actor: User
) -> SignedCopy:
    """Send what a party signed: a signed PDF, or the scan of a signature by hand. It replaces one that waits.

    A signed PDF must hold the bytes that were to be signed: the frozen document, or the copy that the other party
    signed first and that was accepted. Raises TransitionRefused (no right, not to be signed, accepted already, too
    many, another document) and FileRefused.
    """
    at = clock.now()
    current = _to_sign(convention, actor, "funding.send_signed_copy", party)
    standing = current.signed_copies.filter(party=party, state__in=(CopyState.RECEIVED, CopyState.ACCEPTED)).first()
    if standing and standing.state == CopyState.ACCEPTED:
        raise TransitionRefused("La copie signée de cette partie est déjà acceptée.")
    count = current.signed_copies.count()
    if count >= MAX_COPIES:
        raise TransitionRefused("Les copies signées sont trop nombreuses : écrivez au contact de l’appel.")
    base = signed_over(current)
    number = count + 1
    content = content_of(uploaded)
    if not is_paper and not content.startswith(store.read(base)):
        raise TransitionRefused(OTHER)
    document = keep_signed(current, content, f"{current.ref}-signee-{number}.pdf", at=at, actor=actor)
    if standing:
        _void(standing, actor, at)
    copy = SignedCopy.objects.create(
        convention=current,
        number=number,
        party=Party(party),
        is_paper=is_paper,
        document=document,
        sent_at=at,
        sent_by=actor,
    )
    _have_examined(copy, current.document or base)
    facts = {"sha256": document.sha256, "party": str(copy.get_party_display())}
    trail.record("signature.send", subject=copy.ref, actor=actor, at=at, **facts)
    if not is_staff_member(actor):
        notifications.copy_to_verify(copy, at=at)
    return copy


def _have_examined(copy: SignedCopy, frozen: Document) -> None:
    """Have a copy examined; a signed PDF, for what it adds to the document that was frozen."""
    wanted = {} if copy.is_paper else {"signatures": {"sha256": frozen.sha256, "size": frozen.size}}
    Examination.objects.create(document=copy.document, wanted=wanted)
    later("documents.inspect", document_id=copy.document.pk)


def signed_over(convention: Convention) -> Document:
    """What the next signature is put on: the last copy that was accepted as a signed PDF, or the frozen document."""
    electronic = [copy.document for copy in accepted(convention) if not copy.is_paper]
    base = electronic[-1] if electronic else convention.document
    if base is None:
        raise TransitionRefused("Le document à signer est en préparation : attendez le courriel qui l’annonce.")
    return base


@transaction.atomic
def accept_copy(copy: SignedCopy, *, confirmed: bool = False, actor: User) -> SignedCopy:
    """Accept a signed copy. `confirmed`: a person compared a scan with the frozen document, or takes a certificate that
    is not known.

    Raises TransitionRefused: no right, decided already, examination not finished, no signature, altered after it,
    another document, a scan or an unknown certificate that nobody confirms.
    """
    at = clock.now()
    convention = _to_sign(copy.convention, actor, "funding.record_signature", copy.party)
    current = SignedCopy.objects.select_for_update(of=("self",)).select_related("document").get(pk=copy.pk)
    current.convention = convention
    found = evidence(current)
    if current.state == CopyState.RECEIVED and found.obstacle:
        raise TransitionRefused(found.obstacle)
    if (current.is_paper or found.is_unknown) and not confirmed:
        raise TransitionRefused("Confirmez que vous avez vérifié cette copie par vous-même.")
    current.decided_by = actor
    advance(current, ACCEPT_COPY, actor=actor, at=at, signatories=" ; ".join(one.name for one in found.signatures))
    return current


@transaction.atomic
def refuse_copy(copy: SignedCopy, *, reason: str, actor: User) -> SignedCopy:
    """Refuse a signed copy, for a reason that the team reads.

    Raises TransitionRefused: no right, decided already, no reason.
    """
    at = clock.now()
    convention = _to_sign(copy.convention, actor, "funding.record_signature", copy.party)
    current = SignedCopy.objects.select_for_update(of=("self",)).get(pk=copy.pk)
    current.convention, current.decided_by = convention, actor
    current.reason = given_reason(reason, MAX_REASON, empty="Dites pourquoi la copie est refusée.")
    advance(current, REFUSE_COPY, actor=actor, at=at, reason=current.reason)
    if current.party == Party.BENEFICIARY:
        notifications.copy_refused(current, at=at)
    return current


def void_copies(convention: Convention, actor: User, at: dt.datetime) -> None:
    """The copies of a text that is reopened count no more."""
    for copy in convention.signed_copies.filter(state__in=(CopyState.RECEIVED, CopyState.ACCEPTED)):
        _void(copy, actor, at)


def _void(copy: SignedCopy, actor: User, at: dt.datetime) -> None:
    copy.decided_by = actor
    advance(copy, VOID_COPY, actor=actor, at=at)


def _to_sign(convention: Convention, actor: User, permission: str, party: str) -> Convention:
    current = (
        Convention.objects.select_for_update(of=("self",))
        .select_related("dossier__call", "document")
        .get(pk=convention.pk)
    )
    may = allowed(actor, permission, current)
    if not may or (party == Party.OPERATOR and not allowed(actor, "funding.record_signature", current)):
        raise TransitionRefused("Vous n’avez pas le droit de faire cette action.")
    if current.state == ConventionState.CLOSED:
        raise TransitionRefused(closed_sentence(current))
    if current.state != ConventionState.FROZEN:
        raise TransitionRefused("Cette convention n’est pas à signer.")
    return current
