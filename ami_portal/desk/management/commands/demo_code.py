"""The one-time code of a demonstration account, for want of its telephone. Only on one's own machine."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from ami_portal.kernel import clock


class Command(BaseCommand):
    help = "Donne le code à usage unique d’un compte de la démonstration (sur sa propre machine seulement)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="adresse du compte")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        """Print the present code, or the next one when the present one has served."""
        if not settings.LOCAL_MAILBOX:
            raise CommandError("Cette commande ne sert qu’à la démonstration, sur sa propre machine.")
        device = TOTPDevice.objects.filter(user__email=email.lower(), confirmed=True).first()
        if device is None:
            raise CommandError(f"Aucune application n’est liée au compte {email}.")
        totp = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
        totp.time = clock.now().timestamp()
        ahead = max(device.last_t + 1 - totp.t(), 0)
        if ahead > device.tolerance:
            raise CommandError("Les derniers codes ont déjà servi : attendez trente secondes et recommencez.")
        totp.time += ahead * device.step
        self.stdout.write(f"{totp.token():0{device.digits}d}")
