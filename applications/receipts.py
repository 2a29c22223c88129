"""What a receipt says: the call's own text, filled, and the fingerprints of all that was deposited."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.conf import settings

from ami_portal.kernel import clock

from . import texts
from .models import DossierVersion
from .reading import FrozenDossier

PLACES = frozenset("reference titre acronyme organisme porteur date_depot empreinte numero appel".split())
"""What the text of a receipt may hold between braces."""


def reason(version: DossierVersion) -> str:
    """What the seal says that it seals, in plain letters: a script finds it there without reading the PDF."""
    return f"Depot {version.dossier.ref} {version.number} sha256 {version.sha256}"


def context(version: DossierVersion, frozen: FrozenDossier) -> dict[str, Any]:
    """The context of `pdf/applications/receipt.html`."""
    call = version.dossier.call
    received = clock.paris(version.submitted_at).strftime("%d/%m/%Y à %H:%M:%S") + " (heure de Paris)"
    values = {
        "reference": frozen.ref,
        "titre": frozen.name,
        "acronyme": frozen.acronym,
        "organisme": frozen.holder,
        "porteur": frozen.submitted_by.get("name", ""),
        "date_depot": received,
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
        "silence": _silence(call.texts.get("receipt_silence"), clock.paris(version.submitted_at).date()),
    }


def _silence(said: Mapping[str, Any] | None, received: dt.date) -> dict[str, Any] | None:
    """What silence decides, and on which day (CRPA, R. 112-5); None when the call does not say."""
    if not said:
        return None
    return {"on": clock.add_months(received, said["months"]), "outcome": said["outcome"]}
