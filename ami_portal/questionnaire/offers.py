"""What each type of question offers to whoever builds a form (pure): its name, and the properties that it may have.

A type or a property that is not here can still be written by hand among the « autres réglages » of its question.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from .form import CELL_TYPES, TYPES


@dataclass(frozen=True)
class Offer:
    """A type as its builder reads it: `properties` are attributes of `form.Question` that not every type has."""

    label: str
    properties: tuple[str, ...] = ()


OFFERS: Mapping[str, Offer] = {
    "text": Offer("Texte court", ("characters", "fact")),
    "long_text": Offer("Texte long", ("words", "characters", "fact")),
    "choice": Offer("Choix unique", ("options",)),
    "choices": Offer("Plusieurs choix", ("options",)),
    "yes_no": Offer("Oui ou non"),
    "date": Offer("Jour", ("min", "max", "fact")),
    "month": Offer("Mois", ("min", "max")),
    "amount": Offer("Montant en euros", ("min", "max", "fact", "formula")),
    "integer": Offer("Nombre entier", ("min", "max", "fact", "formula")),
    "number": Offer("Nombre décimal", ("min", "max", "decimals", "formula")),
    "percentage": Offer("Pourcentage", ("min", "max", "formula")),
    "email": Offer("Adresse électronique"),
    "url": Offer("Adresse d’un site"),
    "siren": Offer("Numéro SIREN"),
    "siret": Offer("Numéro SIRET", ("fact",)),
    "siren_siret": Offer("Numéro SIREN ou SIRET"),
    "spdx": Offer("Licence (SPDX)"),
    "doi": Offer("DOI"),
    "hal": Offer("Identifiant HAL"),
    "orcid": Offer("ORCID"),
    "person": Offer("Personne"),
    "organisation": Offer("Organisme"),
    "milestone": Offer("Jalon"),
    "dataset": Offer("Bases de l’appel"),
    "linkage": Offer("Chaînage", ("options",)),
    "file": Offer("Fichier à déposer", ("files", "formats")),
    "declaration": Offer("Engagement à cocher"),
    "table": Offer("Tableau", ("rows",)),
}
CHOOSE_AMONG_OPTIONS = frozenset({"choice", "choices"})


def offer(kind: str) -> Offer:
    """What a type offers; a type that has no row here offers its own name."""
    return OFFERS.get(kind, Offer(kind))


def choices(*, in_table: bool = False) -> list[tuple[str, str]]:
    """Every type with its name, in the order of `OFFERS`; only those of a cell for a column."""
    known = CELL_TYPES if in_table else TYPES
    order = [kind for kind in OFFERS if kind in known]
    return [(kind, offer(kind).label) for kind in order + sorted(known - set(OFFERS))]
