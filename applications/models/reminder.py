"""Reminder: that the team of a draft is reminded of its closing, once for each mark."""

from django.db import models

from .dossier import Dossier


class Reminder(models.Model):
    """The reminder of `days` before the closing on `closes_on`. A later closing has reminders of its own."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="reminders")
    days = models.PositiveSmallIntegerField("jours avant")
    closes_on = models.DateField("jour de clôture")
    decided_at = models.DateTimeField("décidé le")

    class Meta:
        verbose_name = "rappel"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(name="reminder_once", fields=["dossier", "days", "closes_on"])]

    def __str__(self) -> str:
        return f"{self.dossier.ref}, {self.days} jours avant le {self.closes_on.isoformat()}"
