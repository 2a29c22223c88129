"""What the team of a dossier and the operator write to each other, with files, and who read it when."""

import uuid

from django.conf import settings
from django.db import models

from ami_portal.documents.models import Document

from .dossier import Dossier


class DossierMessage(models.Model):
    """One message. It is never changed nor removed. `token` is drawn by the page that sends it: twice is once."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="messages", verbose_name="dossier")
    token = models.UUIDField("jeton d’envoi", default=uuid.uuid4, unique=True, editable=False)
    from_staff = models.BooleanField("de l’opérateur")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    body = models.TextField("texte", blank=True)
    sent_at = models.DateTimeField("envoyé le")

    class Meta:
        verbose_name = "message"
        ordering = ["sent_at", "pk"]
        indexes = [models.Index(name="message_of_dossier", fields=["dossier", "sent_at"])]

    def __str__(self) -> str:
        return f"{self.dossier.ref}, {self.sent_at.isoformat()}"


class MessageFile(models.Model):
    """A file that came with a message."""

    message = models.ForeignKey(DossierMessage, on_delete=models.PROTECT, related_name="files")
    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="message_file")

    class Meta:
        verbose_name = "fichier d’un message"
        verbose_name_plural = "fichiers des messages"
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.document.filename


class MessageReading(models.Model):
    """That someone of the other side read a message, for the first time."""

    message = models.ForeignKey(DossierMessage, on_delete=models.CASCADE, related_name="readings")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField("lu le")

    class Meta:
        verbose_name = "lecture d’un message"
        verbose_name_plural = "lectures des messages"
        ordering = ["read_at", "pk"]
        constraints = [models.UniqueConstraint(name="message_read_once", fields=["message", "reader"])]

    def __str__(self) -> str:
        return f"{self.reader}, {self.read_at.isoformat()}"
