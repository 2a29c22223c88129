"""What a receipt says: the call's own text, filled, and the fingerprints of all that was deposited."""

import datetime as dt
from typing import Any

from django.conf import settings

from ami_portal.kernel import clock

from . import texts
from .models import DossierVersion
from .reading import FrozenDossier
from .silence import silence_on

PLACES = frozenset("reference titre acronyme organisme porteur date_depot empreinte numero appel".split())
"""What the text of a receipt may hold between braces."""


def reason(version: DossierVersion) -> str:
    """What the seal says that it seals, in plain letters: a script finds it there without reading the PDF."""
    return f"Depot {version.dossier.ref} {version.number} sha256 {version.sha256}"


def context(version: DossierVersion, frozen: FrozenDossier) -> dict[str, Any]:
    """The context of `pdf/applications/receipt.html`."""
    call = version.dossier.call
    received = _to_the_second(version.submitted_at)
    first = frozen.received_at if frozen.completes and frozen.received_at else version.submitted_at
    values = {
        "reference": frozen.ref,
        "titre": frozen.name,
        "acronyme": frozen.acronym,
        "organisme": frozen.holder,
        "porteur": frozen.submitted_by.get("name", ""),
        "date_depot": _to_the_second(first),
        "empreinte": version.sha256,
        "numero": str(version.number),
        "appel": frozen.call_title,
    }
    return {
        "frozen": frozen,
        "operator": call.operator,
        "body": texts.fill(call.text("receipt"), values),
        "received": received,
        "sha256": version.sha256,
        "files": frozen.all_files(),
        "portal_url": settings.PORTAL_URL,
        "office": call.texts.get("receipt_office"),
        "silence": silence_on(version.dossier, first, before=version.submitted_at),
        "completes": frozen.completes,
        "received_first": _to_the_second(first),
    }


def _to_the_second(at: dt.datetime) -> str:
    return clock.paris(at).strftime("%d/%m/%Y à %H:%M:%S") + " (heure de Paris)"
