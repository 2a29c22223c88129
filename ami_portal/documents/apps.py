"""App configuration."""

from django.apps import AppConfig
from django.core import checks


class DocumentsConfig(AppConfig):
    name = "ami_portal.documents"
    label = "documents"
    verbose_name = "Documents"

    def ready(self) -> None:
        from .deployment import check_seal

        checks.register(check_seal, checks.Tags.security, deploy=True)
