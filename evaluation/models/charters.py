"""The charter of a call's jury, version after version, who accepted which, and who was invited."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from applications.models import Call
from evaluation.enums import InvitationState


class Charter(models.Model):
    """A text of a call's charter, from the instant it was loaded until another replaced it."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="charters")
    sha256 = models.CharField("empreinte", max_length=64)
    text = models.TextField("texte")
    since = models.DateTimeField("en vigueur depuis")
    replaced_at = models.DateTimeField("remplacée le", null=True)

    class Meta:
        verbose_name = "charte du jury"
        verbose_name_plural = "chartes du jury"
        ordering = ["call", "-since"]
        constraints = [
            models.UniqueConstraint(name="charter_in_force_once", fields=["call"], condition=Q(replaced_at=None))
        ]

    def __str__(self) -> str:
        return f"{self.call.code}, {self.sha256[:8]}"


class CharterAcceptance(models.Model):
    """That a juror accepted this very text, and when. A trigger keeps it."""

    charter = models.ForeignKey(Charter, on_delete=models.PROTECT, related_name="acceptances")
    juror = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="charter_acceptances")
    accepted_at = models.DateTimeField("acceptée le")

    class Meta:
        verbose_name = "charte acceptée"
        verbose_name_plural = "chartes acceptées"
        ordering = ["-accepted_at"]
        constraints = [models.UniqueConstraint(name="charter_accepted_once", fields=["charter", "juror"])]

    def __str__(self) -> str:
        return f"{self.charter}/J{self.juror_id}"


class JuryInvitation(models.Model):
    """Somebody invited to a call's jury, by their address, whether or not they have an account.

    `known` is what the secretary knew of them, and the conflicts were looked for with: `orcid`, and `stays` as rows of
    name, siren, since, until.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="jury_invitations")
    email = models.EmailField("adresse électronique")
    first_name = models.CharField("prénom", max_length=100)
    last_name = models.CharField("nom", max_length=100)
    known = models.JSONField("ce que l’on sait de la personne", default=dict)
    state = models.CharField("état", max_length=20, choices=InvitationState, default=InvitationState.WAITING)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField("invité le")
    answered_at = models.DateTimeField("répondu le", null=True)
    answer = models.TextField("mot de la personne", blank=True)

    class Meta:
        verbose_name = "invitation au jury"
        verbose_name_plural = "invitations au jury"
        ordering = ["-invited_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="jury_invitation_once",
                fields=["call", "email"],
                condition=Q(state__in=["invited", "accepted"]),
            ),
            models.CheckConstraint(
                name="jury_invitation_answered_iff_dated",
                condition=Q(state="invited", answered_at=None) | ~Q(state="invited") & Q(answered_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.get_full_name()

    @property
    def ref(self) -> str:
        """What the journal calls it: no name, no address."""
        return f"{self.call.code}/invitation-{self.pk}"

    def get_full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()
