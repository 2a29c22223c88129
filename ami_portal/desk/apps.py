"""App configuration, and the admin site of HDH's staff."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class PortalAdminConfig(AdminConfig):
    default_site = "ami_portal.desk.site.PortalAdminSite"


class DeskConfig(AppConfig):
    name = "ami_portal.desk"
    label = "desk"
    verbose_name = "Bureau"
