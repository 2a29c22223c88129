"""The Celery application. Every job of the portal is one task: `jobs.run`, given the id of a Job row."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ami_portal.settings.base")

app = Celery("ami_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
