"""Write a message about a dossier, with files; note that messages were read."""

import datetime as dt
import uuid
from collections.abc import Sequence

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from ami_portal.accounts.models import User
from ami_portal.audit import trail
from ami_portal.kernel import clock
from ami_portal.kernel.permissions import allowed
from ami_portal.kernel.text import clean_text
from ami_portal.workflow import TransitionRefused
from applications import notifications
from applications.models import Dossier, DossierMessage, MessageFile, MessageReading

from .files import keep_uploaded

KIND = "message"
MAX_BODY, MAX_FILES, MAX_A_DAY = 10_000, 5, 40
ALREADY = "Ce message ne peut pas être envoyé : rouvrez la page, puis recommencez."


@transaction.atomic
def write_message(
    dossier: Dossier, body: str, uploaded: Sequence[UploadedFile], *, token: uuid.UUID, actor: User
) -> DossierMessage:
    """Send a message of the team to the operator, whose address of contact gets a mail that says so.

    The same `token` again is the same message. Raises TransitionRefused (right, nothing written, too long, too many)
    and FileRefused (name, size, emptiness, type by content): nothing is then sent.
    """
    if not allowed(actor, "applications.write_message", dossier):
        raise TransitionRefused("Les lecteurs d’un dossier n’écrivent pas de message : demandez à son porteur.")
    return post(dossier, body, uploaded, token=token, from_staff=False, actor=actor)


@transaction.atomic
def post(
    dossier: Dossier, body: str, uploaded: Sequence[UploadedFile], *, token: uuid.UUID, from_staff: bool, actor: User
) -> DossierMessage:
    """Keep a message and its files, and tell the other side by mail. The caller has checked the right to write it."""
    at = clock.now()
    current = Dossier.objects.select_related("call").select_for_update(of=("self",)).get(pk=dossier.pk)
    known = DossierMessage.objects.filter(token=token).first()
    if known and (known.dossier_id, known.author_id) == (current.pk, actor.pk):
        return known
    body = clean_text(body).strip()
    _refuse(current, body, uploaded, taken=known is not None, actor=actor, at=at)
    message = DossierMessage.objects.create(
        dossier=current, token=token, from_staff=from_staff, author=actor, body=body, sent_at=at
    )
    files = [_keep(message, one, actor, at) for one in uploaded]
    notifications.message_written(message, at=at)
    trail.record("dossier.write_message", subject=current.ref, actor=actor, at=at, files=files)
    return message


def _refuse(
    dossier: Dossier, body: str, uploaded: Sequence[UploadedFile], *, taken: bool, actor: User, at: dt.datetime
) -> None:
    if taken:
        raise TransitionRefused(ALREADY)
    if not body and not uploaded:
        raise TransitionRefused("Écrivez un message ou joignez un fichier.")
    if len(body) > MAX_BODY:
        raise TransitionRefused(f"Le message dépasse {MAX_BODY} caractères : raccourcissez-le.")
    if len(uploaded) > MAX_FILES:
        raise TransitionRefused(f"{MAX_FILES} fichiers au plus accompagnent un message.")
    written = DossierMessage.objects.filter(dossier=dossier, author=actor, sent_at__gt=at - dt.timedelta(days=1))
    if written.count() >= MAX_A_DAY:
        raise TransitionRefused(f"Vous avez écrit {MAX_A_DAY} messages en un jour : écrivez la suite demain.")


def _keep(message: DossierMessage, uploaded: UploadedFile, actor: User, at: dt.datetime) -> str:
    """Keep one file; answer its fingerprint."""
    document = keep_uploaded(KIND, message.dossier.ref, uploaded, actor=actor, at=at)
    MessageFile.objects.create(message=message, document=document)
    return document.sha256


def note_read(shown: Sequence[DossierMessage], *, to_staff: bool, actor: User) -> None:
    """Note that `actor` read the messages of the other side among those shown; the first reading stays."""
    at = clock.now()
    MessageReading.objects.bulk_create(
        [
            MessageReading(message=message, reader=actor, read_at=at)
            for message in shown
            if message.from_staff != to_staff and all(mark.reader_id != actor.pk for mark in message.readings.all())
        ],
        ignore_conflicts=True,
    )
