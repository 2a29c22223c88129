"""A deposit asked for beforehand: at the closing, what is there if it is complete."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from applications.enums import SealingOutcome

from .dossier import Dossier


class Sealing(models.Model):
    """The owner's request that a complete draft be deposited at its closing. Taken back, it is removed.

    `settled_at` and `outcome` say what the closing made of it, once.
    """

    dossier = models.OneToOneField(Dossier, on_delete=models.CASCADE, related_name="sealing", verbose_name="dossier")
    asked_at = models.DateTimeField("demandé le")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField("exécuté le", null=True)
    outcome = models.CharField("suite", max_length=20, choices=SealingOutcome, blank=True)

    class Meta:
        verbose_name = "dépôt demandé à la clôture"
        verbose_name_plural = "dépôts demandés à la clôture"
        constraints = [
            models.CheckConstraint(
                name="sealing_settled_with_its_outcome",
                condition=Q(settled_at=None, outcome="") | Q(settled_at__isnull=False) & ~Q(outcome=""),
            )
        ]
        indexes = [models.Index(name="sealing_waiting", fields=["asked_at"], condition=Q(settled_at=None))]

    def __str__(self) -> str:
        return f"{self.dossier.ref} : {self.get_outcome_display() or 'demandé'}"
