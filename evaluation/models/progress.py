"""How far the reviews of a call are, a row a dossier and a row a juror: a page of the latest is a slice of an index."""

from django.conf import settings
from django.db import models

from applications.models import Call, Dossier


class DossierProgress(models.Model):
    """The reviews of one dossier, projected from its rows by `actions.progress.refresh_progress` and never edited.

    `waits_since` is when the oldest of those that are not submitted was entrusted; empty when none is missing. `score`
    is the mean of those submitted, over 100.
    """

    dossier = models.OneToOneField(Dossier, on_delete=models.CASCADE, related_name="progress")
    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="+", verbose_name="appel")
    entrusted = models.PositiveSmallIntegerField("confiées", default=0)
    submitted = models.PositiveSmallIntegerField("remises", default=0)
    waits_since = models.DateTimeField("attend depuis", null=True)
    score = models.DecimalField("moyenne sur 100", max_digits=5, decimal_places=2, null=True)

    class Meta:
        verbose_name = "avancement d’un dossier"
        verbose_name_plural = "avancement des dossiers"
        ordering = [models.F("waits_since").asc(nulls_last=True), "pk"]
        indexes = [models.Index(name="progress_of_call", fields=["call", "waits_since", "id"])]

    def __str__(self) -> str:
        return f"{self.dossier.ref} : {self.submitted} sur {self.entrusted}"


class JurorProgress(models.Model):
    """The same for what one juror was entrusted with in one call."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="+", verbose_name="appel")
    juror = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    to_declare = models.PositiveSmallIntegerField("à déclarer", default=0)
    draft = models.PositiveSmallIntegerField("en cours", default=0)
    submitted = models.PositiveSmallIntegerField("remises", default=0)
    aside = models.PositiveSmallIntegerField("déports et remplacements", default=0)
    waits_since = models.DateTimeField("attend depuis", null=True)

    class Meta:
        verbose_name = "avancement d’un membre du jury"
        verbose_name_plural = "avancement des membres du jury"
        ordering = [models.F("waits_since").asc(nulls_last=True), "pk"]
        constraints = [models.UniqueConstraint(name="juror_progress_once", fields=["call", "juror"])]

    def __str__(self) -> str:
        return f"{self.call.code}/J{self.juror_id} : {self.submitted} sur {self.entrusted}"

    @property
    def entrusted(self) -> int:
        """What still counts on them."""
        return self.to_declare + self.draft + self.submitted

    @property
    def missing(self) -> int:
        """What is not submitted."""
        return self.to_declare + self.draft
