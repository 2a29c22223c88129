"""Amendments, transfers within the tolerance, suspensions, the termination of a convention: added, never rewritten."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from ami_portal.documents.models import Document
from funding.enums import AmendmentState

from .convention import Convention


class Amendment(models.Model):
    """An amendment (« avenant »): what it changes, from what to what, why; in force from the day of its signature."""

    convention = models.ForeignKey(Convention, on_delete=models.PROTECT, related_name="amendments")
    number = models.PositiveIntegerField("n°")
    reason = models.TextField("motif")
    old_ends_on = models.DateField("fin avant", null=True)
    new_ends_on = models.DateField("fin après", null=True)
    old_amount = models.DecimalField("montant avant (€)", max_digits=12, decimal_places=2, null=True)
    new_amount = models.DecimalField("montant après (€)", max_digits=12, decimal_places=2, null=True)
    old_lead = models.CharField("responsable scientifique avant", max_length=200, blank=True)
    new_lead = models.CharField("responsable scientifique après", max_length=200, blank=True)
    state = models.CharField(
        "état", max_length=20, choices=AmendmentState, default=AmendmentState.PREPARED, editable=False
    )
    prepared_at = models.DateTimeField("préparé le")
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    signed_document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    signed_on = models.DateField("signé le", null=True)
    signatory = models.CharField("signataire", max_length=200, blank=True)
    recorded_at = models.DateTimeField("signature enregistrée le", null=True)
    abandoned_at = models.DateTimeField("abandonné le", null=True)

    class Meta:
        verbose_name = "avenant"
        ordering = ["convention", "number"]
        constraints = [
            models.UniqueConstraint(name="amendment_number", fields=["convention", "number"]),
            models.UniqueConstraint(name="amendment_open_once", fields=["convention"], condition=Q(state="prepared")),
            models.CheckConstraint(name="amendment_has_a_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="amendment_signed_iff_dated",
                condition=Q(state="signed", signed_on__isnull=False, recorded_at__isnull=False) & ~Q(signatory="")
                | ~Q(state="signed") & Q(signed_on=None, recorded_at=None),
            ),
            models.CheckConstraint(
                name="amendment_abandoned_iff_dated",
                condition=Q(state="abandoned", abandoned_at__isnull=False)
                | ~Q(state="abandoned") & Q(abandoned_at=None),
            ),
            models.CheckConstraint(
                name="amendment_amount_is_positive", condition=Q(new_amount=None) | Q(new_amount__gt=0)
            ),
            models.CheckConstraint(
                name="amendment_extends", condition=Q(new_ends_on=None) | Q(new_ends_on__gt=F("old_ends_on"))
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def ref(self) -> str:
        """What documents and the journal call it: the convention's reference and its number."""
        return f"{self.convention.ref}/A{self.number}"


class AmendmentLine(models.Model):
    """The costs of one category, in euros, in the budget that an amendment agrees on."""

    amendment = models.ForeignKey(Amendment, on_delete=models.PROTECT, related_name="lines")
    category = models.CharField("catégorie", max_length=60)
    amount = models.DecimalField("montant (€)", max_digits=12, decimal_places=2)

    class Meta:
        verbose_name = "ligne d’un avenant"
        verbose_name_plural = "lignes d’un avenant"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="amendment_category_once", fields=["amendment", "category"]),
            models.CheckConstraint(name="amendment_costs_are_not_negative", condition=Q(amount__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.amendment}, {self.category}"


class BudgetTransfer(models.Model):
    """Costs that a laureate moved from a category to another, within the tolerance of its regulation."""

    convention = models.ForeignKey(Convention, on_delete=models.PROTECT, related_name="transfers")
    source = models.CharField("de la catégorie", max_length=60)
    target = models.CharField("vers la catégorie", max_length=60)
    amount = models.DecimalField("montant (€)", max_digits=12, decimal_places=2)
    reason = models.TextField("motif")
    made_at = models.DateTimeField("fait le")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "transfert entre catégories"
        verbose_name_plural = "transferts entre catégories"
        ordering = ["convention", "made_at", "pk"]
        constraints = [
            models.CheckConstraint(name="transfer_is_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(name="transfer_moves", condition=~Q(source=F("target"))),
        ]

    def __str__(self) -> str:
        return f"{self.convention.ref}, {self.source} → {self.target}"


class Suspension(models.Model):
    """The payments of a convention stopped on a day, for a reason, until another."""

    convention = models.ForeignKey(Convention, on_delete=models.PROTECT, related_name="suspensions")
    suspended_on = models.DateField("suspendue le")
    reason = models.TextField("motif")
    recorded_at = models.DateTimeField("enregistrée le")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    resumed_on = models.DateField("reprise le", null=True)
    resumed_reason = models.TextField("motif de la reprise", blank=True)
    resumed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "suspension"
        ordering = ["convention", "pk"]
        constraints = [
            models.UniqueConstraint(name="suspended_once", fields=["convention"], condition=Q(resumed_on=None)),
            models.CheckConstraint(
                name="suspension_resumed_iff_by_somebody",
                condition=Q(resumed_on=None, resumed_by=None, resumed_reason="")
                | Q(resumed_on__gte=F("suspended_on"), resumed_by__isnull=False) & ~Q(resumed_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.convention.ref}, {self.suspended_on.isoformat()}"


class Termination(models.Model):
    """A convention ended before its time: from which day, why, what is to be given back."""

    convention = models.OneToOneField(Convention, on_delete=models.PROTECT, related_name="termination")
    terminated_on = models.DateField("résiliée le")
    reason = models.TextField("motif")
    recovered = models.DecimalField("à reverser (€)", max_digits=12, decimal_places=2)
    forfeited = models.DecimalField("retenue non due (€)", max_digits=12, decimal_places=2)
    recorded_at = models.DateTimeField("enregistrée le")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "résiliation"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(name="termination_has_a_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="termination_amounts_are_not_negative", condition=Q(recovered__gte=0, forfeited__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"Résiliation de {self.convention.ref}"
