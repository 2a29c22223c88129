"""Message: one mail to one person."""

from django.db import models
from django.db.models import Q

from .enums import Delivery


class Message(models.Model):
    """A mail as it leaves: frozen when queued. `kind` is the act that caused it, `subject_ref` what it is about."""

    kind = models.CharField("acte", max_length=60)
    subject_ref = models.CharField("objet", max_length=80, blank=True, db_index=True)
    to_email = models.EmailField("destinataire")
    title = models.CharField("titre", max_length=250)
    body = models.TextField("texte")
    message_id = models.CharField("Message-ID", max_length=200, unique=True)
    delivery = models.CharField("envoi", max_length=20, choices=Delivery, default=Delivery.QUEUED, editable=False)
    queued_at = models.DateTimeField("mis en file le")
    transmitting_at = models.DateTimeField("confié au serveur le", null=True)
    sent_at = models.DateTimeField("envoyé le", null=True)
    error = models.CharField("erreur", max_length=500, blank=True)
    attempts = models.PositiveIntegerField("essais", default=0)

    class Meta:
        verbose_name = "courriel"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="message_sent_iff_dated",
                condition=Q(delivery="sent", sent_at__isnull=False) | ~Q(delivery="sent") & Q(sent_at=None),
            )
        ]

    def __str__(self) -> str:
        return self.title
