"""What the answers of a dossier said before."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from ami_portal.questionnaire.models import FormRevision
from applications.enums import PastKind

from .dossier import Dossier


class PastAnswer(models.Model):
    """What an answer said before, or what somebody sent and that is not what it says: never changed, never removed.

    `version` is the version that the answer had with this value; nothing for a text that a clash set aside. A text that
    was merged has a version of its own, between the one that it met and the one that both make. `form_revision` is the
    form whose words and choices the value is read in, since a later one may ask the question otherwise, or no more.
    """

    uuid = models.UUIDField("identifiant", default=uuid.uuid4, unique=True)
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="past_answers")
    question = models.CharField("question", max_length=60)
    row = models.CharField("ligne", max_length=36, blank=True)
    column = models.CharField("colonne", max_length=60, blank=True)
    form_revision = models.ForeignKey(FormRevision, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("devenir", max_length=20, choices=PastKind)
    value = models.JSONField("valeur", null=True)
    version = models.PositiveIntegerField("version", null=True)
    saved_at = models.DateTimeField("enregistrée le")
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "réponse antérieure"
        verbose_name_plural = "réponses antérieures"
        ordering = ["saved_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="past_answer_version", fields=["dossier", "question", "row", "column", "version"]
            ),
            models.CheckConstraint(
                name="past_answer_version_unless_set_aside",
                condition=Q(kind="set_aside", version=None) | ~Q(kind="set_aside") & Q(version__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question} ({self.get_kind_display()})"
