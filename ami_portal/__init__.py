"""Project package: the kernel below the stages of a dossier, the desk above them."""

from .celery import app as celery_app

__all__ = ["celery_app"]
