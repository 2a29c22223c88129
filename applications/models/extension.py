"""Extension: a later closing given to all, or to one dossier, with its reason. The public log of equal treatment."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from .call import Call
from .dossier import Dossier


class Extension(models.Model):
    """One decision to close later. Without `dossier` it holds for all; a row never changes and is never removed.

    The closing that counts is on the call and on the dossier (`Dossier.closes_at`): a row says how it came there.
    """

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="extensions", verbose_name="appel")
    dossier = models.ForeignKey(
        Dossier, on_delete=models.PROTECT, null=True, related_name="extensions", verbose_name="dossier"
    )
    closed_at = models.DateTimeField("clôture remplacée")
    closes_at = models.DateTimeField("nouvelle clôture")
    reason = models.TextField("motif publié")
    given_at = models.DateTimeField("décidée le")
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "prolongation"
        ordering = ["given_at", "pk"]
        constraints = [
            models.CheckConstraint(name="extension_is_later", condition=Q(closes_at__gt=F("closed_at"))),
            models.CheckConstraint(name="extension_has_a_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.dossier.ref if self.dossier else self.call.code} : {self.closes_at.isoformat()}"
