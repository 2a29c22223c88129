"""The proposal to a team to go on without the datasets that their partners refuse, and what it answered."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from applications.models import Dossier
from datasets.models import Dataset
from evaluation.enums import RestrictionState


class Restriction(models.Model):
    """What the staff asks of the team of one dossier: whether its project stands without `datasets`.

    While it runs, `due_at` is also on the dossier, where its team's pages read it.
    """

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="restrictions", verbose_name="dossier")
    number = models.PositiveSmallIntegerField("proposition n°")
    datasets = models.ManyToManyField(Dataset, related_name="+", verbose_name="bases refusées")
    state = models.CharField(
        "état", max_length=20, choices=RestrictionState, default=RestrictionState.ASKED, editable=False
    )
    reason = models.TextField("motif de la proposition")
    asked_at = models.DateTimeField("faite le")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField("réponse attendue avant le")
    ended_at = models.DateTimeField("terminée le", null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    answer = models.TextField("mot de l’équipe, ou motif du retrait", blank=True)

    class Meta:
        verbose_name = "restriction du périmètre"
        verbose_name_plural = "restrictions du périmètre"
        ordering = ["dossier", "number"]
        constraints = [
            models.UniqueConstraint(name="restriction_number", fields=["dossier", "number"]),
            models.UniqueConstraint(name="one_restriction_runs", fields=["dossier"], condition=Q(state="asked")),
            models.CheckConstraint(name="restriction_has_a_reason", condition=~Q(reason="")),
            models.CheckConstraint(name="restriction_is_due_after_it_is_asked", condition=Q(due_at__gt=F("asked_at"))),
            models.CheckConstraint(
                name="restriction_ends_with_its_instant",
                condition=Q(state="asked", ended_at=None, ended_by=None)
                | Q(state="unanswered", ended_at__isnull=False, ended_by=None)
                | Q(state__in=["accepted", "declined", "withdrawn"], ended_at__isnull=False, ended_by__isnull=False),
            ),
        ]
        indexes = [models.Index(name="restriction_running", fields=["due_at"], condition=Q(state="asked"))]

    def __str__(self) -> str:
        return f"{self.dossier.ref}, restriction n° {self.number}"

    @property
    def ref(self) -> str:
        """What the journal calls it."""
        return f"{self.dossier.ref}/restriction-{self.number}"
