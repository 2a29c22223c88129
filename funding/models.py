"""Convention, Instalment, the ledger, and the renouncement that ends a grant before any payment."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from ami_portal.documents.models import Document
from applications.models import Dossier

from .enums import Account, ConventionState, EntryKind, InstalmentState


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
    prepared_at = models.DateTimeField("générée le")
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    signed_document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    signed_on = models.DateField("signée le", null=True)
    signatory = models.CharField("signataire", max_length=200, blank=True)
    ends_on = models.DateField("fin", null=True)
    recorded_at = models.DateTimeField("signature enregistrée le", null=True)
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
                | Q(state__in=["prepared", "closed"], signed_on=None, ends_on=None, recorded_at=None),
            ),
            models.CheckConstraint(
                name="convention_not_signed_while_prepared", condition=~Q(state="prepared") | Q(signed_on=None)
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


class Instalment(models.Model):
    """One line of the schedule. `gross` is its share of the grant; `retention` is held back; the rest is paid.

    It falls due `months_after_signature` months after the signature, a day that is known once there is one.
    """

    convention = models.ForeignKey(Convention, on_delete=models.PROTECT, related_name="instalments")
    number = models.PositiveIntegerField("n°")
    code = models.CharField("code", max_length=40)
    label = models.CharField("intitulé", max_length=200)
    condition = models.TextField("condition", blank=True)
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
                condition=Q(gross__gt=0, retention__gte=0, retention__lt=F("gross")),
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
