"""AuditEvent and the head of its chain."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class AuditHead(models.Model):
    """One row: the last event's number and hash. Its lock makes the chain of events one line."""

    number = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, default="0" * 64)


class AuditEvent(models.Model):
    """Who did what to what, when. Never changed, never deleted; each event carries the hash of the one before."""

    number = models.PositiveBigIntegerField("numéro", unique=True)
    at = models.DateTimeField("instant")
    verb = models.CharField("acte", max_length=60)
    subject = models.CharField("objet", max_length=80, db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="auteur"
    )
    before = models.CharField("état avant", max_length=30, blank=True)
    after = models.CharField("état après", max_length=30, blank=True)
    data = models.JSONField("précisions", default=dict)
    previous_sha256 = models.CharField("empreinte précédente", max_length=64)
    sha256 = models.CharField("empreinte", max_length=64, unique=True)

    class Meta:
        verbose_name = "événement"
        verbose_name_plural = "journal"
        ordering = ["number"]
        constraints = [models.CheckConstraint(name="audit_event_has_a_verb", condition=~Q(verb=""))]

    def __str__(self) -> str:
        return f"{self.number} {self.verb} {self.subject}"
