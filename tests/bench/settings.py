"""The settings of production, with one more address: the bare endpoint that the others are compared with."""

from ami_portal.settings.base import *  # noqa: F403

ROOT_URLCONF = "tests.bench.urls"
EMBEDDED_WORKER = False
