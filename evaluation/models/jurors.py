"""What a juror says of themselves, for every call: where they work and worked, ORCID, when they are away."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class JurorProfile(models.Model):
    """A juror's ORCID, and when they last said that their profile is up to date. `version` counts its saves."""

    juror = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="juror_profile")
    orcid = models.CharField("ORCID", max_length=19, blank=True)
    version = models.PositiveIntegerField("version", default=0)
    said_at = models.DateTimeField("dit le")

    class Meta:
        verbose_name = "profil d’un membre du jury"
        verbose_name_plural = "profils des membres du jury"
        ordering = ["juror"]

    def __str__(self) -> str:
        return f"J{self.juror_id}"


class JurorStay(models.Model):
    """An organisation where a juror works, or worked in the last five years."""

    juror = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="juror_stays")
    name = models.CharField("organisme", max_length=200)
    siren = models.CharField("SIREN", max_length=9, blank=True)
    since = models.DateField("depuis le")
    until = models.DateField("jusqu’au", null=True)

    class Meta:
        verbose_name = "organisme d’un membre du jury"
        verbose_name_plural = "organismes d’un membre du jury"
        ordering = ["juror", F("until").desc(nulls_first=True), "-since", "name"]
        constraints = [
            models.CheckConstraint(name="stay_ends_after_it_begins", condition=Q(until=None) | Q(until__gte=F("since")))
        ]

    def __str__(self) -> str:
        return self.name


class Absence(models.Model):
    """Days, both included, on which a juror cannot review."""

    juror = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="juror_absences")
    first_on = models.DateField("du")
    last_on = models.DateField("au")

    class Meta:
        verbose_name = "absence"
        ordering = ["juror", "first_on"]
        constraints = [
            models.CheckConstraint(name="absence_ends_after_it_begins", condition=Q(last_on__gte=F("first_on")))
        ]

    def __str__(self) -> str:
        return f"J{self.juror_id}, du {self.first_on} au {self.last_on}"
