"""A revision of a call's form under work; the way that each draft went, and its answers as they stood before."""

from django.conf import settings
from django.db import models

from ami_portal.questionnaire.models import FormRevision

from .call import Call
from .dossier import Dossier


class FormDraft(models.Model):
    """The next revision of a call's form, as its staff writes it. Applicants see nothing of it before publication.

    `previous` is what the last edit replaced, so that it can be undone.
    """

    call = models.OneToOneField(Call, on_delete=models.CASCADE, related_name="form_draft")
    base = models.ForeignKey(FormRevision, on_delete=models.PROTECT, related_name="+")
    definition = models.JSONField("définition")
    previous = models.JSONField("définition d’avant", null=True)
    edited_at = models.DateTimeField("modifié le")
    edited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "révision en préparation"
        verbose_name_plural = "révisions en préparation"

    def __str__(self) -> str:
        return f"{self.call.code} : révision en préparation"


class FormMove(models.Model):
    """A draft taken from one revision of its form to another. Its members read what separates them."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="form_moves")
    before = models.ForeignKey(FormRevision, on_delete=models.PROTECT, related_name="+")
    after = models.ForeignKey(FormRevision, on_delete=models.PROTECT, related_name="+")
    moved_at = models.DateTimeField("passé le")

    class Meta:
        verbose_name = "changement de révision"
        verbose_name_plural = "changements de révision"
        ordering = ["dossier", "pk"]

    def __str__(self) -> str:
        return f"{self.dossier_id} : {self.before} → {self.after}"


class FormerAnswer(models.Model):
    """An answer as it stood before a move changed how it is read: its label, its text and its value of then."""

    move = models.ForeignKey(FormMove, on_delete=models.CASCADE, related_name="former_answers")
    question = models.CharField("question", max_length=60)
    row = models.CharField("ligne", max_length=36, blank=True)
    column = models.CharField("colonne", max_length=60, blank=True)
    label = models.TextField("intitulé")
    text = models.TextField("réponse")
    value = models.JSONField("valeur")

    class Meta:
        verbose_name = "réponse d’avant une révision"
        verbose_name_plural = "réponses d’avant une révision"
        ordering = ["-move", "pk"]
        constraints = [models.UniqueConstraint(name="former_answer_once", fields=["move", "question", "row", "column"])]

    def __str__(self) -> str:
        return self.label
