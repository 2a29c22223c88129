"""The session of a call's jury, its decisions, and the letters that tell them."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from ami_portal.accounts.models import User
from ami_portal.documents.models import Document
from applications.models import Call, Dossier
from evaluation.enums import Outcome, SessionState

from .appeals import Appeal
from .eligibility import Declaration


class Session(models.Model):
    """The jury of one call: scoring, deliberation, decisions frozen, results published at one instant.

    `publish_at` is that instant when it was set beforehand, by whom and when; set before another freezing, it is void.
    """

    call = models.OneToOneField(Call, on_delete=models.PROTECT, related_name="session", verbose_name="appel")
    state = models.CharField("état", max_length=20, choices=SessionState, default=SessionState.SCORING, editable=False)
    opened_at = models.DateTimeField("ouverte le")
    scoring_closed_at = models.DateTimeField("notation close le", null=True)
    frozen_at = models.DateTimeField("décisions arrêtées le", null=True)
    published_at = models.DateTimeField("résultats publiés le", null=True)
    publish_at = models.DateTimeField("publication prévue le", null=True)
    publish_set_at = models.DateTimeField("publication fixée le", null=True)
    publish_set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    envelope = models.DecimalField("enveloppe (€)", max_digits=12, decimal_places=2, null=True)
    envelope_reason = models.TextField("motif de l’enveloppe", blank=True)

    class Meta:
        verbose_name = "session du jury"
        verbose_name_plural = "sessions du jury"
        ordering = ["-opened_at"]
        constraints = [
            models.CheckConstraint(
                name="session_published_iff_dated",
                condition=Q(state="published", published_at__isnull=False)
                | ~Q(state="published") & Q(published_at=None),
            ),
            models.CheckConstraint(
                name="publication_set_by_someone_beforehand",
                condition=Q(publish_at=None, publish_set_at=None, publish_set_by=None)
                | Q(publish_at__gt=F("publish_set_at"), publish_set_by__isnull=False),
            ),
            models.CheckConstraint(
                name="session_envelope_iff_reason",
                condition=Q(envelope=None, envelope_reason="") | Q(envelope__gte=0) & ~Q(envelope_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"Jury – {self.call}"

    @property
    def ref(self) -> str:
        """What the journal calls it: the call's code."""
        return self.call.code

    @property
    def scheduled_at(self) -> dt.datetime | None:
        """The instant that was set for what is frozen and not published; None without one."""
        if self.state != SessionState.FROZEN or self.publish_set_at is None or self.frozen_at is None:
            return None
        return self.publish_at if self.publish_set_at >= self.frozen_at else None

    @property
    def seed(self) -> str:
        """The public seed of draws and of plausible ranks: fixed at the opening, before any score, and in the journal
        from then on."""
        return f"{self.call.code} {self.opened_at.astimezone(dt.UTC).isoformat()}"


class Decision(models.Model):
    """What the jury decides of one dossier; a secret until the session is published.

    `outcome` and `rank` are the jury's for ever. A dossier of the reserve list, or admitted to it on appeal, that was
    called since (`called_at`) is a laureate by its state, and has an amount.
    """

    dossier = models.OneToOneField(Dossier, on_delete=models.PROTECT, related_name="decision", verbose_name="dossier")
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="decisions")
    outcome = models.CharField("décision", max_length=20, choices=Outcome)
    rank = models.PositiveIntegerField("rang")
    amount = models.DecimalField("montant accordé (€)", max_digits=12, decimal_places=2, null=True)
    reason = models.TextField("motif", blank=True)
    move_reason = models.TextField("motif de l’écart au classement", blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField("décidé le")
    called_at = models.DateTimeField("appelé le", null=True)
    called_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    call_reason = models.TextField("motif de l’appel hors de l’ordre", blank=True)

    class Meta:
        verbose_name = "décision du jury"
        verbose_name_plural = "décisions du jury"
        ordering = ["rank"]
        constraints = [
            models.CheckConstraint(
                name="laureate_iff_amount",
                condition=Q(outcome="laureate", amount__gt=0)
                | Q(outcome__in=["reserve", "rejected"], amount__gt=0, called_at__isnull=False)
                | ~Q(outcome="laureate") & Q(amount=None),
                violation_error_message="Un lauréat reçoit un montant ; lui seul.",
            ),
            models.CheckConstraint(
                name="called_from_the_reserve_with_an_amount",
                condition=Q(called_at=None, called_by=None, call_reason="")
                | Q(
                    outcome__in=["reserve", "rejected"],
                    amount__gt=0,
                    called_at__isnull=False,
                    called_by__isnull=False,
                ),
            ),
            models.CheckConstraint(name="rejection_has_a_reason", condition=~Q(outcome="rejected") | ~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.dossier.ref} : {self.get_outcome_display()}"

    @property
    def label(self) -> str:
        """« Non retenu »."""
        return str(self.get_outcome_display())

    @property
    def declared_by(self) -> User:
        """Who recorded it: an appeal speaks of it as of any declaration."""
        return self.decided_by

    @property
    def declared_at(self) -> dt.datetime | None:
        """When it was published."""
        return self.session.published_at

    @property
    def explains_its_rank(self) -> bool:
        """Whether a reason says why the dossier stands where it does: that of a move, or of a refusal."""
        return bool(self.move_reason) or self.outcome == Outcome.REJECTED


class Letter(models.Model):
    """The letter of a decision, rendered and frozen before it is sent; shown to the applicant from `released_at` on.

    A dossier has one for each decision about it: each refusal, each answer to an appeal, the jury's decision, the call
    from the reserve list.
    """

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="letters")
    number = models.PositiveSmallIntegerField("n°", default=1)
    kind = models.CharField("nature", max_length=30)
    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="+")
    released_at = models.DateTimeField("notifiée le", null=True)
    declaration = models.OneToOneField(Declaration, on_delete=models.PROTECT, null=True, related_name="letter")
    appeal = models.OneToOneField(Appeal, on_delete=models.PROTECT, null=True, related_name="letter")

    class Meta:
        verbose_name = "lettre"
        ordering = ["dossier", "number"]
        constraints = [
            models.UniqueConstraint(
                name="letter_once", fields=["dossier", "kind"], condition=Q(declaration=None, appeal=None)
            ),
            models.UniqueConstraint(name="letter_number", fields=["dossier", "number"]),
        ]

    def __str__(self) -> str:
        return f"{self.dossier.ref} ({self.kind})"
