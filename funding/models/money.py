"""Instalment, and the ledger: the only place where amounts move."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from funding.enums import Account, Basis, EntryKind, InstalmentState, OrderState

from .convention import Convention


class Instalment(models.Model):
    """One line of the schedule. `gross` is its share of the grant; `retention` is held back; the rest is paid.

    Where the amount follows expenses it is a ceiling until the claim is accepted. The line that frees the retention has
    no gross, and a retention below zero. A line falls due `months_after_signature` months after the signature, a day
    that is known once there is one.
    """

    convention = models.ForeignKey(Convention, on_delete=models.PROTECT, related_name="instalments")
    number = models.PositiveIntegerField("n°")
    code = models.CharField("code", max_length=40)
    label = models.CharField("intitulé", max_length=200)
    condition = models.TextField("condition", blank=True)
    basis = models.CharField("calcul", max_length=20, choices=Basis, default=Basis.SHARE, editable=False)
    percent = models.DecimalField("part (%)", max_digits=5, decimal_places=2)
    months_after_signature = models.PositiveIntegerField("mois après la signature")
    gross = models.DecimalField("montant (€)", max_digits=12, decimal_places=2)
    retention = models.DecimalField("retenue (€)", max_digits=12, decimal_places=2)
    due_on = models.DateField("échéance", null=True)
    state = models.CharField(
        "état", max_length=20, choices=InstalmentState, default=InstalmentState.PLANNED, editable=False
    )
    certified_at = models.DateTimeField("service fait le", null=True)
    certified_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    paid_at = models.DateTimeField("paiement enregistré le", null=True)
    paid_on = models.DateField("payé le", null=True)
    paid_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    payment_reference = models.CharField("référence du paiement", max_length=100, blank=True)

    class Meta:
        verbose_name = "versement"
        ordering = ["convention", "number"]
        indexes = [models.Index(name="instalment_queue", fields=["state", "due_on"])]
        constraints = [
            models.UniqueConstraint(name="instalment_number", fields=["convention", "number"]),
            models.CheckConstraint(
                name="instalment_retention_within_gross",
                condition=Q(gross__gt=0, retention__gte=0, retention__lt=F("gross"))
                | Q(basis__in=["claim", "balance"], gross=0, retention=0)
                | Q(basis="retention", gross=0, retention__lt=0),
            ),
            models.CheckConstraint(
                name="instalment_certified_iff_dated",
                condition=Q(state="planned", certified_at=None, certified_by=None)
                | ~Q(state="planned") & Q(certified_at__isnull=False, certified_by__isnull=False),
            ),
            models.CheckConstraint(
                name="instalment_paid_iff_dated",
                condition=Q(state="paid", paid_on__isnull=False, paid_by__isnull=False, paid_at__isnull=False)
                & ~Q(payment_reference="")
                | ~Q(state="paid") & Q(paid_on=None, paid_by=None, paid_at=None),
            ),
            models.CheckConstraint(
                name="payer_is_not_certifier",
                condition=Q(paid_by=None) | ~Q(paid_by=F("certified_by")),
                violation_error_message="Qui constate le service fait n’ordonne pas le paiement.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ref} – {self.label}"

    @property
    def ref(self) -> str:
        """What the journal calls it: the convention's reference and the line's number."""
        return f"{self.convention.ref}/{self.number}"

    @property
    def net(self) -> Decimal:
        """What is paid to the laureate for this line, in euros: its share less the retention."""
        return self.gross - self.retention


class LedgerEntry(models.Model):
    """One double entry: `amount` leaves `credit` for `debit`. Never changed nor deleted; `corrects` is what it undoes.

    What no entry may break (balances, signature, grant, one payment a line, two people) is in the database's triggers.
    """

    convention = models.ForeignKey(Convention, on_delete=models.PROTECT, related_name="entries")
    instalment = models.ForeignKey(Instalment, on_delete=models.PROTECT, null=True, related_name="entries")
    kind = models.CharField("nature", max_length=20, choices=EntryKind)
    debit = models.CharField("débit", max_length=20, choices=Account)
    credit = models.CharField("crédit", max_length=20, choices=Account)
    amount = models.DecimalField("montant (€)", max_digits=12, decimal_places=2)
    currency = models.CharField("monnaie", max_length=3, default="EUR", editable=False)
    corrects = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="correction", verbose_name="contre-passe"
    )
    at = models.DateTimeField("inscrit le")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "écriture"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(name="entry_amount_is_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(name="entry_is_in_euros", condition=Q(currency="EUR")),
            models.CheckConstraint(
                name="entry_accounts_follow_its_kind",
                condition=Q(kind="commitment", credit="grant", debit="committed", instalment=None)
                | Q(kind="increase", credit="grant", debit="committed", instalment=None)
                | Q(kind="payment", credit="committed", debit="paid", instalment__isnull=False)
                | Q(kind="retention", credit="committed", debit="retained", instalment__isnull=False)
                | Q(kind="freeing", credit="retained", debit="committed", instalment=None)
                | Q(kind="forfeit", credit="retained", debit="grant", instalment=None)
                | Q(kind="recovery", credit="paid", debit="owed", instalment=None)
                | Q(kind="repayment", credit="owed", debit="grant", instalment=None)
                | Q(kind="release", credit="committed", debit="grant", instalment=None)
                | Q(kind="correction"),
            ),
            models.CheckConstraint(
                name="entry_corrects_iff_correction",
                condition=Q(kind="correction", corrects__isnull=False) | ~Q(kind="correction") & Q(corrects=None),
            ),
            models.UniqueConstraint(name="commitment_once", fields=["convention"], condition=Q(kind="commitment")),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount}"


class RecoveryOrder(models.Model):
    """What was paid too much is asked back (« ordre de reversement »), until it is repaid."""

    convention = models.ForeignKey(Convention, on_delete=models.PROTECT, related_name="orders")
    number = models.PositiveIntegerField("n°")
    amount = models.DecimalField("montant (€)", max_digits=12, decimal_places=2)
    reason = models.TextField("motif")
    state = models.CharField("état", max_length=20, choices=OrderState, default=OrderState.ISSUED, editable=False)
    issued_at = models.DateTimeField("émis le")
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField("reversement enregistré le", null=True)
    repaid_on = models.DateField("reversé le", null=True)
    repayment_reference = models.CharField("référence du reversement", max_length=100, blank=True)

    class Meta:
        verbose_name = "ordre de reversement"
        verbose_name_plural = "ordres de reversement"
        ordering = ["convention", "number"]
        constraints = [
            models.UniqueConstraint(name="order_number", fields=["convention", "number"]),
            models.CheckConstraint(name="order_amount_is_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="order_repaid_iff_dated",
                condition=Q(state="repaid", repaid_on__isnull=False, recorded_at__isnull=False)
                & ~Q(repayment_reference="")
                | Q(state="issued", repaid_on=None, recorded_at=None, repayment_reference=""),
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def ref(self) -> str:
        """What the journal calls it."""
        return f"{self.convention.ref}/R{self.number}"
