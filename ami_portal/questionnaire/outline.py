"""A form in words (pure): what each question accepts and when it is asked, for those who read it before they answer."""

from dataclasses import dataclass

from . import answers
from .form import BOUNDED, Condition, Form, Question, Section

KINDS = {
    "text": "Texte court",
    "long_text": "Texte",
    "choice": "Un seul choix",
    "choices": "Un ou plusieurs choix",
    "yes_no": "Oui ou non",
    "date": "Date",
    "month": "Mois",
    "amount": "Montant en euros",
    "integer": "Nombre entier",
    "number": "Nombre",
    "percentage": "Pourcentage",
    "email": "Adresse électronique",
    "url": "Adresse web",
    "siren": "SIREN",
    "siret": "SIRET",
    "siren_siret": "SIREN ou SIRET",
    "spdx": "Licence (identifiant SPDX)",
    "doi": "DOI",
    "hal": "Identifiant HAL",
    "orcid": "ORCID",
    "person": "Personne",
    "organisation": "Organisme",
    "milestone": "Jalon",
    "dataset": "Une ou plusieurs bases de l’appel",
    "linkage": "Un ou plusieurs choix",
    "file": "Fichier",
    "declaration": "Déclaration à cocher",
    "table": "Tableau",
}


@dataclass(frozen=True)
class Asked:
    """A question with its limits and its condition in words; `columns` are those of a table, or parts, with theirs."""

    question: Question
    limits: str
    when: str
    columns: tuple[tuple[Question, str], ...]


@dataclass(frozen=True)
class Page:
    """A section with its questions."""

    section: Section
    questions: tuple[Asked, ...]


def outline(form: Form) -> list[Page]:
    """The whole form in words, in its order."""
    return [Page(section, tuple(_asked(question, form) for question in section.questions)) for section in form.sections]


def _asked(question: Question, form: Form) -> Asked:
    columns = tuple((column, limits(column)) for column in question.columns)
    return Asked(question, limits(question), condition(question.shown_if, form), columns)


def limits(question: Question) -> str:
    """« Texte, 300 mots au plus, facultatif »: the kind of an answer and all that bounds it."""
    said = [KINDS.get(question.type, "Réponse"), *_length(question), *_bounds(question), *_files(question)]
    if question.type == "table":
        least, most = question.rows
        said.append(f"de {least} à {most} lignes" if least else f"{most} lignes au plus")
    if not question.required:
        said.append("facultatif")
    return ", ".join(said)


def _length(question: Question) -> list[str]:
    words = [f"{question.words} mots au plus"] if question.words else []
    return words + ([f"{question.characters} caractères au plus"] if question.characters else [])


def _bounds(question: Question) -> list[str]:
    if question.type not in BOUNDED:
        return []
    least = [f"au moins {answers.shown(question, question.min)}"] if question.min else []
    return least + ([f"au plus {answers.shown(question, question.max)}"] if question.max else [])


def _files(question: Question) -> list[str]:
    if question.type != "file":
        return []
    formats = " ou ".join(name.upper() for name in question.formats)
    return [formats, f"{question.files} fichiers au plus" if question.files > 1 else "un fichier"]


def condition(shown_if: Condition | None, form: Form) -> str:
    """« Demandé si la réponse à « Chaînage » est « Autre base ». »; empty for what is always asked."""
    asked = form.by_code.get(shown_if.question) if shown_if else None
    if shown_if is None or asked is None:
        return ""
    labels = dict(asked.options)
    values = [_value(value, labels) for value in shown_if.values]
    return f"Demandé si la réponse à « {asked.label} » est {' ou '.join(values)}."


def _value(value: object, labels: dict[str, str]) -> str:
    if isinstance(value, bool):
        return "oui" if value else "non"
    return f"« {labels.get(str(value), value)} »"
