"""Write a call back as the file that would load it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ami_portal.desk import calls
from applications.models import Call


class Command(BaseCommand):
    help = "Écrit le fichier YAML d’un appel, tel que le portail le connaît. Le charger de nouveau ne change rien."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="le code de l’appel")

    def handle(self, *args: Any, code: str, **options: Any) -> None:
        call = Call.objects.select_related("form_revision").filter(code=code).first()
        if call is None:
            known = ", ".join(Call.objects.order_by("code").values_list("code", flat=True)) or "aucun"
            raise CommandError(f"{code} : appel inconnu ; attendu : {known}")
        self.stdout.write(calls.written(calls.dump(call)), ending="")
