"""The ranking of a session, as a job computed it last."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from .decisions import Session


class Ranking(models.Model):
    """What `evaluation.standing` makes of a session; pages read it, and compute nothing.

    `content` is a standing as data, empty until the first answer; `seen` is the mark of what it was computed from, so
    that a page can say that a review came since.
    """

    session = models.OneToOneField(Session, on_delete=models.CASCADE, related_name="ranking", verbose_name="session")
    asked_at = models.DateTimeField("demandé le")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    computed_at = models.DateTimeField("calculé le", null=True)
    seen = models.CharField("calculé d’après", max_length=200, blank=True)
    content = models.JSONField("classement", default=dict)

    class Meta:
        verbose_name = "classement"
        verbose_name_plural = "classements"
        ordering = ["session"]
        constraints = [
            models.CheckConstraint(
                name="ranking_computed_iff_seen",
                condition=Q(computed_at=None, seen="") | Q(computed_at__isnull=False) & ~Q(seen=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session.ref} : classement"

    @property
    def is_computing(self) -> bool:
        """Whether an answer is awaited."""
        return self.computed_at is None or self.computed_at < self.asked_at
