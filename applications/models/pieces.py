"""What the staff read on a supporting document, line by line, never changed; the documents sent again later."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from ami_portal.documents.models import Document

from .dossier import Dossier


class PieceReading(models.Model):
    """One person's word on what a dossier holds of one kind: on a file (`document`), or on the reason of its absence.

    The last one on the same file counts. `issued_on` is the day read on it, `security_code` the code that it bears.
    """

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="piece_readings")
    kind = models.CharField("pièce", max_length=60)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    accepted = models.BooleanField("admise")
    issued_on = models.DateField("datée du", null=True)
    expires_on = models.DateField("valable jusqu’au", null=True)
    security_code = models.CharField("code de sécurité", max_length=40, blank=True)
    reason = models.TextField("motif ou commentaire", blank=True)
    at = models.DateTimeField("le")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "vérification d’une pièce"
        verbose_name_plural = "vérifications des pièces"
        ordering = ["pk"]
        indexes = [models.Index(name="piece_of_dossier", fields=["dossier", "kind"])]
        constraints = [
            models.CheckConstraint(name="piece_refused_for_a_reason", condition=Q(accepted=True) | ~Q(reason="")),
            models.CheckConstraint(
                name="piece_accepted_with_its_day",
                condition=Q(accepted=False)
                | Q(document=None, issued_on=None)
                | Q(document__isnull=False, issued_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.dossier.ref})"


class PieceRenewal(models.Model):
    """A supporting document sent after the deposit, in the place of one that is not valid any more; all are kept.

    `issued_on` is the day that its sender declares.
    """

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="piece_renewals")
    kind = models.CharField("pièce", max_length=60)
    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="+")
    issued_on = models.DateField("datée du")
    sent_at = models.DateTimeField("envoyée le")
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "pièce renvoyée"
        verbose_name_plural = "pièces renvoyées"
        ordering = ["pk"]
        indexes = [models.Index(name="renewal_of_dossier", fields=["dossier", "kind"])]

    def __str__(self) -> str:
        return f"{self.kind} ({self.dossier.ref})"
