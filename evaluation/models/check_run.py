"""What the automatic checks of one deposit were computed from."""

from django.db import models

from applications.models import DossierVersion


class CheckRun(models.Model):
    """All that the checks read beside the frozen content, as canonical JSON, and the criteria that they answered.

    Never changed: with the frozen content it is enough to find the same results again.
    """

    version = models.ForeignKey(DossierVersion, on_delete=models.PROTECT, related_name="check_runs")
    at = models.DateTimeField("fait le")
    rules = models.CharField("version des règles", max_length=40)
    basis = models.TextField("éléments")
    sha256 = models.CharField("empreinte SHA-256", max_length=64)

    class Meta:
        verbose_name = "passage des contrôles"
        verbose_name_plural = "passages des contrôles"
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.version}, règles {self.rules}"
