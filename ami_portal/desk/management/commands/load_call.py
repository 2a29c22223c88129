"""Load a call from its file, after showing what it changes and for whom."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ami_portal.desk import calls
from ami_portal.kernel import clock
from ami_portal.ui.wording import instant
from applications.call_config import ConfigError


class Command(BaseCommand):
    help = "Charge un appel depuis son fichier YAML, après avoir montré ce qui change. Deux fois, rien ne change."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="le fichier de l’appel")
        parser.add_argument("--dry-run", action="store_true", help="montre seulement, ne change rien")
        parser.add_argument(
            "--take-file", action="store_true", help="prend le fichier pour ce que le portail a changé aussi"
        )

    def handle(self, *args: Any, file: Path, dry_run: bool, take_file: bool, **options: Any) -> None:
        try:
            config = calls.read(file)
            plan = calls.plan(config, at=clock.now(), take_file=take_file)
            for line in plan:
                self.stdout.write(line)
            if plan.problems:
                raise ConfigError(plan.problems)
            if not dry_run:
                calls.keep_beside(config, file.parent)
                call = calls.carry_out(plan)
                self.stdout.write(f"{call.code} est chargé : clôture le {instant(call.closes_at)}.")
            elif not calls.missing_templates(config) and (refused := calls.rehearse(plan)):
                raise ConfigError(refused)  # a template still beside its file is kept by a load, not by a look
        except (ConfigError, OSError) as error:
            raise CommandError(f"{file.name}\n{error}") from error
