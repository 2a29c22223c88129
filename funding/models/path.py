"""The regulatory path of one project: its route and graph as they were chosen, its kit, what happened at each step."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from ami_portal.documents.models import Document

from .convention import Convention


class AccessPath(models.Model):
    """The way of one project to its data. `graph` is the call's, pinned when the route was chosen."""

    convention = models.OneToOneField(Convention, on_delete=models.PROTECT, related_name="access_path")
    route = models.CharField("voie", max_length=40)
    graph = models.JSONField("parcours de l’appel")
    reason = models.TextField("motif du choix", blank=True)
    chosen_at = models.DateTimeField("voie choisie le")
    chosen_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kit_handed = models.JSONField("pièces du kit remises, par code, avec leur jour", default=dict)

    class Meta:
        verbose_name = "parcours réglementaire"
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"Parcours réglementaire de {self.convention.ref}"


class PathStep(models.Model):
    """What happened at a step, once begun. When it is taken again its row stays, and no longer counts."""

    path = models.ForeignKey(AccessPath, on_delete=models.PROTECT, related_name="steps")
    code = models.CharField("étape", max_length=40)
    counts = models.BooleanField("compte", default=True)
    started_on = models.DateField("événement de départ")
    is_extended = models.BooleanField("prolongée", default=False)
    ended_on = models.DateField("issue du", null=True)
    answer = models.CharField("issue", max_length=40, blank=True)
    reference = models.CharField("référence", max_length=100, blank=True)
    note = models.TextField("précisions", blank=True)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    goes_on = models.BooleanField("suite choisie par le porteur", null=True)

    class Meta:
        verbose_name = "étape réglementaire"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="step_counts_once", fields=["path", "code"], condition=Q(counts=True)),
            models.CheckConstraint(
                name="step_ends_after_it_began", condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on"))
            ),
            models.CheckConstraint(
                name="step_answers_at_its_end", condition=Q(ended_on__isnull=False) | Q(answer="", goes_on=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code}, depuis le {self.started_on}"


class PathPause(models.Model):
    """Days during which the delay of a step did not run."""

    step = models.ForeignKey(PathStep, on_delete=models.PROTECT, related_name="pauses")
    since = models.DateField("suspendue depuis le")
    until = models.DateField("jusqu’au", null=True)
    reason = models.TextField("motif")

    class Meta:
        verbose_name = "suspension d’une étape"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="one_pause_at_a_time", fields=["step"], condition=Q(until=None)),
            models.CheckConstraint(
                name="pause_ends_after_it_began", condition=Q(until=None) | Q(until__gte=F("since"))
            ),
        ]

    def __str__(self) -> str:
        return f"Suspension depuis le {self.since}"
