"""The company directory (API Recherche d’entreprises): what it says of one SIREN or SIRET.

With no address in the settings nothing is asked. Whoever chose not to be shown is absent from it: absent is not unknown
to the law.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings

from . import http

SECONDS = 6.0
MAX_BYTES = 300_000
LONGEST = 300
_OPEN = {"A": True, "C": False, "F": False}


class Busy(http.GatewayError):
    """It asks to come back later: `seconds` says when."""

    def __init__(self, message: str, seconds: int) -> None:
        super().__init__(message)
        self.seconds = seconds


@dataclass(frozen=True)
class Company:
    """A legal unit, its head office, and the establishment asked for when a SIRET was; None is what it does not say."""

    siren: str
    name: str
    legal_category: str
    is_open: bool | None
    closed_on: str
    establishment_open: bool | None
    head_siret: str
    head_open: bool | None


def is_plugged() -> bool:
    """Whether the operator gave an address."""
    return bool(settings.COMPANY_DIRECTORY_URL)


def look_up(number: str) -> Company | None:
    """The company of a SIREN or of a SIRET; None when the directory does not show it. Raises GatewayError."""
    base = settings.COMPANY_DIRECTORY_URL.rstrip("/")
    host = urlsplit(base).hostname or ""
    asked = urlencode({"q": number, "minimal": "true", "include": "siege,matching_etablissements", "per_page": "5"})
    headers = {"Accept": "application/json", "User-Agent": f"portail-appels ({settings.PORTAL_URL})"}
    answer = http.fetch(f"{base}/search?{asked}", headers=headers, seconds=SECONDS, max_bytes=MAX_BYTES, trusted={host})
    if answer.status == 429:
        raise Busy(f"{host} demande d’attendre.", _seconds(answer.headers.get("retry-after", "")))
    if answer.status != 200:
        raise http.Unreachable(f"{host} a répondu par l’erreur {answer.status}.")
    return _company(http.json_of(answer, host=host), number, host)


def _seconds(text: str) -> int:
    return min(int(text), 3600) if text.isascii() and text.isdigit() and len(text) < 6 else 60


def _company(found: Any, number: str, host: str) -> Company | None:
    results = found.get("results") if isinstance(found, Mapping) else None
    if not isinstance(results, list) or not all(isinstance(one, Mapping) for one in results):
        raise http.Unusable(f"{host} a répondu autre chose qu’une liste d’entreprises.")
    unit = next((one for one in results if one.get("siren") == number[:9]), None)
    if unit is None:
        return None
    head = unit.get("siege") if isinstance(unit.get("siege"), Mapping) else {}
    places = unit.get("matching_etablissements")
    places = [one for one in places if isinstance(one, Mapping)] if isinstance(places, list) else []
    asked = next((one for one in [*places, head] if len(number) == 14 and one.get("siret") == number), None)
    return Company(
        siren=number[:9],
        name=_text(unit, "nom_complet"),
        legal_category=_text(unit, "nature_juridique"),
        is_open=_OPEN.get(_text(unit, "etat_administratif")),
        closed_on=_day(_text(unit, "date_fermeture")),
        establishment_open=_OPEN.get(_text(asked, "etat_administratif")) if asked else None,
        head_siret=_text(head, "siret"),
        head_open=_OPEN.get(_text(head, "etat_administratif")),
    )


def _text(found: Mapping[str, Any], name: str) -> str:
    value = found.get(name)
    return value[:LONGEST] if isinstance(value, str) else ""


def _day(text: str) -> str:
    return text if len(text) == 10 and text[:4].isdigit() and text[4] == text[7] == "-" else ""
