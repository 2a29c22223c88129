"""What the people of a partner write of an opinion before one of them signs it."""

from django.conf import settings
from django.db import models

from .opinions import Opinion


class OpinionDraft(models.Model):
    """The text that they share, read by nobody else. It is gone once the opinion is signed. `version` counts the saves,
    so that nobody writes over what they have not read."""

    opinion = models.OneToOneField(Opinion, on_delete=models.CASCADE, related_name="draft")
    said = models.JSONField("texte")
    version = models.PositiveIntegerField("version", default=1)
    saved_at = models.DateTimeField("enregistré le")
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "brouillon d’avis"
        verbose_name_plural = "brouillons d’avis"
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.opinion.ref} : brouillon"
