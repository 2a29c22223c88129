"""A company directory of the tests: the shapes of « API Recherche d’entreprises », and every way of failing."""

import contextlib
import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

from .peer import peer, send


def place(siret: str, state: str = "A", **more: Any) -> dict[str, Any]:
    """An establishment, as the directory writes it."""
    return {
        "activite_principale": "72.19Z",
        "adresse": "9 RUE GEORGES PITARD 75015 PARIS",
        "code_postal": "75015",
        "commune": "75115",
        "date_fermeture": None,
        "est_siege": False,
        "etat_administratif": state,
        "latitude": "48.832",
        "liste_enseignes": None,
        "siret": siret,
        **more,
    }


def unit(siren: str, siret: str, category: str = "7410", state: str = "A", **more: Any) -> dict[str, Any]:
    """A legal unit and its head office."""
    return {
        "siren": siren,
        "nom_complet": "PLATEFORME DES DONNEES DE SANTE (HDH)",
        "nom_raison_sociale": "PLATEFORME DES DONNEES DE SANTE",
        "sigle": "HDH",
        "nombre_etablissements": 2,
        "nombre_etablissements_ouverts": 1,
        "date_creation": "2019-11-30",
        "date_fermeture": None,
        "etat_administratif": state,
        "nature_juridique": category,
        "statut_diffusion": "O",
        "siege": place(siret, est_siege=True),
        "matching_etablissements": [],
        **more,
    }


class Fake:
    """Answers the companies that it was given. `mood` is how it answers: « well », or a way of failing."""

    def __init__(self) -> None:
        self.units: dict[str, dict[str, Any]] = {}
        self.asked: list[str] = []
        self.mood = "well"

    def put(self, found: dict[str, Any]) -> None:
        self.units[found["siren"]] = found

    @contextlib.contextmanager
    def open(self) -> Iterator[str]:
        with peer(self._answer) as url:
            yield url

    def _answer(self, handler: Any, body: bytes) -> None:
        number = parse_qs(urlsplit(handler.path).query)["q"][0]
        self.asked.append(number)
        match self.mood:
            case "down":
                send(handler, b"<h1>Bad gateway</h1>", status=502)
            case "busy":
                send(handler, b"{}", status=429, Retry_After="900")
            case "slow":
                time.sleep(1)
            case "large":
                send(handler, b'{"results": "' + b"x" * 400_000 + b'"}')
            case "page":
                send(handler, b"<html>Une page</html>")
            case "list":
                send(handler, b'["siren"]')
            case "moved":
                send(handler, b"", status=302, Location="http://169.254.169.254/latest/meta-data")
            case _:
                send(handler, json.dumps(self._found(number)).encode(), Content_Type="application/json")

    def _found(self, number: str) -> dict[str, Any]:
        results = [self.units[number[:9]]] if number[:9] in self.units else []
        count = len(results)
        return {"results": results, "total_results": count, "page": 1, "per_page": 5, "total_pages": count}
