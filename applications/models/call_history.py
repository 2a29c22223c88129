"""What became of a call: the files it was loaded from, the dates that moved, the regulations that were in force."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from .call import Call


class CallLoad(models.Model):
    """The call as one file described it, whole. The last row is what the file said before the portal was used: whatever
    differs from it now was changed in the portal."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="loads")
    content = models.TextField("contenu")
    sha256 = models.CharField("empreinte", max_length=64)
    loaded_at = models.DateTimeField("chargé le")
    loaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "chargement d’un appel"
        verbose_name_plural = "chargements des appels"
        ordering = ["call", "pk"]

    def __str__(self) -> str:
        return f"{self.call.code}, {self.loaded_at.isoformat()}"


class CalendarMove(models.Model):
    """A date of the calendar that moved: which, from and to, when it was decided, by whom, why. Everybody reads it.

    `date` is its name in the file (« closes_at », « steps.jury.ends_on »); `before` and `after` are ISO texts.
    """

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="moves")
    date = models.CharField("date", max_length=80)
    before = models.CharField("avant", max_length=40, blank=True)
    after = models.CharField("après", max_length=40)
    decided_at = models.DateTimeField("décidé le")
    by = models.CharField("par", max_length=200)
    reason = models.TextField("motif")

    class Meta:
        verbose_name = "date déplacée"
        verbose_name_plural = "dates déplacées"
        ordering = ["decided_at", "pk"]
        constraints = [
            models.UniqueConstraint(name="calendar_move_once", fields=["call", "date", "decided_at"]),
            models.CheckConstraint(name="calendar_move_has_a_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.call.code}, {self.date} : {self.after}"

    @property
    def instants(self) -> tuple[dt.datetime, dt.datetime]:
        """Before and after, for a date that is an instant."""
        before, after = (dt.datetime.fromisoformat(text) for text in (self.before or self.after, self.after))
        return before, after


class RegulationVersion(models.Model):
    """The financial regulation of a call as it was, under one version: what deposits and conventions refer to."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="regulations")
    version = models.CharField("version", max_length=40)
    content = models.JSONField("contenu")
    sha256 = models.CharField("empreinte", max_length=64)
    in_force_from = models.DateTimeField("en vigueur depuis")

    class Meta:
        verbose_name = "règlement financier"
        verbose_name_plural = "règlements financiers"
        ordering = ["call", "in_force_from", "pk"]
        constraints = [models.UniqueConstraint(name="regulation_version_once", fields=["call", "version"])]

    def __str__(self) -> str:
        return f"{self.call.code}, règlement {self.version}"

    @classmethod
    def content_of(cls, call: Call, version: str) -> dict[str, Any]:
        """The regulation of a call under one version; the present one for a version that was not kept."""
        row = cls.objects.filter(call=call, version=version).first() if version != call.regulation_version else None
        content: dict[str, Any] = row.content if row else call.regulation
        return content
