"""What the command prints in the end: one account for each role, and how to sign in with it."""

from django.conf import settings
from django.urls import reverse
from django_otp.plugins.otp_totp.models import TOTPDevice

from ami_portal.kernel import clock
from applications.models import Call

from .stage import PLAY
from .words import read

NO_CODE = "pas de code"


def table() -> str:
    """The accounts as a table to read, where mails stay, and a word on the open call."""
    cast = read(PLAY)
    with_code = set(TOTPDevice.objects.filter(confirmed=True).values_list("user__email", flat=True))
    rows = [("Rôle", "Adresse", "Code à usage unique")]
    rows += [
        (label, email, f"make code EMAIL={email}" if email in with_code else NO_CODE) for label, email in cast.shown
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join(
        [
            "",
            f"Comptes de la démonstration. Mot de passe de tous : {cast.password}",
            "",
            lines[0],
            "─" * max(map(len, lines)),
            *lines[1:],
            "",
            f"Les courriels restent ici : {settings.PORTAL_URL}{reverse('mailbox')}",
            *_open_call(),
        ]
    )


def _open_call() -> list[str]:
    """The demonstration is dated: after some weeks its last call is closed."""
    at = clock.now()
    last = Call.objects.order_by("-closes_at").first()
    if last is None or last.is_open(at):
        return []
    closed_on = f"{clock.paris(last.closes_at):%d/%m/%Y}"
    return [f"L’appel {last.code} est clos depuis le {closed_on} : « make demo-reset » repart d’aujourd’hui."]
