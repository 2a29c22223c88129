"""Load a call from its file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ami_portal.desk import calls
from ami_portal.questionnaire.form import FormError
from applications.call_config import ConfigError


class Command(BaseCommand):
    help = "Charge un appel depuis son fichier YAML ; le charger deux fois ne change rien."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            call = calls.load(calls.read(file))
        except (ConfigError, FormError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{call.code} chargé : clôture le {call.closes_at.isoformat()}, {call.form_revision}.")
