"""ExpenseClaim: what a laureate spent, line by line, and what was decided of each."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from ami_portal.documents.models import Document
from funding.enums import Basis, ClaimState, ExpenseVerdict

from .convention import Convention
from .money import Instalment


class ExpenseClaim(models.Model):
    """The expenses that a laureate states for one instalment (« état de dépenses »)."""

    convention = models.ForeignKey(Convention, on_delete=models.PROTECT, related_name="claims")
    instalment = models.OneToOneField(Instalment, on_delete=models.PROTECT, related_name="claim")
    number = models.PositiveIntegerField("n°")
    state = models.CharField("état", max_length=20, choices=ClaimState, default=ClaimState.DRAFT, editable=False)
    started_at = models.DateTimeField("commencé le")
    submitted_at = models.DateTimeField("envoyé le", null=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    returned_reason = models.TextField("à corriger", blank=True)
    accepted_at = models.DateTimeField("accepté le", null=True)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "état de dépenses"
        verbose_name_plural = "états de dépenses"
        ordering = ["convention", "number"]
        indexes = [models.Index(name="claim_queue", fields=["state", "submitted_at"])]
        constraints = [
            models.UniqueConstraint(name="claim_number", fields=["convention", "number"]),
            models.CheckConstraint(
                name="claim_submitted_iff_dated",
                condition=Q(state="draft", submitted_at=None, submitted_by=None)
                | ~Q(state="draft") & Q(submitted_at__isnull=False, submitted_by__isnull=False),
            ),
            models.CheckConstraint(
                name="claim_accepted_iff_dated",
                condition=Q(state="accepted", accepted_at__isnull=False, accepted_by__isnull=False)
                | ~Q(state="accepted") & Q(accepted_at=None, accepted_by=None),
            ),
            models.CheckConstraint(
                name="claim_returned_with_a_reason", condition=~Q(state="returned") | ~Q(returned_reason="")
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def ref(self) -> str:
        """What the journal calls it."""
        return f"{self.convention.ref}/D{self.number}"

    @property
    def is_final(self) -> bool:
        """Whether it settles the grant."""
        return self.instalment.basis == Basis.BALANCE

    @property
    def is_open(self) -> bool:
        """Whether the laureate still writes in it."""
        return self.state in (ClaimState.DRAFT, ClaimState.RETURNED)


class ExpenseLine(models.Model):
    """One expense: `amount` as the regulation counts it (with or without tax), and what of it is accepted."""

    claim = models.ForeignKey(ExpenseClaim, on_delete=models.CASCADE, related_name="lines")
    number = models.PositiveIntegerField("n°")
    category = models.CharField("catégorie", max_length=60)
    label = models.CharField("intitulé", max_length=200)
    supplier = models.CharField("fournisseur", max_length=200)
    invoiced_on = models.DateField("facture du")
    paid_on = models.DateField("payée le")
    amount = models.DecimalField("montant (€)", max_digits=12, decimal_places=2)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    verdict = models.CharField(
        "décision", max_length=20, choices=ExpenseVerdict, default=ExpenseVerdict.PENDING, editable=False
    )
    accepted_amount = models.DecimalField("montant accepté (€)", max_digits=12, decimal_places=2, null=True)
    reason = models.TextField("motif", blank=True)

    class Meta:
        verbose_name = "dépense"
        ordering = ["claim", "number"]
        constraints = [
            models.UniqueConstraint(name="expense_number", fields=["claim", "number"]),
            models.CheckConstraint(name="expense_amount_is_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(name="expense_paid_after_its_invoice", condition=Q(paid_on__gte=F("invoiced_on"))),
            models.CheckConstraint(
                name="expense_accepted_as_decided",
                condition=Q(verdict="pending", accepted_amount=None, reason="")
                | Q(verdict="accepted", accepted_amount=F("amount"), reason="")
                | Q(verdict="reduced", accepted_amount__gt=0, accepted_amount__lt=F("amount")) & ~Q(reason="")
                | Q(verdict="refused", accepted_amount=0) & ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return self.label


class ExpenseFile(models.Model):
    """A spreadsheet of expenses that was sent, and what came of it: lines added, or what is wrong row by row."""

    claim = models.ForeignKey(ExpenseClaim, on_delete=models.CASCADE, related_name="files")
    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField("envoyé le")
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField("lu le", null=True)
    added = models.PositiveIntegerField("lignes ajoutées", default=0)
    problems = models.JSONField("erreurs", default=list)

    class Meta:
        verbose_name = "tableau de dépenses"
        verbose_name_plural = "tableaux de dépenses"
        ordering = ["claim", "-pk"]

    def __str__(self) -> str:
        return self.document.filename
