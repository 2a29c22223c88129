"""Remark: what a laureate asks or proposes on an article, and what the operator answers."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from funding.enums import RemarkKind, RemarkOutcome, RemarkState

from .convention import Convention
from .texts import AgreementText


class Remark(models.Model):
    """A question on one article of the version that was read, or a proposal of its text with the reason for it."""

    convention = models.ForeignKey(Convention, on_delete=models.PROTECT, related_name="remarks")
    number = models.PositiveIntegerField("n°")
    text = models.ForeignKey(AgreementText, on_delete=models.PROTECT, related_name="remarks")
    article = models.CharField("article", max_length=40)
    kind = models.CharField("nature", max_length=20, choices=RemarkKind)
    proposed = models.TextField("texte proposé", blank=True)
    words = models.TextField("question ou motif")
    state = models.CharField("état", max_length=20, choices=RemarkState, default=RemarkState.OPEN, editable=False)
    made_at = models.DateTimeField("faite le")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField("suite", max_length=20, choices=RemarkOutcome, blank=True)
    answer = models.TextField("réponse", blank=True)
    answered_at = models.DateTimeField("répondue le", null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "remarque sur une convention"
        verbose_name_plural = "remarques sur les conventions"
        ordering = ["convention", "number"]
        indexes = [models.Index(name="remark_queue", fields=["state", "convention"])]
        constraints = [
            models.UniqueConstraint(name="remark_number", fields=["convention", "number"]),
            models.CheckConstraint(
                name="remark_proposes_iff_change",
                condition=Q(kind="change") & ~Q(proposed="") | Q(kind="question", proposed=""),
            ),
            models.CheckConstraint(
                name="remark_answered_iff_dated",
                condition=Q(state="open", answered_at=None, answered_by=None, outcome="")
                | Q(state="answered", answered_at__isnull=False, answered_by__isnull=False) & ~Q(outcome=""),
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def ref(self) -> str:
        """What the journal calls it: the convention's reference and the remark's number."""
        return f"{self.convention.ref}/R{self.number}"
