"""App configuration."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "ami_portal.audit"
    label = "audit"
    verbose_name = "Journal"
