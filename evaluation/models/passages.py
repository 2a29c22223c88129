"""Public grants loaded from open data; the passages of deposits and of grants; the pairs that look alike."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from applications.models import Dossier, DossierVersion


class GrantFile(models.Model):
    """A list of public grants as it was loaded: where it came from, and the fingerprint of its bytes."""

    source = models.CharField("source", max_length=120)
    filename = models.CharField("fichier", max_length=200)
    sha256 = models.CharField("empreinte SHA-256", max_length=64)
    columns = models.JSONField("colonnes")
    rows = models.PositiveIntegerField("lignes lues")
    added = models.PositiveIntegerField("subventions ajoutées")
    changed = models.PositiveIntegerField("subventions modifiées")
    loaded_at = models.DateTimeField("chargé le")

    class Meta:
        verbose_name = "liste de subventions"
        verbose_name_plural = "listes de subventions"
        ordering = ["-loaded_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.source} ({self.filename})"


class Grant(models.Model):
    """A public grant, known by its source and its reference there."""

    file = models.ForeignKey(GrantFile, on_delete=models.PROTECT, related_name="grants")
    row = models.PositiveIntegerField("ligne")
    source = models.CharField("source", max_length=120)
    reference = models.CharField("référence", max_length=120)
    funder = models.CharField("financeur", max_length=250)
    beneficiary = models.CharField("bénéficiaire", max_length=250, blank=True)
    siren = models.CharField("SIREN", max_length=9, blank=True)
    amount = models.DecimalField("montant (€)", max_digits=14, decimal_places=2, null=True)
    granted_on = models.DateField("accordée le", null=True)
    starts_on = models.DateField("début", null=True)
    ends_on = models.DateField("fin", null=True)
    text = models.TextField("objet")

    class Meta:
        verbose_name = "subvention publique"
        verbose_name_plural = "subventions publiques"
        ordering = ["source", "reference"]
        indexes = [models.Index(name="grant_of_an_organisation", fields=["siren"])]
        constraints = [models.UniqueConstraint(name="grant_once", fields=["source", "reference"])]

    def __str__(self) -> str:
        return f"{self.funder}, {self.reference}"


class Passage(models.Model):
    """A passage of a deposit (`version` is the first that held it), or of a grant."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, null=True, related_name="passages")
    version = models.ForeignKey(DossierVersion, on_delete=models.CASCADE, null=True, related_name="+")
    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, null=True, related_name="passages")
    place = models.CharField("question", max_length=60)
    label = models.CharField("intitulé", max_length=300)
    text = models.TextField("texte")
    sha256 = models.CharField("empreinte", max_length=64)

    class Meta:
        verbose_name = "passage"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="passage_of_dossier_once",
                fields=["dossier", "place", "sha256"],
                condition=Q(dossier__isnull=False),
            ),
            models.UniqueConstraint(
                name="passage_of_grant_once", fields=["grant", "sha256"], condition=Q(grant__isnull=False)
            ),
            models.CheckConstraint(
                name="passage_of_a_deposit_or_a_grant",
                condition=Q(dossier__isnull=False, version__isnull=False, grant=None)
                | Q(dossier=None, version=None, grant__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class Fingerprint(models.Model):
    """A mark of a run of words of a passage: passages that share one are compared."""

    passage = models.ForeignKey(Passage, on_delete=models.CASCADE, related_name="fingerprints")
    value = models.BigIntegerField("marque")

    class Meta:
        verbose_name = "marque d’un passage"
        verbose_name_plural = "marques des passages"
        indexes = [models.Index(name="fingerprint_value", fields=["value", "passage"])]

    def __str__(self) -> str:
        return str(self.value)


class PassagePair(models.Model):
    """Two passages that look alike: evidence, never a decision. A person examines it, with a reason."""

    uuid = models.UUIDField("identifiant", default=uuid.uuid4, unique=True, editable=False)
    left = models.ForeignKey(Passage, on_delete=models.CASCADE, related_name="+")
    right = models.ForeignKey(Passage, on_delete=models.CASCADE, related_name="+")
    words = models.PositiveIntegerField("mots semblables")
    percent = models.PositiveSmallIntegerField("part du plus court (%)")
    found_at = models.DateTimeField("trouvée le")
    examined_at = models.DateTimeField("examinée le", null=True)
    examined_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField("conclusion", blank=True)

    class Meta:
        verbose_name = "passages semblables"
        verbose_name_plural = "passages semblables"
        ordering = ["-words", "pk"]
        constraints = [
            models.UniqueConstraint(name="pair_once", fields=["left", "right"]),
            models.CheckConstraint(name="pair_in_order", condition=Q(left__lt=F("right"))),
            models.CheckConstraint(
                name="pair_examined_by_someone_for_a_reason",
                condition=Q(examined_at=None, examined_by=None, reason="")
                | Q(examined_at__isnull=False, examined_by__isnull=False) & ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.left} ~ {self.right}"
