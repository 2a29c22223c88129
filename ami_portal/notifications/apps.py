"""App configuration."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "ami_portal.notifications"
    label = "notifications"
    verbose_name = "Courriels"
