"""Print the rows of the bench, each as soon as it is known. `make bench` starts what it needs."""

import django

django.setup()

from tests.bench import rows  # noqa: E402 (needs Django set up)

for measure in rows.MEASURES:
    print(measure(), flush=True)
