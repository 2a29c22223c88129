"""The dossier and what it is made of."""

import datetime as dt
import uuid
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from ami_portal.documents.models import Document
from ami_portal.kernel import clock
from ami_portal.questionnaire.models import FormRevision
from applications.enums import DossierState, MemberRole
from applications.windows import Window
from datasets.models import DatasetVersion

from .call import Call


class Dossier(models.Model):
    """A request under one call; the aggregate that every later stage refers to.

    The columns after `state` are facts: projections of the answers that the form declares, kept by `actions`.
    """

    ref = models.CharField("référence", max_length=30, unique=True, editable=False)
    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="dossiers", verbose_name="appel")
    form_revision = models.ForeignKey(FormRevision, on_delete=models.PROTECT, related_name="+")
    round = models.CharField("tour", max_length=40, blank=True, editable=False)
    state = models.CharField("état", max_length=20, choices=DossierState, default=DossierState.DRAFT, editable=False)
    created_at = models.DateTimeField("créé le")
    submitted_at = models.DateTimeField("déposé le", null=True, editable=False)
    decided_at = models.DateTimeField("décidé le", null=True, editable=False)
    extended_until = models.DateTimeField("prolongé jusqu’au", null=True, editable=False)
    completion_due_at = models.DateTimeField("complément attendu avant le", null=True, editable=False)
    reply_due_at = models.DateTimeField("réponse sur les avis attendue avant le", null=True, editable=False)
    title = models.CharField("titre", max_length=300, blank=True)
    acronym = models.CharField("acronyme", max_length=60, blank=True)
    lead_name = models.CharField("organisme porteur", max_length=250, blank=True)
    lead_siret = models.CharField("SIRET du porteur", max_length=14, blank=True)
    amount_requested = models.DecimalField("montant demandé (€)", max_digits=12, decimal_places=2, null=True)
    duration_months = models.PositiveIntegerField("durée (mois)", null=True)
    starts_on = models.DateField("début des travaux", null=True)
    percent_complete = models.PositiveSmallIntegerField("avancement (%)", default=0)

    class Meta:
        verbose_name = "dossier"
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                name="dossier_submitted_at_iff_left_draft",
                condition=Q(state="draft", submitted_at=None)
                | Q(state="withdrawn")
                | ~Q(state="draft") & Q(submitted_at__isnull=False),
                violation_error_message="Un dossier déposé porte sa date de dépôt.",
            ),
            models.CheckConstraint(
                name="dossier_returned_until_an_instant",
                condition=Q(state="returned", completion_due_at__isnull=False)
                | ~Q(state="returned") & Q(completion_due_at=None),
                violation_error_message="Un dossier à compléter porte la fin de son délai.",
            ),
            models.CheckConstraint(name="dossier_state_is_known", condition=Q(state__in=DossierState.values)),
        ]
        indexes = [
            models.Index(name="dossier_board", fields=["call", "state", "submitted_at"]),
            models.Index(name="dossier_age", fields=["-created_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.ref} – {self.title}" if self.title else self.ref

    @property
    def is_draft(self) -> bool:
        return self.state == DossierState.DRAFT

    @property
    def is_returned(self) -> bool:
        """Whether a completion is asked for: it stays deposited, and the points of the request may change."""
        return self.state == DossierState.RETURNED

    def window(self, at: dt.datetime) -> Window:
        """The window of its call that counts at `at`: a draft goes on to the next round, a deposit stays in its own."""
        return self.call.window(at) if self.is_draft else self.call.round_called(self.round)

    @property
    def closes_at(self) -> dt.datetime:
        """The closing of this dossier: that of its window, or its own extension when that is later."""
        return self.closing(clock.now())

    def closing(self, at: dt.datetime) -> dt.datetime:
        """The closing that counts at `at`. Between two rounds, it is that of the extension which opens it there."""
        window = self.window(at)
        if self.extended_until and at < self.extended_until <= window.opens_at:
            return self.extended_until
        return max(window.closes_at, self.extended_until or window.closes_at)

    @property
    def is_extended(self) -> bool:
        """Whether this dossier closes by an extension of its own, and not with its window."""
        closes_at = self.closes_at
        return closes_at == self.extended_until and closes_at != self.window(clock.now()).closes_at

    @property
    def reopens_at(self) -> dt.datetime | None:
        """When the next round opens, for a draft between two rounds."""
        at = clock.now()
        return self.window(at).opens_at if self.is_draft and at < self.window(at).opens_at else None

    @property
    def round_label(self) -> str:
        """The round that it was started or deposited in, in words; empty when its call has one window."""
        return self.call.round_called(self.round).label

    def is_open(self, at: dt.datetime) -> bool:
        """Whether the dossier may be changed, submitted or taken back at `at`: strictly before its closing."""
        extended = self.extended_until is not None and self.call.opens_at <= at < self.extended_until
        return extended or self.window(at).holds(at)

    def is_closed(self, at: dt.datetime) -> bool:
        """Whether its closing instant has come."""
        return at >= self.closing(at)

    @property
    def grant_limit(self) -> Decimal:
        """The most that may be granted to it, in euros: what it asks, within the maximum of the call."""
        return min(self.call.max_grant, self.amount_requested or self.call.max_grant)

    @property
    def changes_until(self) -> dt.datetime:
        """The instant from which nothing in it may change: the end of the delay of a completion, or its closing."""
        return self.completion_due_at or self.closes_at

    def is_editable(self, at: dt.datetime) -> bool:
        """Whether answers may change at `at`: a draft that is not closed; in a completion, those that it names."""
        if self.completion_due_at is not None:
            return at < self.completion_due_at
        return self.is_draft and self.is_open(at)


class DossierMember(models.Model):
    """Someone entitled to a dossier, known by their verified address (they may sign up after being invited)."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="members")
    email = models.EmailField("adresse électronique")
    role = models.CharField("rôle", max_length=20, choices=MemberRole)
    invited_at = models.DateTimeField("invité le")
    informed_at = models.DateTimeField("changements lus jusqu’au", null=True)

    class Meta:
        verbose_name = "membre du dossier"
        verbose_name_plural = "membres du dossier"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="member_once", fields=["dossier", "email"]),
            models.UniqueConstraint(name="one_owner", fields=["dossier"], condition=Q(role="owner")),
            models.CheckConstraint(
                name="member_email_is_lower_case", condition=Q(email=models.functions.Lower(F("email")))
            ),
        ]
        indexes = [models.Index(name="member_by_email", fields=["email"])]

    def __str__(self) -> str:
        return f"{self.email} ({self.get_role_display()})"


class AnswerRow(models.Model):
    """One line of a table. A deleted line keeps its answers and can come back."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="rows")
    question = models.CharField("question", max_length=60)
    row = models.UUIDField("ligne", default=uuid.uuid4)
    position = models.PositiveIntegerField("ordre")
    deleted_at = models.DateTimeField("supprimée le", null=True)

    class Meta:
        verbose_name = "ligne d’un tableau"
        verbose_name_plural = "lignes des tableaux"
        ordering = ["dossier", "question", "position", "pk"]
        constraints = [models.UniqueConstraint(name="answer_row_once", fields=["dossier", "question", "row"])]

    def __str__(self) -> str:
        return f"{self.question} {self.row}"


class Answer(models.Model):
    """The answer to one question, or to one cell of a table. `version` counts its saves; a save says which it saw."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="answers")
    question = models.CharField("question", max_length=60)
    row = models.CharField("ligne", max_length=36, blank=True)
    column = models.CharField("colonne", max_length=60, blank=True)
    value = models.JSONField("valeur", null=True)
    version = models.PositiveIntegerField("version", default=1)
    saved_at = models.DateTimeField("enregistrée le")
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "réponse"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="answer_once", fields=["dossier", "question", "row", "column"]),
        ]

    def __str__(self) -> str:
        return f"{self.question} (version {self.version})"


class Attachment(models.Model):
    """A file deposited in answer to a question. Replaced or removed files stay, and stay in earlier versions."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="attachments")
    question = models.CharField("question", max_length=60)
    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="attachment")
    removed_at = models.DateTimeField("retiré le", null=True)
    replaced_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="replaced")

    class Meta:
        verbose_name = "pièce"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="attachment_replaced_is_removed", condition=Q(replaced_by=None) | Q(removed_at__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return self.document.filename


class DossierDataset(models.Model):
    """A dataset asked for, at the version that the call opens: the fact projected from the dataset question, less what
    its team agreed to do without (`evaluation.actions.answer_restriction`)."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="dossier_datasets")
    version = models.ForeignKey(DatasetVersion, on_delete=models.PROTECT, related_name="dossier_datasets")

    class Meta:
        verbose_name = "base demandée"
        verbose_name_plural = "bases demandées"
        ordering = ["version__dataset__code"]
        constraints = [models.UniqueConstraint(name="dossier_dataset_once", fields=["dossier", "version"])]

    def __str__(self) -> str:
        return str(self.version)


class DossierVersion(models.Model):
    """A submission, frozen: canonical JSON of the answers and of the fingerprints of files, and its own fingerprint.

    Nobody here submitted one that was imported: it has no receipt of ours.
    """

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField("dépôt n°")
    content = models.TextField("contenu")
    sha256 = models.CharField("empreinte SHA-256", max_length=64)
    submitted_at = models.DateTimeField("déposé le")
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField("repris le", null=True)
    pdf = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    receipt = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "copie figée du dépôt"
        verbose_name_plural = "copies figées des dépôts"
        ordering = ["dossier", "number"]
        constraints = [
            models.UniqueConstraint(name="dossier_version_number", fields=["dossier", "number"]),
            models.UniqueConstraint(name="one_version_stands", fields=["dossier"], condition=Q(withdrawn_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.dossier.ref}, dépôt n° {self.number}"

    @property
    def came_from(self) -> str:
        """Who deposited it, in words: somebody here, or the démarche that it was imported from."""
        return str(self.submitted_by) if self.submitted_by else "Démarches Simplifiées"

    @property
    def is_imported(self) -> bool:
        """Whether nobody here deposited it."""
        return self.submitted_by_id is None
