"""App configuration."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "ami_portal.ui"
    label = "ui"
    verbose_name = "Interface"
