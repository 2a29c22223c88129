"""What the assignment of a call's jury knows of its jurors, what staff want of it, and what it proposes."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from applications.models import Call, Dossier
from evaluation.enums import ProposalState, WishKind

from .decisions import Session


class Seat(models.Model):
    """What one juror brings to a call's jury: fields and profiles, by the call's codes; bounds of their own, or its;
    `offered` is the most that the juror says they can review."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="seats")
    juror = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="seats")
    fields = models.JSONField("domaines", default=list)
    profiles = models.JSONField("profils", default=list)
    least = models.PositiveSmallIntegerField("dossiers au moins", null=True)
    most = models.PositiveSmallIntegerField("dossiers au plus", null=True)
    offered = models.PositiveSmallIntegerField("dossiers au plus, d’après la personne", null=True)

    class Meta:
        verbose_name = "siège au jury"
        verbose_name_plural = "sièges au jury"
        ordering = ["call", "juror"]
        constraints = [models.UniqueConstraint(name="seat_once", fields=["call", "juror"])]

    def __str__(self) -> str:
        return f"{self.call.code}/J{self.juror_id}"


class Wish(models.Model):
    """A pair that staff want, or do not want, in the assignment."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="wishes")
    juror = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="wishes")
    kind = models.CharField("souhait", max_length=20, choices=WishKind)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField("dit le")

    class Meta:
        verbose_name = "souhait d’affectation"
        verbose_name_plural = "souhaits d’affectation"
        ordering = ["dossier", "juror"]
        constraints = [models.UniqueConstraint(name="wish_once", fields=["dossier", "juror"])]

    def __str__(self) -> str:
        return f"{self.dossier.ref}/J{self.juror_id}"


class Proposal(models.Model):
    """An assignment asked of the solver: its answer, or what blocks. Nobody is entrusted with anything before staff
    apply it.

    `pairs` are [reference, juror's number, match]; `blocking` the rules that cannot be kept together, in words.
    """

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="proposals")
    number = models.PositiveIntegerField("n°")
    state = models.CharField("état", max_length=20, choices=ProposalState, default=ProposalState.COMPUTING)
    keeps = models.BooleanField("change le moins possible la précédente", default=False)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField("demandée le")
    solved_at = models.DateTimeField("calculée le", null=True)
    applied_at = models.DateTimeField("appliquée le", null=True)
    pairs = models.JSONField("paires", default=list)
    blocking = models.JSONField("règles qui bloquent", default=list)

    class Meta:
        verbose_name = "proposition d’affectation"
        verbose_name_plural = "propositions d’affectation"
        ordering = ["session", "-number"]
        constraints = [
            models.UniqueConstraint(name="proposal_number", fields=["session", "number"]),
            models.CheckConstraint(
                name="proposal_computing_iff_not_solved",
                condition=Q(state="computing", solved_at=None) | ~Q(state="computing") & Q(solved_at__isnull=False),
            ),
            models.CheckConstraint(
                name="proposal_applied_iff_dated",
                condition=Q(state="applied", applied_at__isnull=False) | ~Q(state="applied") & Q(applied_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session.ref}, proposition {self.number}"

    def answered_before(self) -> "Proposal | None":
        """The last proposal before this one that has pairs."""
        earlier = Proposal.objects.filter(session=self.session_id, number__lt=self.number)
        return earlier.exclude(pairs=[]).order_by("-number").first()
