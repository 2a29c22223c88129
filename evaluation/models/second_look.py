"""The one time that staff ask a partner to look at its opinion again, and the opinion that it had given."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from evaluation.enums import LookKind

from .opinions import Opinion


class SecondLook(models.Model):
    """Why a partner is asked again, and its `first` opinion by column (`SAID`), kept and shown.

    The opinion's own columns are then those of the second: it is the one that decides.
    """

    opinion = models.OneToOneField(
        Opinion, on_delete=models.PROTECT, related_name="second_look", verbose_name="avis à revoir"
    )
    kind = models.CharField("nature", max_length=20, choices=LookKind)
    reason = models.TextField("motif de la demande")
    asked_at = models.DateTimeField("demandé le")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    first = models.JSONField("premier avis")
    first_given_at = models.DateTimeField("premier avis rendu le")
    first_given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "réexamen d’un avis"
        verbose_name_plural = "réexamens d’avis"
        ordering = ["opinion"]
        constraints = [models.CheckConstraint(name="second_look_has_a_reason", condition=~Q(reason=""))]

    def __str__(self) -> str:
        return f"{self.opinion}, réexamen"

    def first_opinion(self) -> Opinion:
        """The first opinion as one that is read, not saved."""
        return Opinion(**self.first, dossier=self.opinion.dossier, dataset=self.opinion.dataset)
