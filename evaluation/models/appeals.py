"""The gracious appeal against a refusal, or the jury's decision: what its team wrote, what the operator answered."""

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q

from ami_portal.documents.models import Document
from applications.models import Dossier
from evaluation.enums import AppealState

from .eligibility import Declaration

if TYPE_CHECKING:
    from .decisions import Decision


class Appeal(models.Model):
    """One appeal against one refusal, or one decision of the jury.

    `due_on` is the day on which silence rejects it, kept as it was announced.
    """

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="appeals")
    declaration = models.OneToOneField(Declaration, on_delete=models.PROTECT, null=True, related_name="appeal")
    decision = models.OneToOneField("Decision", on_delete=models.PROTECT, null=True, related_name="appeal")
    number = models.PositiveSmallIntegerField("n°")
    token = models.UUIDField("jeton d’envoi", default=uuid.uuid4, unique=True, editable=False)
    body = models.TextField("texte")
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    filed_at = models.DateTimeField("formé le")
    due_on = models.DateField("silence le")
    receipt = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField("état", max_length=20, choices=AppealState, default=AppealState.FILED, editable=False)
    reason = models.TextField("motif de la réponse", blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField("répondu le", null=True)

    class Meta:
        verbose_name = "recours gracieux"
        verbose_name_plural = "recours gracieux"
        ordering = ["dossier", "number"]
        constraints = [
            models.UniqueConstraint(name="appeal_number", fields=["dossier", "number"]),
            models.CheckConstraint(
                name="appeal_against_one_thing",
                condition=Q(declaration__isnull=False, decision=None) | Q(declaration=None, decision__isnull=False),
            ),
            models.CheckConstraint(
                name="appeal_answered_with_a_reason",
                condition=Q(state="filed", decided_at=None, decided_by=None, reason="")
                | Q(state__in=["accepted", "rejected"], decided_at__isnull=False, decided_by__isnull=False)
                & ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ref} ({self.get_state_display()})"

    @property
    def ref(self) -> str:
        """What the journal calls it."""
        return f"{self.dossier.ref}/R{self.number}"

    @property
    def contested(self) -> "Declaration | Decision":
        """What it is against: both have a `label`, and say by whom and when."""
        against = self.declaration or self.decision
        if against is None:
            raise ValueError(f"{self.ref} is against nothing")  # the database refuses it
        return against


class AppealFile(models.Model):
    """A file that came with an appeal."""

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="files")
    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="appeal_file")

    class Meta:
        verbose_name = "fichier d’un recours"
        verbose_name_plural = "fichiers d’un recours"
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.document.filename
