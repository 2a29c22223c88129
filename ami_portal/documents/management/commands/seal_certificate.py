"""Shows the certificate that the portal seals with."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ami_portal.documents import seal


class Command(BaseCommand):
    help = (
        "Affiche le certificat du sceau des accusés de réception. Code de sortie 1 si le portail ne peut pas sceller."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.stdout.write(seal.current_certificate())
        except seal.SealUnavailable as unavailable:
            raise CommandError(str(unavailable)) from unavailable
