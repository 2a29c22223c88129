"""One criterion applied to one submission."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from applications.enums import CheckResult
from applications.models import DossierVersion, EligibilityCriterion


class EligibilityItem(models.Model):
    """The automatic result with its evidence, and the staff's decision with its reason.

    `tree` is the whole result (`applications.checks.as_json`): its parts, each with its own evidence and mend.
    """

    version = models.ForeignKey(DossierVersion, on_delete=models.PROTECT, related_name="eligibility_items")
    criterion = models.ForeignKey(EligibilityCriterion, on_delete=models.PROTECT, related_name="+")
    automatic = models.CharField("résultat automatique", max_length=20, choices=CheckResult)
    evidence = models.TextField("constat")
    found_at = models.JSONField("où", default=list)
    tree = models.JSONField("constat détaillé", default=dict)
    rule_version = models.CharField("version de la règle", max_length=40)
    computed_at = models.DateTimeField("calculé le")
    decision = models.CharField("décision", max_length=20, choices=CheckResult, blank=True)
    reason = models.TextField("motif", blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField("décidé le", null=True)

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
                name="eligibility_refusal_has_a_reason", condition=~Q(decision="not_met") | ~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version} – {self.criterion}"

    @property
    def is_overruled(self) -> bool:
        """Whether the staff decided against a result that the machine was sure of."""
        return bool(self.decision) and self.automatic != CheckResult.UNKNOWN and self.decision != self.automatic
