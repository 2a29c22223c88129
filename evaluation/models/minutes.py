"""The minutes of a jury: all that its ranking was computed from, frozen with its decisions."""

from django.db import models

from ami_portal.documents.models import Document

from .decisions import Session


class Minutes(models.Model):
    """The minutes of one session: `content` is frozen with the decisions, `document` is rendered from it by a job."""

    session = models.OneToOneField(Session, on_delete=models.PROTECT, related_name="minutes", verbose_name="séance")
    content = models.TextField("données")
    sha256 = models.CharField("empreinte", max_length=64)
    frozen_at = models.DateTimeField("arrêté le")
    document = models.OneToOneField(Document, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "procès-verbal"
        verbose_name_plural = "procès-verbaux"
        ordering = ["-frozen_at"]

    def __str__(self) -> str:
        return f"Procès-verbal du jury de {self.session.ref}"
