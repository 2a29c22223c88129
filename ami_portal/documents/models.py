"""Document: a file kept for good. SealCertificate: what verifies the seals of the portal, the former ones included."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from .enums import Verdict


class Document(models.Model):
    """Bytes that never change, with what is known of them. The stage that owns it holds the link and the rule."""

    uuid = models.UUIDField("identifiant", default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField("nature", max_length=40)
    subject = models.CharField("objet", max_length=80, db_index=True)
    filename = models.CharField("nom du fichier", max_length=200)
    media_type = models.CharField("type", max_length=100)
    size = models.PositiveBigIntegerField("taille (octets)")
    sha256 = models.CharField("empreinte SHA-256", max_length=64)
    storage_key = models.CharField("clé de rangement", max_length=300, unique=True)
    pages = models.PositiveIntegerField("pages", null=True)
    verdict = models.CharField("verdict", max_length=20, choices=Verdict)
    verdict_reason = models.CharField("raison", max_length=300, blank=True)
    created_at = models.DateTimeField("reçu le")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "document"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(name="document_is_not_empty", condition=Q(size__gt=0)),
            models.CheckConstraint(
                name="document_refused_iff_reason",
                condition=Q(verdict="refused") & ~Q(verdict_reason="") | ~Q(verdict="refused") & Q(verdict_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return self.filename


class SealCertificate(models.Model):
    """A certificate that has sealed. Never changed, never deleted: what it sealed must stay verifiable."""

    sha256 = models.CharField("empreinte SHA-256", max_length=64, unique=True)
    pem = models.TextField("certificat")
    since = models.DateTimeField("employé depuis le")

    class Meta:
        verbose_name = "certificat du sceau"
        verbose_name_plural = "certificats du sceau"
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.sha256


class Examination(models.Model):
    """What the inspection of a file measured, once: the evidence of its format, whatever rule it is later held against.

    `wanted` is what to look for, said at the deposit and again when the form asks for something else; `facts` are empty
    until the file is examined (see `documents.examiner`). The identity that a file carries is for its depositors only.
    """

    document = models.OneToOneField(Document, on_delete=models.CASCADE, related_name="examination")
    wanted = models.JSONField("à chercher", default=dict)
    facts = models.JSONField("mesures", default=dict)
    picture = models.OneToOneField(Document, on_delete=models.PROTECT, null=True, related_name="+")
    examined_at = models.DateTimeField("examiné le", null=True)

    class Meta:
        verbose_name = "examen d’un fichier"
        verbose_name_plural = "examens des fichiers"

    def __str__(self) -> str:
        return str(self.document)

    @property
    def is_answered(self) -> bool:
        """Whether all that is wanted was looked for, in a file where it can be."""
        if not self.facts or "headings" not in self.facts:
            return bool(self.facts)
        return {one["heading"] for one in self.facts["headings"]} >= set(self.wanted.get("headings", ()))
