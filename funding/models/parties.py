"""The parties around a grant, each with its own role, and the agreement between those of a consortium."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from ami_portal.documents.models import Document
from funding.enums import PartyRole

from .convention import Convention


class GrantParty(models.Model):
    """Who manages, who signs, who is a partner. A person who signs by delegation has its document and its last day."""

    convention = models.ForeignKey(Convention, on_delete=models.PROTECT, related_name="parties")
    number = models.PositiveIntegerField("n°")
    role = models.CharField("rôle", max_length=20, choices=PartyRole)
    name = models.CharField("nom", max_length=200)
    organisation = models.CharField("organisme", max_length=200, blank=True)
    siret = models.CharField("SIRET", max_length=14, blank=True)
    delegation = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    delegation_until = models.DateField("délégation valable jusqu’au", null=True)
    named_at = models.DateTimeField("nommé le")
    named_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField("remplacé le", null=True)

    class Meta:
        verbose_name = "partie à la convention"
        verbose_name_plural = "parties à la convention"
        ordering = ["convention", "number"]
        constraints = [
            models.UniqueConstraint(name="party_number", fields=["convention", "number"]),
            models.UniqueConstraint(
                name="party_stands_once",
                fields=["convention", "role"],
                condition=Q(role__in=["science_lead", "manager", "signatory"], ended_at=None),
            ),
            models.CheckConstraint(
                name="delegation_is_of_a_signatory",
                condition=Q(delegation=None, delegation_until=None)
                | Q(role="signatory", delegation__isnull=False, delegation_until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.convention.ref}, {self.get_role_display()}"


class ConsortiumAgreement(models.Model):
    """The agreement of a consortium as it was sent; the last one counts."""

    convention = models.ForeignKey(Convention, on_delete=models.PROTECT, related_name="consortium_agreements")
    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField("envoyé le")
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "accord de consortium"
        verbose_name_plural = "accords de consortium"
        ordering = ["convention", "pk"]

    def __str__(self) -> str:
        return f"Accord de consortium de {self.convention.ref}"
