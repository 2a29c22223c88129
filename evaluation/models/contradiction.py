"""What a team is told of an unfavourable opinion before it takes effect, and what it answers."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from applications.models import Dossier
from evaluation.enums import ContradictionState

from .opinions import Opinion


class Contradiction(models.Model):
    """One opinion made known to the team that it refuses a dataset to. It refuses nothing before this is settled.

    `told` is what the team reads, frozen: the `reason` that the partner discloses, and for each of `parts` the `title`
    of the aspect, the call's `ground`, the `question` quoted and the `quote`.
    """

    opinion = models.ForeignKey(
        Opinion, on_delete=models.PROTECT, related_name="contradictions", verbose_name="avis communiqué"
    )
    number = models.PositiveSmallIntegerField("communication n°")
    state = models.CharField(
        "état", max_length=20, choices=ContradictionState, default=ContradictionState.OPENED, editable=False
    )
    told = models.JSONField("ce qui est communiqué")
    opened_at = models.DateTimeField("communiqué le")
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField("réponse attendue avant le")
    answer = models.TextField("réponse de l’équipe", blank=True)
    answered_at = models.DateTimeField("répondu le", null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField("motif de la suite", blank=True)
    ended_at = models.DateTimeField("terminé le", null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "avis communiqué au porteur"
        verbose_name_plural = "avis communiqués au porteur"
        ordering = ["opinion", "number"]
        constraints = [
            models.UniqueConstraint(name="contradiction_number", fields=["opinion", "number"]),
            models.UniqueConstraint(name="one_contradiction_stands", fields=["opinion"], condition=~Q(state="dropped")),
            models.CheckConstraint(name="contradiction_is_due_after_it_opens", condition=Q(due_at__gt=F("opened_at"))),
            models.CheckConstraint(
                name="contradiction_answer_is_whole",
                condition=Q(answer="", answered_at=None, answered_by=None)
                | ~Q(answer="") & Q(answered_at__isnull=False, answered_by__isnull=False),
            ),
            models.CheckConstraint(
                name="contradiction_ends_with_its_instant",
                condition=Q(state__in=["opened", "unanswered"], answered_at=None, ended_at=None, ended_by=None)
                | Q(state="answered", answered_at__isnull=False, ended_at=None, ended_by=None)
                | Q(state="effective", ended_at__isnull=False, ended_by__isnull=False) & ~Q(reason="")
                | Q(state="dropped", ended_at__isnull=False, ended_by__isnull=False),
            ),
        ]
        indexes = [models.Index(name="contradiction_running", fields=["due_at"], condition=Q(state="opened"))]

    def __str__(self) -> str:
        return f"{self.opinion}, communication n° {self.number}"

    @property
    def ref(self) -> str:
        """What the journal calls it."""
        return f"{self.opinion.ref}/contradiction-{self.number}"

    @property
    def dossier(self) -> Dossier:
        """The dossier whose team answers."""
        return self.opinion.dossier

    @property
    def parts(self) -> list[dict[str, Any]]:
        """The aspects refused, as they are told."""
        return list(self.told["parts"])
