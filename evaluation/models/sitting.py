"""The sitting of a jury: who is in the room and when, which dossier is being heard, who left for it, what is voted."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from applications.models import Dossier

from .decisions import Session


class Attendance(models.Model):
    """One stay of a member of the jury in the room of the session; still there while `left_at` is None."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="attendance")
    juror = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    arrived_at = models.DateTimeField("arrivée")
    left_at = models.DateTimeField("départ", null=True)

    class Meta:
        verbose_name = "présence"
        ordering = ["arrived_at", "pk"]
        constraints = [
            models.UniqueConstraint(name="in_the_room_once", fields=["session", "juror"], condition=Q(left_at=None)),
            models.CheckConstraint(
                name="left_after_arriving", condition=Q(left_at=None) | Q(left_at__gte=F("arrived_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session.ref}/J{self.juror_id}"


class Hearing(models.Model):
    """A dossier while the jury deliberates on it, one at a time; it may be heard again. Nothing of it is on the shared
    screen before `opened_at`."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="hearings")
    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="hearings")
    opened_at = models.DateTimeField("appelé le")
    closed_at = models.DateTimeField("quitté le", null=True)

    class Meta:
        verbose_name = "examen en séance"
        verbose_name_plural = "examens en séance"
        ordering = ["opened_at", "pk"]
        constraints = [
            models.UniqueConstraint(name="one_dossier_at_a_time", fields=["session"], condition=Q(closed_at=None))
        ]

    def __str__(self) -> str:
        return self.dossier.ref


class Departure(models.Model):
    """A member who stands aside from a dossier, seen out of the room by the secretary before it was opened."""

    hearing = models.ForeignKey(Hearing, on_delete=models.PROTECT, related_name="departures")
    juror = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    left_at = models.DateTimeField("sortie")

    class Meta:
        verbose_name = "sortie pour déport"
        verbose_name_plural = "sorties pour déport"
        ordering = ["left_at", "pk"]
        constraints = [models.UniqueConstraint(name="out_once_a_hearing", fields=["hearing", "juror"])]

    def __str__(self) -> str:
        return f"{self.hearing}/J{self.juror_id}"
