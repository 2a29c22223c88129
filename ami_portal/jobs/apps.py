"""App configuration."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "ami_portal.jobs"
    label = "jobs"
    verbose_name = "Tâches de fond"
