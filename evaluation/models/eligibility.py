"""One criterion applied to one submission, what is proposed about it, and the two acts that follow from all of them."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from applications.enums import Act, CheckResult
from applications.models import Dossier, DossierVersion, EligibilityCriterion
from evaluation.enums import ProposalOutcome

from .check_run import CheckRun


class EligibilityItem(models.Model):
    """The automatic result with its evidence, and the staff's decision with its reason.

    `tree` is the whole result (`applications.checks.as_json`): its parts, each with its own evidence and mend; `run` is
    what it was computed from, `fingerprint` that of all this (`evaluation.replay`).
    """

    version = models.ForeignKey(DossierVersion, on_delete=models.PROTECT, related_name="eligibility_items")
    criterion = models.ForeignKey(EligibilityCriterion, on_delete=models.PROTECT, related_name="+")
    automatic = models.CharField("résultat automatique", max_length=20, choices=CheckResult)
    evidence = models.TextField("constat")
    found_at = models.JSONField("où", default=list)
    tree = models.JSONField("constat détaillé", default=dict)
    rule_version = models.CharField("version de la règle", max_length=40)
    run = models.ForeignKey(CheckRun, on_delete=models.PROTECT, null=True, related_name="items")
    fingerprint = models.CharField("empreinte SHA-256", max_length=64, blank=True)
    computed_at = models.DateTimeField("calculé le")
    decision = models.CharField("décision", max_length=20, choices=CheckResult, blank=True)
    reason = models.TextField("motif", blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField("décidé le", null=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "critère instruit"
        verbose_name_plural = "critères instruits"
        ordering = ["criterion__position"]
        constraints = [
            models.UniqueConstraint(name="eligibility_item_once", fields=["version", "criterion"]),
            models.CheckConstraint(
                name="eligibility_decision_is_signed",
                condition=Q(decision="", decided_at=None, decided_by=None)
                | ~Q(decision="") & Q(decided_at__isnull=False, decided_by__isnull=False),
            ),
            models.CheckConstraint(
                name="eligibility_confirmed_by_another",
                condition=Q(confirmed_by=None) | ~Q(decision="") & ~Q(confirmed_by=F("decided_by")),
                violation_error_message="Une autre personne confirme la décision.",
            ),
            models.CheckConstraint(
                name="eligibility_refusal_has_a_reason", condition=~Q(decision="not_met") | ~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version} – {self.criterion}"

    @property
    def is_overruled(self) -> bool:
        """Whether the staff decided against a result that the machine was sure of."""
        return bool(self.decision) and self.automatic != CheckResult.UNKNOWN and self.decision != self.automatic

    @property
    def waiting(self) -> "DecisionProposal | None":
        """The decision that one person proposed and that awaits another."""
        return next((row for row in self.proposals.all() if not row.outcome), None)


class DecisionProposal(models.Model):
    """A decision on a criterion that two people take: one proposed it, another confirms it or sends it back."""

    item = models.ForeignKey(EligibilityItem, on_delete=models.PROTECT, related_name="proposals")
    decision = models.CharField("décision proposée", max_length=20, choices=CheckResult)
    reason = models.TextField("motif", blank=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField("proposée le")
    outcome = models.CharField("suite", max_length=20, choices=ProposalOutcome, blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField("réglée le", null=True)
    answer = models.TextField("réponse", blank=True)

    class Meta:
        verbose_name = "décision proposée"
        verbose_name_plural = "décisions proposées"
        ordering = ["proposed_at", "pk"]
        constraints = [
            models.UniqueConstraint(name="one_proposal_waits", fields=["item"], condition=Q(outcome="")),
            models.CheckConstraint(
                name="proposal_settled_by_another",
                condition=Q(outcome="", settled_by=None, settled_at=None)
                | Q(outcome="replaced", settled_by=F("proposed_by"), settled_at__isnull=False)
                | Q(outcome__in=["confirmed", "sent_back"], settled_by__isnull=False, settled_at__isnull=False)
                & ~Q(settled_by=F("proposed_by")),
                violation_error_message="Une autre personne confirme ou renvoie ce qui est proposé.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} : {self.get_decision_display()}"


class Declaration(models.Model):
    """One act of the staff on a deposit: admissible or not, eligible or not. Reopened, it stays, with its reason."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="declarations")
    version = models.ForeignKey(DossierVersion, on_delete=models.PROTECT, related_name="declarations")
    act = models.CharField("acte", max_length=20, choices=Act)
    is_favourable = models.BooleanField("favorable")
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    declared_at = models.DateTimeField("déclaré le")
    reopened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reopened_at = models.DateTimeField("rouvert le", null=True)
    reopening_reason = models.TextField("motif de la réouverture", blank=True)

    class Meta:
        verbose_name = "déclaration"
        ordering = ["declared_at", "pk"]
        constraints = [
            models.UniqueConstraint(name="one_act_stands", fields=["version", "act"], condition=Q(reopened_at=None)),
            models.CheckConstraint(
                name="declaration_reopened_with_a_reason",
                condition=Q(reopened_at=None, reopened_by=None, reopening_reason="")
                | Q(reopened_at__isnull=False, reopened_by__isnull=False) & ~Q(reopening_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dossier.ref} : {self.label}"

    @property
    def label(self) -> str:
        """« Recevable », « Non éligible »."""
        return DECLARED[Act(self.act), self.is_favourable]


DECLARED = {
    (Act.ADMISSIBILITY, True): "Recevable",
    (Act.ADMISSIBILITY, False): "Irrecevable",
    (Act.ELIGIBILITY, True): "Éligible",
    (Act.ELIGIBILITY, False): "Non éligible",
}
