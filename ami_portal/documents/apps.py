"""App configuration."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "ami_portal.documents"
    label = "documents"
    verbose_name = "Documents"
