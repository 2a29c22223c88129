"""A laureate sends a supporting document again; it is told, once, before one that it needs expires."""

import datetime as dt

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from ami_portal.accounts.models import User
from ami_portal.audit import trail
from ami_portal.documents import store, uploads
from ami_portal.kernel import clock
from ami_portal.kernel.permissions import allowed
from ami_portal.workflow import TransitionRefused
from applications.actions.files import content_of, keep_pending
from applications.models import PieceRenewal
from applications.pieces import Event
from funding import notifications
from funding.agreement import closed_sentence
from funding.enums import ConventionState
from funding.models import Convention
from funding.pieces import SOON, awaited

MAX_SENT = 20
HOUR = 9


@transaction.atomic
def send_piece(
    convention: Convention, kind: str, uploaded: UploadedFile, *, issued_on: dt.date, actor: User
) -> PieceRenewal:
    """Send a supporting document again, in the place of the one that counts now; the former stay.

    It counts once inspected, and is valid once a person has verified it. Raises TransitionRefused (no right, without a
    convention under way, a kind that is not asked, a day to come, too many) and FileRefused.
    """
    at = clock.now()
    current = Convention.objects.select_for_update(of=("self",)).select_related("dossier__call").get(pk=convention.pk)
    dossier = current.dossier
    if not allowed(actor, "funding.send_piece", current):
        raise TransitionRefused("Vous n’avez pas le droit de faire cette action.")
    if current.state == ConventionState.CLOSED:
        raise TransitionRefused(closed_sentence(current))
    asked = [one for one in dossier.call.piece_kinds if one.code == kind and set(one.valid_at) - {Event.DEPOSIT}]
    if not asked:
        raise TransitionRefused("Cette pièce n’est pas demandée.")
    if issued_on > clock.paris(at).date():
        raise TransitionRefused("La date de la pièce est dans l’avenir.")
    if PieceRenewal.objects.filter(dossier=dossier, kind=kind).count() >= MAX_SENT:
        raise TransitionRefused("Cette pièce a été envoyée trop de fois : écrivez au contact de l’appel.")
    filename = store.clean_filename(uploads.sent_name(uploaded))
    document = keep_pending("piece", dossier.ref, filename, content_of(uploaded), ["pdf"], actor=actor, at=at)
    trail.record("piece.send", subject=dossier.ref, actor=actor, at=at, kind=kind, sha256=document.sha256)
    return PieceRenewal.objects.create(
        dossier=dossier, kind=kind, document=document, issued_on=issued_on, sent_at=at, sent_by=actor
    )


def remind_pieces(*, at: dt.datetime) -> None:
    """Each morning, ask again for the pieces that will have expired at the next event, a month before they do; once a
    piece and an end of validity."""
    local = clock.paris(at)
    if (local.hour, local.minute) != (HOUR, 0):
        return
    running = Convention.objects.exclude(state=ConventionState.CLOSED).select_related("dossier__call")
    for convention in running.order_by("pk").iterator(chunk_size=200):
        for one in awaited(convention):
            until = one.piece.expires_on
            if until and until < one.on and until - SOON <= local.date():
                with transaction.atomic():
                    notifications.piece_expires(convention, one.piece, until, at=at)
