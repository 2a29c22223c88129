"""A form in words (pure): what each question accepts and when it is asked, for those who read it before they answer.

The words are in the language in force (Django's), as `languages.translated` gives those of the call.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as word

from . import answers
from .conditions import Condition
from .form import BOUNDED, Form, Question, Section

KINDS = {
    "text": word("Texte court"),
    "long_text": word("Texte"),
    "choice": word("Un seul choix"),
    "choices": word("Un ou plusieurs choix"),
    "yes_no": word("Oui ou non"),
    "date": word("Date"),
    "month": word("Mois"),
    "amount": word("Montant en euros"),
    "integer": word("Nombre entier"),
    "number": word("Nombre"),
    "percentage": word("Pourcentage"),
    "email": word("Adresse électronique"),
    "url": word("Adresse web"),
    "siren": word("SIREN"),
    "siret": word("SIRET"),
    "siren_siret": word("SIREN ou SIRET"),
    "spdx": word("Licence (identifiant SPDX)"),
    "doi": word("DOI"),
    "hal": word("Identifiant HAL"),
    "orcid": word("ORCID"),
    "person": word("Personne"),
    "organisation": word("Organisme"),
    "milestone": word("Jalon"),
    "dataset": word("Une ou plusieurs bases de l’appel"),
    "linkage": word("Un ou plusieurs choix"),
    "file": word("Fichier"),
    "declaration": word("Déclaration à cocher"),
    "table": word("Tableau"),
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
        return f"{_(KINDS[question.type])}, {_('calculé par le portail')}"
    said = [_(KINDS[question.type]), *_length(question), *_bounds(question), *_files(question)]
    if question.type == "table":
        least, most = question.rows
        lines = _("de %(least)s à %(most)s lignes") if least else _("%(most)s lignes au plus")
        said.append(lines % {"least": least, "most": most})
    if not question.required:
        said.append(_("facultatif"))
    return ", ".join(said)


def _length(question: Question) -> list[str]:
    words = [_("%s mots au plus") % question.words] if question.words else []
    return words + ([_("%s caractères au plus") % question.characters] if question.characters else [])


def _bounds(question: Question) -> list[str]:
    if question.type not in BOUNDED:
        return []
    least = [_("au moins %s") % answers.shown(question, question.min)] if question.min else []
    return least + ([_("au plus %s") % answers.shown(question, question.max)] if question.max else [])


def _files(question: Question) -> list[str]:
    if question.type != "file":
        return []
    formats = _(" ou ").join(name.upper() for name in question.formats)
    return [formats, _("%s fichiers au plus") % question.files if question.files > 1 else _("un fichier")]


def when(shown_if: Condition | None, form: Form) -> str:
    """« Demandé si la réponse à « Chaînage » est « Autre base ». »; empty for what is always asked."""
    return _("Demandé si %s.") % _said(shown_if, form) if shown_if else ""


def _said(condition: Condition, form: Form) -> str:
    if condition.all or condition.any:
        link = _(" et si ") if condition.all else _(" ou si ")
        return link.join(_part(part, form) for part in condition.all + condition.any)
    asked = form.by_code[condition.question]
    labels = dict(asked.options)
    values = _(" ou ").join(_value(value, labels) for value in condition.values)
    return _("la réponse à «\u00a0%(asked)s\u00a0» est %(values)s") % {"asked": asked.label, "values": values}


def _part(condition: Condition, form: Form) -> str:
    """One of several conditions; a group of them is held together, so that « et » and « ou » read one way only."""
    said = _said(condition, form)
    return f"({said})" if len(condition.all + condition.any) > 1 else said


def _value(value: object, labels: dict[str, str]) -> str:
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    return _("«\u00a0%s\u00a0»") % labels.get(str(value), value)
