"""A submitted review that is taken up again: who asked, who granted, and what it said before, kept for good."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from .jury import Review


class Reopening(models.Model):
    """One reopening of a review, asked for by its juror or decided by the secretary.

    `is_granted` is empty while a request waits. Granted, `content` is the review as it was submitted (marks by
    « heading.point »), and `others` how many other reviews of the dossier its juror could read at that instant.
    """

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="reopenings")
    number = models.PositiveSmallIntegerField("n°")
    request = models.TextField("motif de la demande", blank=True)
    asked_at = models.DateTimeField("demandée le", null=True)
    is_granted = models.BooleanField("accordée", null=True)
    reason = models.TextField("motif", blank=True)
    decided_at = models.DateTimeField("décidée le", null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField("remise une première fois le", null=True)
    content = models.JSONField("évaluation d’avant", default=dict)
    others = models.PositiveSmallIntegerField("autres évaluations lisibles", default=0)

    class Meta:
        verbose_name = "réouverture"
        ordering = ["review", "number"]
        constraints = [
            models.UniqueConstraint(name="reopening_number", fields=["review", "number"]),
            models.UniqueConstraint(name="one_reopening_waits", fields=["review"], condition=Q(is_granted=None)),
            models.CheckConstraint(
                name="reopening_decided_with_a_reason",
                condition=Q(is_granted=None, decided_at=None, decided_by=None, asked_at__isnull=False)
                | Q(is_granted__isnull=False, decided_at__isnull=False, decided_by__isnull=False) & ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="reopening_keeps_what_was_submitted",
                condition=~Q(is_granted=True) | Q(submitted_at__isnull=False) & ~Q(content={}),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.review.ref}, réouverture n° {self.number}"
