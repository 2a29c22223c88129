"""A request for completion: the points of a deposit that its team may change, and until when."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from ami_portal.kernel import clock
from applications.enums import CompletionOutcome

from .dossier import Dossier, DossierVersion


class CompletionRequest(models.Model):
    """What the operator asks about one deposit (`version`), and what came of it; `answer` is the deposit that replies.

    While it runs, `due_at` is also on the dossier, where every save reads it.
    """

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="completions", verbose_name="dossier")
    number = models.PositiveIntegerField("demande n°")
    version = models.ForeignKey(
        DossierVersion, on_delete=models.PROTECT, related_name="completions", verbose_name="dépôt en cause"
    )
    asked_at = models.DateTimeField("demandée le")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField("réponse attendue avant le")
    ended_at = models.DateTimeField("terminée le", null=True)
    outcome = models.CharField("suite", max_length=20, choices=CompletionOutcome, blank=True)
    reason = models.TextField("motif du retrait", blank=True)
    answer = models.OneToOneField(
        DossierVersion, on_delete=models.PROTECT, null=True, related_name="completion", verbose_name="réponse"
    )

    class Meta:
        verbose_name = "demande de complément"
        verbose_name_plural = "demandes de complément"
        ordering = ["dossier", "number"]
        constraints = [
            models.UniqueConstraint(name="completion_number", fields=["dossier", "number"]),
            models.UniqueConstraint(name="one_completion_runs", fields=["dossier"], condition=Q(ended_at=None)),
            models.CheckConstraint(name="completion_is_due_after_it_is_asked", condition=Q(due_at__gt=F("asked_at"))),
            models.CheckConstraint(
                name="completion_ends_with_its_outcome",
                condition=Q(ended_at=None, outcome="") | Q(ended_at__isnull=False) & ~Q(outcome=""),
            ),
            models.CheckConstraint(
                name="completion_answered_by_a_deposit",
                condition=Q(outcome="answered", answer__isnull=False) | ~Q(outcome="answered") & Q(answer=None),
            ),
        ]
        indexes = [models.Index(name="completion_running", fields=["due_at"], condition=Q(ended_at=None))]

    def __str__(self) -> str:
        return f"{self.dossier.ref}, demande de complément n° {self.number}"

    @property
    def due_on(self) -> dt.date:
        """The last day, in Paris, on which a reply is received."""
        return clock.paris(self.due_at - dt.timedelta.resolution).date()


class CompletionPoint(models.Model):
    """One question that may change, in the words of the deposit, and what is asked about it."""

    request = models.ForeignKey(CompletionRequest, on_delete=models.PROTECT, related_name="points")
    question = models.CharField("question", max_length=60)
    label = models.TextField("intitulé")
    reason = models.TextField("ce qui est demandé")

    class Meta:
        verbose_name = "point à compléter"
        verbose_name_plural = "points à compléter"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="completion_point_once", fields=["request", "question"]),
            models.CheckConstraint(name="completion_point_has_a_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return self.label
