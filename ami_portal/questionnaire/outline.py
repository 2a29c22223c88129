"""A form in words (pure): what each question accepts and when it is asked, for those who read it before they answer."""

from dataclasses import dataclass

from . import answers
from .conditions import Condition
from .form import BOUNDED, Form, Question, Section

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
    """A question with its limits, its condition and its rules in words; `columns` (or parts) come with their limits."""

    question: Question
    limits: str
    when: str
    columns: tuple[tuple[Question, str], ...]
    rules: tuple[str, ...]


@dataclass(frozen=True)
class Page:
    """A section with its condition in words, and its questions."""

    section: Section
    when: str
    questions: tuple[Asked, ...]


def outline(form: Form) -> list[Page]:
    """The whole form in words, in its order."""
    return [
        Page(section, when(section.shown_if, form), tuple(_asked(question, form) for question in section.questions))
        for section in form.sections
    ]


def _asked(question: Question, form: Form) -> Asked:
    columns = tuple((column, limits(column)) for column in question.columns)
    rules = tuple(rule.announced for rule in question.rules if rule.announced)
    if question.file_rules:
        rules += tuple(question.file_rules.sentences)
    return Asked(question, limits(question), when(question.shown_if, form), columns, rules)


def limits(question: Question) -> str:
    """« Texte, 300 mots au plus, facultatif »: the kind of an answer and all that bounds it."""
    if question.formula:
        return f"{KINDS.get(question.type, 'Réponse')}, calculé par le portail"
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


def when(shown_if: Condition | None, form: Form) -> str:
    """« Demandé si la réponse à « Chaînage » est « Autre base ». »; empty for what is always asked."""
    return f"Demandé si {_said(shown_if, form)}." if shown_if else ""


def _said(condition: Condition, form: Form) -> str:
    if condition.all or condition.any:
        link = " et si " if condition.all else " ou si "
        return link.join(_said(part, form) for part in condition.all + condition.any)
    asked = form.by_code[condition.question]
    labels = dict(asked.options)
    values = " ou ".join(_value(value, labels) for value in condition.values)
    return f"la réponse à «\u00a0{asked.label}\u00a0» est {values}"


def _value(value: object, labels: dict[str, str]) -> str:
    if isinstance(value, bool):
        return "oui" if value else "non"
    return f"«\u00a0{labels.get(str(value), value)}\u00a0»"
