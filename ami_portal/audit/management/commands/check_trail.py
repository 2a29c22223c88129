"""Says whether the journal's chain holds, from its first event to its head."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ami_portal.audit import trail
from ami_portal.audit.models import AuditHead


class Command(BaseCommand):
    help = "Relit tout le journal et dit si sa chaîne tient. Code de sortie 1 sinon."

    def handle(self, *args: Any, **options: Any) -> None:
        broken = trail.first_broken()
        if broken is not None:
            raise CommandError(f"La chaîne du journal est rompue à l’événement n° {broken}.")
        head = AuditHead.objects.filter(pk=1).first()
        if head is None:
            self.stdout.write("Le journal est vide.")
            return
        self.stdout.write(f"La chaîne tient : {head.number} événements, dernière empreinte {head.sha256}.")
