"""Print the rows of the bench, or those named, each as soon as it is known. `make bench` starts what it needs."""

import sys

import django

django.setup()

from django.core.management import call_command  # noqa: E402 (needs Django set up)

from tests.bench import rows  # noqa: E402 (needs Django set up)

for measure in rows.MEASURES:
    if measure.__name__ in (sys.argv[1:] or [measure.__name__]):
        call_command("flush", verbosity=0, interactive=False)  # no row weighs on the next
        print(measure(), flush=True)
