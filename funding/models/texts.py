"""The template of a call's conventions, version after version; the texts of one convention, in the same way."""

from typing import Any

from django.conf import settings
from django.db import models

from applications.models import Call

from .convention import Convention


class ConventionTemplate(models.Model):
    """The articles that a call's file gave its conventions, kept when they were first used; never changed."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="convention_templates")
    number = models.PositiveIntegerField("n°")
    articles = models.JSONField("articles")
    sha256 = models.CharField("empreinte", max_length=64)
    since = models.DateTimeField("employé depuis le")

    class Meta:
        verbose_name = "modèle de convention"
        verbose_name_plural = "modèles de convention"
        ordering = ["call", "number"]
        constraints = [
            models.UniqueConstraint(name="convention_template_number", fields=["call", "number"]),
            models.UniqueConstraint(name="convention_template_once", fields=["call", "sha256"]),
        ]

    def __str__(self) -> str:
        return f"{self.call.code}, modèle n° {self.number}"


class AgreementText(models.Model):
    """One version of a convention's text: `articles` as {code, title, text}. Never changed: a change is a version."""

    convention = models.ForeignKey(Convention, on_delete=models.PROTECT, related_name="texts")
    number = models.PositiveIntegerField("version")
    articles = models.JSONField("articles")
    sha256 = models.CharField("empreinte", max_length=64)
    note = models.TextField("ce qui change", blank=True)
    written_at = models.DateTimeField("écrite le")
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "texte de convention"
        verbose_name_plural = "textes de conventions"
        ordering = ["convention", "number"]
        constraints = [models.UniqueConstraint(name="agreement_text_number", fields=["convention", "number"])]

    def __str__(self) -> str:
        return f"{self.convention.ref}, version {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write a new version. Raises ValueError for one that is there already."""
        if not self._state.adding:
            raise ValueError("a version of a text is never changed")
        super().save(*args, **kwargs)
