"""WSGI entry point. With no REDIS_URL the worker and its clock start in this process too."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ami_portal.settings.base")

application = get_wsgi_application()

from ami_portal import embedded  # noqa: E402 (needs Django set up)

embedded.start_if_needed()
