"""Where a message is on its way."""

from django.db.models import TextChoices


class Delivery(TextChoices):
    QUEUED = "queued", "En attente"
    TRANSMITTING = "transmitting", "En cours d’envoi"
    SENT = "sent", "Envoyé"
    UNCERTAIN = "uncertain", "Envoi incertain"
    FAILED = "failed", "Refusé par le serveur"
