"""Conflicts that the portal detects between a juror and a dossier, and what staff made of each."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from applications.models import Dossier
from evaluation.enums import ConflictKind, ConflictState


class Conflict(models.Model):
    """A conflict between a juror and a dossier: it blocks until staff lift it, even once its facts are gone.

    `key` is what it rests on (see `evaluation.conflicts`): the same facts make one row, for ever. A trigger keeps rows
    from being deleted, and what was found from being rewritten.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="conflicts", verbose_name="dossier")
    juror = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="conflicts", verbose_name="membre du jury"
    )
    kind = models.CharField("nature", max_length=20, choices=ConflictKind)
    path = models.TextField("chemin")
    key = models.CharField("faits", max_length=64)
    detected_at = models.DateTimeField("constaté le")
    state = models.CharField("état", max_length=20, choices=ConflictState, default=ConflictState.DETECTED)
    ruled_at = models.DateTimeField("tranché le", null=True)

    class Meta:
        verbose_name = "conflit constaté"
        verbose_name_plural = "conflits constatés"
        ordering = ["detected_at", "pk"]
        constraints = [
            models.UniqueConstraint(name="conflict_once", fields=["dossier", "juror", "key"]),
            models.CheckConstraint(
                name="conflict_detected_iff_not_ruled",
                condition=Q(state="detected", ruled_at=None) | ~Q(state="detected") & Q(ruled_at__isnull=False),
            ),
        ]
        indexes = [models.Index(name="conflict_of_juror", fields=["juror", "dossier", "state"])]

    def __str__(self) -> str:
        return self.path

    @property
    def ref(self) -> str:
        """What the journal calls it: the dossier's reference and the juror's number, never a name."""
        return f"{self.dossier.ref}/J{self.juror_id}"


class ConflictRuling(models.Model):
    """What staff made of a conflict, and why; a trigger keeps every one."""

    conflict = models.ForeignKey(Conflict, on_delete=models.PROTECT, related_name="rulings")
    state = models.CharField("suite", max_length=20, choices=ConflictState)
    reason = models.TextField("motif")
    ruled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ruled_at = models.DateTimeField("tranché le")

    class Meta:
        verbose_name = "suite d’un conflit"
        verbose_name_plural = "suites d’un conflit"
        ordering = ["-ruled_at", "-pk"]
        constraints = [models.CheckConstraint(name="conflict_ruling_has_a_reason", condition=~Q(reason=""))]

    def __str__(self) -> str:
        return f"{self.conflict.ref} : {self.get_state_display()}"
