"""FormRevision: a form as it was published, immutable."""

from django.db import models

from . import form as forms

_parsed: dict[str, forms.Form] = {}  # by fingerprint: a form is read once a process, not once a request


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

    @property
    def form(self) -> forms.Form:
        """The definition as objects. `definition` may be left out of a query: it is read only the first time."""
        if self.sha256 not in _parsed:
            _parsed[self.sha256] = forms.parse(self.definition)
        return _parsed[self.sha256]
