"""FormRevision: a form as it was published, immutable."""

from functools import cached_property

from django.db import models

from . import form as forms


class FormRevision(models.Model):
    """One published form. `definition` is the mapping read by `form.parse`; an edit makes another revision."""

    code = models.CharField("code", max_length=60)
    number = models.PositiveIntegerField("révision", default=1)
    definition = models.JSONField("définition")
    sha256 = models.CharField("empreinte", max_length=64)
    published_at = models.DateTimeField("publié le")

    class Meta:
        verbose_name = "révision de formulaire"
        verbose_name_plural = "révisions de formulaires"
        ordering = ["code", "number"]
        constraints = [models.UniqueConstraint(name="form_revision_number", fields=["code", "number"])]

    def __str__(self) -> str:
        return f"{self.code} (révision {self.number})"

    @cached_property
    def form(self) -> forms.Form:
        """The definition as objects."""
        return forms.parse(self.definition)
