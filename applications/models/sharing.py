"""GivenSection: who was asked to write a section, and whether they said it ready; what each was told of it.
ConfidentialMark: what partners will not read."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from .dossier import Dossier, DossierMember


class GivenSection(models.Model):
    """A section that the owner gave to one member. No row: it is the owner's.

    `content_sha256` is the fingerprint of what it held when its holder said it ready: see `applications.sharing`.
    """

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="given_sections")
    section = models.CharField("rubrique", max_length=60)
    member = models.ForeignKey(DossierMember, on_delete=models.CASCADE, related_name="given_sections")
    given_at = models.DateTimeField("confiée le")
    ready_at = models.DateTimeField("prête le", null=True)
    content_sha256 = models.CharField("empreinte de ce qui est prêt", max_length=64, blank=True)

    class Meta:
        verbose_name = "rubrique confiée"
        verbose_name_plural = "rubriques confiées"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="section_given_once", fields=["dossier", "section"]),
            models.CheckConstraint(
                name="section_ready_with_its_content",
                condition=Q(ready_at=None, content_sha256="") | Q(ready_at__isnull=False) & ~Q(content_sha256=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.section} : {self.member.email}"


class SharingNotice(models.Model):
    """The sections that a member was told by mail to hold, and since when there is something else to tell."""

    member = models.OneToOneField(DossierMember, on_delete=models.CASCADE, related_name="sharing_notice")
    told = models.JSONField("rubriques annoncées", default=list)
    changed_at = models.DateTimeField("changé le", null=True)

    class Meta:
        verbose_name = "annonce de rubriques confiées"
        verbose_name_plural = "annonces de rubriques confiées"
        ordering = ["pk"]
        indexes = [
            models.Index(name="sharing_to_tell", fields=["changed_at"], condition=Q(changed_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.member.email


class ConfidentialMark(models.Model):
    """An answer that the team keeps from the partners, where the call lets it. Each deposit freezes those of then."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="confidential_marks")
    question = models.CharField("question", max_length=60)
    marked_at = models.DateTimeField("marquée le")
    marked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "réponse confidentielle à l’égard des partenaires"
        verbose_name_plural = "réponses confidentielles à l’égard des partenaires"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(name="confidential_once", fields=["dossier", "question"])]

    def __str__(self) -> str:
        return f"{self.question} : confidentielle"
