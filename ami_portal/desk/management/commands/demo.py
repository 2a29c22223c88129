"""Load the believable population of `make demo`. Only on one's own machine."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ami_portal.desk.demo import accounts, population
from ami_portal.desk.demo.agenda import DemoFailed


class Command(BaseCommand):
    help = "Charge la démonstration : trois éditions de l’appel et leurs dossiers. La relancer ne change rien."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load once, then print the accounts."""
        if not population.is_loaded():
            self.stdout.write("→ Population de démonstration (une minute environ, la première fois seulement)")
            try:
                population.load(self._say)
            except DemoFailed as failure:
                raise CommandError(str(failure)) from failure
        self.stdout.write(accounts.table())

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
