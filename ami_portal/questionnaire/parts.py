"""What a composed answer is made of (pure): a person, an organisation, a milestone. Each part is a field of its own.

A part has its own address, its own version and its own mistakes, as the cell of a table has; two people who fill two
parts of one answer never collide. A table may be a list of such answers: its first columns are then these parts. A
milestone is dated in months of the project; a form that prefers days or months of the calendar changes the type of its
`start` and `end` to `date` or `month`.
"""

from typing import Any

IN_ENGLISH = {
    "Prénom": "Given name",
    "Nom": "Family name",
    "Adresse électronique": "E-mail address",
    "Exemple : 0000-0002-1825-0097.": "Example: 0000-0002-1825-0097.",
    "Organisme": "Organisation",
    "SIREN ou SIRET": "SIREN or SIRET (French register)",
    "Vide pour un organisme étranger.": "Empty for an organisation outside France.",
    "Pays": "Country",
    "Pour un organisme étranger.": "For an organisation outside France.",
    "Intitulé": "Name",
    "Exemple : « Autorisations obtenues ».": "Example: “Authorisations obtained”.",
    "Mois de début": "First month",
    "Mois de fin": "Last month",
}
"""The words of the parts that a call leaves as they are, for who answers it in English."""

_PARTS: dict[str, list[dict[str, Any]]] = {
    "person": [
        {"code": "given_name", "type": "text", "label": "Prénom", "characters": 80},
        {"code": "family_name", "type": "text", "label": "Nom", "characters": 80},
        {"code": "email", "type": "email", "label": "Adresse électronique"},
        {
            "code": "orcid",
            "type": "orcid",
            "label": "ORCID",
            "required": False,
            "help": "Exemple : 0000-0002-1825-0097.",
        },
    ],
    "organisation": [
        {"code": "name", "type": "text", "label": "Organisme", "characters": 200},
        {
            "code": "siret",
            "type": "siren_siret",
            "label": "SIREN ou SIRET",
            "required": False,
            "help": "Vide pour un organisme étranger.",
        },
        {
            "code": "country",
            "type": "text",
            "label": "Pays",
            "required": False,
            "characters": 60,
            "help": "Pour un organisme étranger.",
        },
    ],
    "milestone": [
        {
            "code": "label",
            "type": "text",
            "label": "Intitulé",
            "characters": 200,
            "help": "Exemple : « Autorisations obtenues ».",
        },
        {"code": "start", "type": "integer", "label": "Mois de début", "min": 1},
        {"code": "end", "type": "integer", "label": "Mois de fin", "min": 1},
        {
            "code": "deliverable",
            "type": "text",
            "label": "Livrable",
            "characters": 300,
            "help": "Ce que l’on pourra montrer. Exemple : « Rapport de qualité des données ».",
        },
    ],
}
COMPOSED = frozenset(_PARTS)
_RULES: dict[str, list[dict[str, Any]]] = {
    "organisation": [
        {
            "test": "not answered(name) or answered(siret) or answered(country)",
            "at": "siret",
            "message": "Donnez le SIREN ou le SIRET ; pour un organisme étranger, son pays.",
        }
    ],
    "milestone": [
        {"test": "end >= start", "at": "end", "message": "La fin vient avant le début : corrigez l’un ou l’autre."}
    ],
}


def parts_of(kind: str) -> list[dict[str, Any]]:
    """The parts of the composed type `kind`, as a form writes columns; none for any other type."""
    return _PARTS.get(kind, [])


def rules_of(kind: str) -> list[dict[str, Any]]:
    """What must hold between the parts of the composed type `kind`, as a form writes rules."""
    return _RULES.get(kind, [])
