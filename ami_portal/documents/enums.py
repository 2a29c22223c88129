"""Verdicts of documents."""

from django.db.models import TextChoices


class Verdict(TextChoices):
    PENDING = "pending", "Contrôle en cours"
    ACCEPTED = "accepted", "Contrôlé"
    REFUSED = "refused", "Refusé"
