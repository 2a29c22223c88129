"""The opinion of a dataset's partner on one submission."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from applications.models import Dossier
from datasets.models import Dataset
from evaluation.enums import OpinionState, Ruling, Stance

SAID = (
    *("neutrality", "neutrality_ground", "neutrality_reason", "neutrality_question", "neutrality_quote"),
    *("feasibility", "feasibility_ground", "feasibility_reason", "feasibility_question", "feasibility_quote"),
    "disclosed_reason",
)
"""The columns that the partner fills."""
RULED = ("ruling", "ruling_reason", "ruled_at", "ruled_by")
"""What staff decided of an advisory opinion: gone with the opinion that it is about."""


class Opinion(models.Model):
    """What one partner says of neutrality and of scientific feasibility, for one dataset asked for."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="opinions", verbose_name="dossier")
    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="opinions", verbose_name="base")
    state = models.CharField(
        "état", max_length=20, choices=OpinionState, default=OpinionState.REQUESTED, editable=False
    )
    requested_at = models.DateTimeField("demandé le")
    due_on = models.DateField("attendu le")
    neutrality = models.CharField("neutralité", max_length=20, choices=Stance, blank=True)
    neutrality_reason = models.TextField("motif (neutralité)", blank=True)
    feasibility = models.CharField("faisabilité scientifique", max_length=20, choices=Stance, blank=True)
    feasibility_reason = models.TextField("motif (faisabilité scientifique)", blank=True)
    neutrality_ground = models.CharField("motif de l’appel (neutralité)", max_length=60, blank=True)
    neutrality_question = models.CharField("réponse citée (neutralité)", max_length=60, blank=True)
    neutrality_quote = models.TextField("passage cité (neutralité)", blank=True)
    feasibility_ground = models.CharField("motif de l’appel (faisabilité)", max_length=60, blank=True)
    feasibility_question = models.CharField("réponse citée (faisabilité)", max_length=60, blank=True)
    feasibility_quote = models.TextField("passage cité (faisabilité)", blank=True)
    disclosed_reason = models.TextField("motif communicable au porteur", blank=True)
    given_at = models.DateTimeField("rendu le", null=True)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    extended_at = models.DateTimeField("délai prolongé le", null=True, editable=False)
    followed_at = models.DateTimeField("suite donnée au silence le", null=True, editable=False)
    followed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    followed_reason = models.TextField("motif de la suite donnée au silence", blank=True, editable=False)
    ruling = models.CharField(
        "décision sur un avis consultatif", max_length=20, choices=Ruling, blank=True, editable=False
    )
    ruling_reason = models.TextField("motif de la décision", blank=True, editable=False)
    ruled_at = models.DateTimeField("décidé le", null=True, editable=False)
    ruled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    refused_at = models.DateTimeField("base refusée le", null=True, editable=False)
    left_out_at = models.DateTimeField("base écartée du dossier le", null=True, editable=False)

    class Meta:
        verbose_name = "avis de partenaire"
        verbose_name_plural = "avis des partenaires"
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(name="opinion_once", fields=["dossier", "dataset"]),
            models.CheckConstraint(
                name="opinion_given_is_whole",
                condition=Q(state__in=["requested", "silent", "passed_over", "held_refused"])
                | Q(state="given", given_at__isnull=False, given_by__isnull=False)
                & ~Q(neutrality="")
                & ~Q(feasibility=""),
            ),
            models.CheckConstraint(
                name="opinion_refuses_once_given",
                condition=Q(refused_at=None) & ~Q(state="held_refused")
                | Q(refused_at__isnull=False, state__in=["given", "held_refused"]),
            ),
            models.CheckConstraint(
                name="opinion_silence_is_followed_by_somebody",
                condition=~Q(state__in=["passed_over", "held_refused"])
                | Q(followed_at__isnull=False, followed_by__isnull=False) & ~Q(followed_reason=""),
            ),
            models.CheckConstraint(
                name="unfavourable_opinion_has_a_reason",
                condition=(~Q(neutrality="unfavourable") | ~Q(neutrality_reason=""))
                & (~Q(feasibility="unfavourable") | ~Q(feasibility_reason="")),
                violation_error_message="Un avis défavorable se motive.",
            ),
            models.CheckConstraint(
                name="opinion_ruling_is_whole",
                condition=Q(ruling="", ruled_at=None, ruled_by=None)
                | ~Q(ruling="") & Q(state="given", ruled_at__isnull=False, ruled_by__isnull=False),
            ),
            models.CheckConstraint(
                name="opinion_departed_from_with_a_reason",
                condition=Q(ruling="")
                | ~Q(ruling_reason="")
                | Q(ruling="refused") & (Q(neutrality="unfavourable") | Q(feasibility="unfavourable"))
                | Q(ruling="kept") & ~Q(neutrality="unfavourable") & ~Q(feasibility="unfavourable"),
                violation_error_message="S’écarter d’un avis se motive.",
            ),
            models.CheckConstraint(
                name="opinion_quotes_an_answer",
                condition=(Q(neutrality_quote="") | ~Q(neutrality_question=""))
                & (Q(feasibility_quote="") | ~Q(feasibility_question="")),
            ),
        ]
        indexes = [models.Index(name="opinion_queue", fields=["dataset", "state", "due_on"])]

    def __str__(self) -> str:
        return f"{self.ref} – {self.dataset}"

    @property
    def ref(self) -> str:
        """What the journal calls it: the dossier's reference and the dataset's code."""
        return f"{self.dossier.ref}/{self.dataset.code}"

    @property
    def mark(self) -> str:
        """What tells this opinion from what it was before, for who read it and may sign another: when it was signed."""
        return self.given_at.isoformat() if self.given_at else "none"

    @property
    def is_veto(self) -> bool:
        """Whether it refuses its dataset to the dossier now."""
        return self.refused_at is not None and self.left_out_at is None

    @property
    def is_pending(self) -> bool:
        """Whether it says no, without effect yet: the team answers first, or staff decide of an advisory one."""
        stands = self.state == OpinionState.GIVEN and self.left_out_at is None and self.refused_at is None
        return stands and self.is_unfavourable and not self.ruling

    @property
    def is_departed_from(self) -> bool:
        """Whether staff decided otherwise than its partner says."""
        return bool(self.ruling) and (self.ruling == Ruling.REFUSED) != self.is_unfavourable

    @property
    def holds_back(self) -> bool:
        """Whether its dossier cannot be funded with this dataset as things stand."""
        return self.is_veto or self.is_pending

    @property
    def is_unfavourable(self) -> bool:
        """Whether it says no, on one aspect at least."""
        return Stance.UNFAVOURABLE in (self.neutrality, self.feasibility)

    def forget_ruling(self) -> None:
        """Empty what staff decided of the opinion, which changes; the journal keeps it."""
        self.ruling = self.ruling_reason = ""
        self.ruled_at = self.ruled_by = None
