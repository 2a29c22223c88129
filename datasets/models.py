"""Dataset and DatasetVersion."""

from django.db import models
from django.db.models import Q

from ami_portal.accounts.models import Organisation


class Dataset(models.Model):
    """A database that a partner lends. Its description lives in its versions."""

    code = models.SlugField("code", max_length=40, unique=True)
    partner = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="datasets", verbose_name="partenaire"
    )
    title = models.CharField("intitulé", max_length=250)

    class Meta:
        verbose_name = "base"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.title


class DatasetVersion(models.Model):
    """The description of a dataset at one moment; a call opens a version, and a dossier is judged on it."""

    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="versions", verbose_name="base")
    version = models.CharField("version", max_length=20)
    summary = models.TextField("résumé")
    population = models.TextField("population", blank=True)
    period = models.CharField("période", max_length=200, blank=True)
    records = models.CharField("nombre d’enregistrements", max_length=200, blank=True)
    individuals = models.CharField("nombre de personnes", max_length=200, blank=True)
    update_frequency = models.CharField("mise à jour", max_length=200, blank=True)
    variables = models.TextField("variables", blank=True)
    access = models.TextField("conditions d’accès", blank=True)
    limits = models.TextField("limites connues", blank=True)
    published_at = models.DateTimeField("publiée le", null=True, blank=True)

    class Meta:
        verbose_name = "version d’une base"
        verbose_name_plural = "versions des bases"
        ordering = ["dataset", "version"]
        constraints = [
            models.UniqueConstraint(name="dataset_version_once", fields=["dataset", "version"]),
            models.CheckConstraint(name="dataset_version_is_named", condition=~Q(version="")),
        ]

    def __str__(self) -> str:
        return f"{self.dataset.title} (version {self.version})"
