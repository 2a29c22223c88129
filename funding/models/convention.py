"""Convention, and the renouncement that ends a grant before any payment."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from ami_portal.documents.models import Document
from applications.models import Dossier
from funding.enums import ConventionState


class Convention(models.Model):
    """The agreement with one laureate: amount, duration and rules pinned when it is generated."""

    ref = models.CharField("référence", max_length=40, unique=True, editable=False)
    dossier = models.OneToOneField(Dossier, on_delete=models.PROTECT, related_name="convention", verbose_name="dossier")
    state = models.CharField(
        "état", max_length=20, choices=ConventionState, default=ConventionState.PREPARED, editable=False
    )
    amount = models.DecimalField("montant (€)", max_digits=12, decimal_places=2)
    duration_months = models.PositiveIntegerField("durée (mois)")
    retention_percent = models.DecimalField("taux de retenue (%)", max_digits=5, decimal_places=2)
    regulation_version = models.CharField("version du règlement financier", max_length=40)
    template = models.ForeignKey(
        "ConventionTemplate", on_delete=models.PROTECT, null=True, related_name="conventions", verbose_name="modèle"
    )
    prepared_at = models.DateTimeField("générée le")
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    frozen_at = models.DateTimeField("texte figé le", null=True)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    signed_document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    signature_record = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    signed_on = models.DateField("signée le", null=True)
    signatory = models.CharField("signataire", max_length=200, blank=True)
    ends_on = models.DateField("fin", null=True)
    recorded_at = models.DateTimeField("signature enregistrée le", null=True)
    scientific_lead = models.CharField("responsable scientifique", max_length=200, blank=True)
    closed_at = models.DateTimeField("sans suite depuis le", null=True)

    class Meta:
        verbose_name = "convention"
        ordering = ["-prepared_at", "-pk"]
        indexes = [models.Index(name="convention_age", fields=["-prepared_at", "-id"])]
        constraints = [
            models.CheckConstraint(name="convention_amount_is_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="convention_signed_iff_dated",
                condition=Q(signed_on__isnull=False, ends_on__isnull=False, recorded_at__isnull=False)
                & ~Q(signatory="")
                | Q(state__in=["prepared", "frozen", "closed"], signed_on=None, ends_on=None, recorded_at=None),
            ),
            models.CheckConstraint(
                name="convention_not_signed_while_prepared",
                condition=~Q(state__in=["prepared", "frozen"]) | Q(signed_on=None),
            ),
            models.CheckConstraint(
                name="convention_frozen_iff_dated",
                condition=Q(state="prepared", frozen_at=None)
                | Q(state="closed")
                | ~Q(state__in=["prepared", "closed"]) & Q(frozen_at__isnull=False),
            ),
            models.CheckConstraint(
                name="convention_closed_iff_dated",
                condition=Q(state="closed", closed_at__isnull=False) | ~Q(state="closed") & Q(closed_at=None),
            ),
            models.CheckConstraint(
                name="retention_is_a_share", condition=Q(retention_percent__gte=0, retention_percent__lt=100)
            ),
        ]

    def __str__(self) -> str:
        return self.ref


class Renouncement(models.Model):
    """A laureate gave its grant up for good: by its own act, or by a letter (`received_on`) that the staff recorded."""

    dossier = models.OneToOneField(
        Dossier, on_delete=models.PROTECT, related_name="renouncement", verbose_name="dossier"
    )
    reason = models.TextField("motif", blank=True)
    received_on = models.DateField("courrier reçu le", null=True)
    recorded_at = models.DateTimeField("enregistré le")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "renoncement"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="renouncement_by_letter_has_a_reason", condition=Q(received_on=None) | ~Q(reason="")
            )
        ]

    def __str__(self) -> str:
        return f"Renoncement de {self.dossier.ref}"
