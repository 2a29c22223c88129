"""SignedCopy: a document that a party signed and sent back, the evidence that it carries being in its examination."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from ami_portal.documents.models import Document
from funding.enums import CopyState, Party

from .amendments import Amendment
from .convention import Convention


class SignedCopy(models.Model):
    """A signed PDF, or the scan of a signature by hand (`is_paper`), of a convention or of one of its amendments.

    A person accepts it, or refuses it.
    """

    convention = models.ForeignKey(Convention, on_delete=models.PROTECT, related_name="signed_copies")
    amendment = models.ForeignKey(Amendment, on_delete=models.PROTECT, null=True, related_name="signed_copies")
    number = models.PositiveIntegerField("n°")
    party = models.CharField("partie", max_length=20, choices=Party)
    is_paper = models.BooleanField("scan d’une signature manuscrite", default=False)
    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="+")
    state = models.CharField("état", max_length=20, choices=CopyState, default=CopyState.RECEIVED, editable=False)
    sent_at = models.DateTimeField("reçue le")
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField("vérifiée le", null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField("motif du refus", blank=True)

    class Meta:
        verbose_name = "copie signée"
        verbose_name_plural = "copies signées"
        ordering = ["convention", "number"]
        constraints = [
            models.UniqueConstraint(name="signed_copy_number", fields=["convention", "number"]),
            models.UniqueConstraint(
                name="signed_copy_stands_once",
                fields=["convention", "party"],
                condition=Q(state__in=["received", "accepted"], amendment=None),
            ),
            models.UniqueConstraint(
                name="signed_copy_of_amendment_stands_once",
                fields=["amendment", "party"],
                condition=Q(state__in=["received", "accepted"], amendment__isnull=False),
            ),
            models.CheckConstraint(
                name="signed_copy_decided_iff_dated",
                condition=Q(state="received", decided_at=None, decided_by=None)
                | ~Q(state="received") & Q(decided_at__isnull=False, decided_by__isnull=False),
            ),
            models.CheckConstraint(
                name="signed_copy_refused_iff_reason",
                condition=Q(state="refused") & ~Q(reason="") | ~Q(state="refused") & Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def ref(self) -> str:
        """What the journal calls it: the convention's reference and the copy's number."""
        return f"{self.convention.ref}/S{self.number}"
