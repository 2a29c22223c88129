"""The register of deposits: a chain of entries for each call, and the head of each day. Append-only in the database."""

from django.db import models
from django.db.models import Q

from .call import Call
from .dossier import DossierVersion


class RegisterHead(models.Model):
    """One row: its lock orders all that is written in the register. `open_day` is the first day not yet closed."""

    open_day = models.DateField("premier jour ouvert")


class DepositRegister(models.Model):
    """The chain of one call. `seed` starts it, and is secret until the entries are public: without it, nobody can tell
    from the heads of the days whether anything was deposited."""

    call = models.OneToOneField(Call, on_delete=models.PROTECT, related_name="register")
    seed = models.CharField("germe", max_length=64)
    opened_on = models.DateField("ouvert le")

    class Meta:
        verbose_name = "registre des dépôts"
        verbose_name_plural = "registres des dépôts"
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"Registre {self.call.code}"


class DepositEntry(models.Model):
    """One deposit: fingerprints only, chained to the entry before. `day` is the day whose head commits to it."""

    register = models.ForeignKey(DepositRegister, on_delete=models.PROTECT, related_name="entries")
    version = models.OneToOneField(DossierVersion, on_delete=models.PROTECT, related_name="entry")
    number = models.PositiveIntegerField("numéro")
    day = models.DateField("jour")
    submitted_at = models.DateTimeField("déposé le")
    ref_sha256 = models.CharField("empreinte de la référence", max_length=64)
    version_sha256 = models.CharField("empreinte du dossier", max_length=64, db_index=True)
    receipt_sha256 = models.CharField("empreinte de l’accusé de réception", max_length=64, db_index=True)
    previous_sha256 = models.CharField("empreinte précédente", max_length=64)
    sha256 = models.CharField("empreinte", max_length=64, unique=True)

    class Meta:
        verbose_name = "inscription au registre"
        verbose_name_plural = "inscriptions au registre"
        ordering = ["register", "number"]
        constraints = [
            models.UniqueConstraint(name="deposit_entry_number", fields=["register", "number"]),
            models.CheckConstraint(name="deposit_entry_counts_from_one", condition=Q(number__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.register} n° {self.number}"


class RegisterDay(models.Model):
    """The head of one ended day: for each call, a fingerprint of its chain on that day; chained to the day before."""

    day = models.DateField("jour", unique=True)
    heads = models.JSONField("têtes")
    previous_sha256 = models.CharField("empreinte précédente", max_length=64)
    sha256 = models.CharField("empreinte", max_length=64, unique=True)

    class Meta:
        verbose_name = "tête quotidienne"
        verbose_name_plural = "têtes quotidiennes"
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day:%d/%m/%Y}"
