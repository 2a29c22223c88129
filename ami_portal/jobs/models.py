"""Job: one piece of work to do after a change."""

from django.db import models
from django.db.models import Q


class Job(models.Model):
    """A named handler and its ids. Waiting while `done_at` is null; `due_at` moves forward after each failure."""

    name = models.CharField("nom", max_length=100)
    ids = models.JSONField("identifiants", default=dict)
    created_at = models.DateTimeField("créée le")
    due_at = models.DateTimeField("à faire dès")
    attempts = models.PositiveIntegerField("essais", default=0)
    last_error = models.TextField("dernière erreur", blank=True)
    done_at = models.DateTimeField("faite le", null=True)

    class Meta:
        verbose_name = "tâche de fond"
        verbose_name_plural = "tâches de fond"
        ordering = ["pk"]
        constraints = [models.CheckConstraint(name="job_has_a_name", condition=~Q(name=""))]
        indexes = [models.Index(name="job_waiting", fields=["due_at"], condition=Q(done_at=None))]

    def __str__(self) -> str:
        return f"{self.name} {self.ids}"
