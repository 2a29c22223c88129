"""What the company directory said of a number."""

from django.db import models
from django.db.models import Q


class DirectoryAnswer(models.Model):
    """The last answer about one SIREN or SIRET: canonical JSON and its fingerprint, or why there is none yet.

    Waiting while `answered_at` is null; `due_at` moves further away after each failure.
    """

    number = models.CharField("numéro", max_length=14, unique=True)
    due_at = models.DateTimeField("à demander dès")
    attempts = models.PositiveIntegerField("essais", default=0)
    why = models.CharField("pourquoi pas encore", max_length=300, blank=True)
    answered_at = models.DateTimeField("répondu le", null=True)
    content = models.TextField("réponse", blank=True)
    sha256 = models.CharField("empreinte SHA-256", max_length=64, blank=True)

    class Meta:
        verbose_name = "réponse de l’annuaire"
        verbose_name_plural = "réponses de l’annuaire"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="directory_answer_has_a_content",
                condition=Q(answered_at=None, content="", sha256="")
                | Q(answered_at__isnull=False) & ~Q(content="") & ~Q(sha256=""),
            )
        ]
        indexes = [models.Index(name="directory_waiting", fields=["due_at"], condition=Q(answered_at=None))]

    def __str__(self) -> str:
        return self.number
