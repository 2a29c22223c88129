"""Answers (pure): the address of a field, cleaning what was typed into what is stored, showing it again.

A stored value is JSON: text, integer, true/false/null, list of texts; amounts, numbers and percentages are texts such
as « 98500.00 », days « 2026-12-31 », months « 2026-12 ». A composed answer has no value of its own: its parts have.
Nothing typed is refused for being incomplete: a value that cannot be cleaned is kept as typed under `{"typed": …}`, and
counts as missing until mended.
"""

import contextlib
import datetime as dt
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, URLValidator
from django.utils.translation import gettext as _

from ami_portal.kernel.money import in_words
from ami_portal.kernel.text import clean_text, count_words

from .form import BOUNDED, Form, Question
from .scholar import doi_of, hal_of, orcid_of
from .siret import is_siren, is_siret

MAX_CHARACTERS = 50_000
MAX_AMOUNT = Decimal("999999999.99")
YES_NO = {"true": True, "oui": True, "false": False, "non": False}


class Invalid(ValueError):
    """What was typed cannot be this answer; the message is a French sentence that says how to mend."""


class Address(NamedTuple):
    """Where an answer stands: a question, the part of a composed one (its code as column), or the cell of a table."""

    question: str
    row: str = ""
    column: str = ""

    def __str__(self) -> str:
        return ".".join(part for part in self if part)


def question_at(form: Form, address: Address) -> Question:
    """The question, the part or the column that `address` answers. Raises KeyError."""
    question = form.by_code[address.question]
    if question.type == "table" or (question.is_composed and not address.row):
        return question.column(address.column)
    if address.row or address.column:
        raise KeyError(str(address))
    return question


def is_typed_only(value: Any) -> bool:
    """Whether a stored value is what was typed, kept although it is not yet an answer."""
    return isinstance(value, dict) and set(value) == {"typed"}


def is_empty(value: Any) -> bool:
    """Whether a stored value answers nothing."""
    return value is None or value == "" or value == []


def keep(question: Question, raw: Any) -> tuple[Any, str]:
    """The value to store for what was typed, and the sentence that tells what is wrong with it (empty when nothing is).

    Never refuses: nothing typed is lost by an error. Only the length is bounded (MAX_CHARACTERS, Invalid beyond).
    """
    if isinstance(raw, str) and len(raw) > MAX_CHARACTERS:
        raise Invalid(f"Le texte dépasse {MAX_CHARACTERS} caractères : raccourcissez-le.")
    try:
        return clean(question, raw), ""
    except Invalid as error:
        typed = [clean_text(str(item)) for item in raw] if isinstance(raw, list) else clean_text(str(raw))
        return {"typed": typed}, str(error)


def clean(question: Question, raw: Any) -> Any:
    """What is stored for `raw` (text, or list of texts for several choices). Raises Invalid."""
    if question.type in ("choices", "dataset", "linkage"):
        return _choices(question, raw if isinstance(raw, list) else [raw] if raw else [])
    if isinstance(raw, list):
        raise Invalid("Une seule réponse est attendue.")
    text = clean_text("" if raw is None else str(raw)).strip(None if question.type != "long_text" else "\n\t ")
    if text == "":
        return None
    return _CLEANERS[question.type](question, text)


def _choices(question: Question, raw: Sequence[Any]) -> list[str]:
    known = [code for code, _ in question.options]
    chosen = {clean_text(str(item)) for item in raw} - {""}
    if question.options and (unknown := chosen - set(known)):
        raise Invalid(f"Choix inconnu : {', '.join(sorted(unknown))}.")
    return [code for code in known if code in chosen] if known else sorted(chosen)


def _text(question: Question, text: str) -> str:
    if question.type == "text" and "\n" in text:
        text = " ".join(text.split("\n"))
    return text


def _choice(question: Question, text: str) -> str:
    if text not in dict(question.options):
        raise Invalid("Choisissez une réponse de la liste.")
    return text


def _yes_no(question: Question, text: str) -> bool:
    if text.lower() not in YES_NO:
        raise Invalid("Répondez par oui ou par non.")
    return YES_NO[text.lower()]


def _declaration(question: Question, text: str) -> bool | None:
    return True if text.lower() in ("true", "oui", "on", "1") else None


def _date(question: Question, text: str) -> str:
    french = re.fullmatch(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})", text)
    iso = f"{french[3]}-{int(french[2]):02d}-{int(french[1]):02d}" if french else text
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", iso):
        with contextlib.suppress(ValueError):
            day = dt.date.fromisoformat(iso)
            if 1900 <= day.year <= 2100:
                return iso
    raise Invalid("Écrivez une date comme 31/12/2026.")


def _month(question: Question, text: str) -> str:
    french = re.fullmatch(r"([0-9]{1,2})/([0-9]{4})", text)
    iso = f"{french[2]}-{int(french[1]):02d}" if french else text
    if re.fullmatch(r"(19[0-9]{2}|20[0-9]{2}|2100)-(0[1-9]|1[0-2])", iso):
        return iso
    raise Invalid("Écrivez un mois comme 12/2026.")


def decimal_of(text: str, wanted: str = "Écrivez un nombre, par exemple 98\u00a0500,00.") -> Decimal:
    """A number as a French person types it: « 98 500,50 € ». Raises Invalid with the sentence `wanted`."""
    plain = re.sub(r"[\s\u00a0\u202f€%]", "", text).replace(",", ".")
    if not re.fullmatch(r"-?[0-9]{1,12}(\.[0-9]{1,6})?", plain):
        raise Invalid(wanted)
    return Decimal(plain)


def _amount(question: Question, text: str) -> str:
    amount = decimal_of(text)
    if amount < 0:
        raise Invalid("Un montant ne peut pas être négatif.")
    if amount > MAX_AMOUNT:
        raise Invalid(f"Ce montant dépasse {in_words(MAX_AMOUNT)}.")
    if amount != round(amount, 2):
        raise Invalid("Un montant a deux décimales au plus.")
    return f"{amount:.2f}"


def _integer(question: Question, text: str) -> int:
    wanted = "Écrivez un nombre entier, par exemple 24."
    number = decimal_of(text, wanted)
    if number != int(number) or not 0 <= number <= 1_000_000_000:
        raise Invalid(wanted)
    return int(number)


def _number(question: Question, text: str) -> str:
    number = decimal_of(text, "Écrivez un nombre, par exemple 12,5.")
    if number != round(number, question.decimals):
        most = f"{question.decimals} décimale{'s' if question.decimals > 1 else ''} au plus"
        raise Invalid(f"Écrivez un nombre avec {most if question.decimals else 'aucune décimale'}.")
    return f"{number.normalize() + 0:f}"


def _percentage(question: Question, text: str) -> str:
    number = decimal_of(text, "Écrivez un pourcentage, par exemple 12,5.")
    if not 0 <= number <= 100:
        raise Invalid("Un pourcentage va de 0 à 100.")
    return f"{number.normalize():f}"


def _email(question: Question, text: str) -> str:
    try:
        EmailValidator()(text)
    except ValidationError as error:
        raise Invalid("Écrivez une adresse électronique comme nom@exemple.fr.") from error
    return text


def _url(question: Question, text: str) -> str:
    try:
        URLValidator(schemes=["http", "https"])(text)
    except ValidationError as error:
        raise Invalid("Écrivez une adresse complète, qui commence par https://.") from error
    return text


def _siret(question: Question, text: str) -> str:
    digits = re.sub(r"[\s\u00a0\u202f.]", "", text)
    if not is_siret(digits):
        raise Invalid("Ce SIRET n’est pas valable : un SIRET a 14 chiffres, dont le dernier est une clé de contrôle.")
    return digits


def _siren(question: Question, text: str) -> str:
    digits = re.sub(r"[\s\u00a0\u202f.]", "", text)
    if not is_siren(digits):
        raise Invalid("Ce SIREN n’est pas valable : un SIREN a 9 chiffres, dont le dernier est une clé de contrôle.")
    return digits


def _siren_siret(question: Question, text: str) -> str:
    digits = re.sub(r"[\s\u00a0\u202f.]", "", text)
    if not (is_siren(digits) or is_siret(digits)):
        raise Invalid("Écrivez un SIREN (9 chiffres) ou un SIRET (14 chiffres) : leur dernier chiffre est une clé.")
    return digits


def _orcid(question: Question, text: str) -> str:
    if not (orcid := orcid_of(text)):
        raise Invalid("Cet ORCID n’est pas valable : écrivez-le comme 0000-0002-1825-0097, clé de contrôle comprise.")
    return orcid


def _doi(question: Question, text: str) -> str:
    if not (doi := doi_of(text)):
        raise Invalid("Écrivez un DOI comme 10.1234/abcd, ou son adresse https://doi.org/10.1234/abcd.")
    return doi


def _hal(question: Question, text: str) -> str:
    if not (identifier := hal_of(text)):
        raise Invalid("Écrivez un identifiant HAL comme hal-01234567.")
    return identifier


def _spdx(question: Question, text: str) -> str:
    from .licences import unknown_licences

    if unknown := unknown_licences(text):
        raise Invalid(f"Licence inconnue de la liste SPDX : {unknown}. Exemples : MIT, Apache-2.0, CECILL-B.")
    return text


_CLEANERS = {
    "text": _text,
    "long_text": _text,
    "choice": _choice,
    "yes_no": _yes_no,
    "declaration": _declaration,
    "date": _date,
    "month": _month,
    "amount": _amount,
    "integer": _integer,
    "number": _number,
    "percentage": _percentage,
    "email": _email,
    "url": _url,
    "siren": _siren,
    "siret": _siret,
    "siren_siret": _siren_siret,
    "spdx": _spdx,
    "orcid": _orcid,
    "doi": _doi,
    "hal": _hal,
}


def over_limit(question: Question, value: Any) -> str:
    """The sentence for an answer outside its limits; empty when it is within."""
    if question.type in BOUNDED:
        return _out_of_bounds(question, value) if question.min or question.max else ""
    if isinstance(value, str):
        # Words are never more than runs between white space: the exact count is for the few texts near their limit.
        if question.words and len(value.split()) > question.words and (words := count_words(value)) > question.words:
            return f"Le texte compte {words} mots ; {question.words} au plus sont admis."
        if question.characters and len(value) > question.characters:
            return f"Le texte compte {len(value)} caractères ; {question.characters} au plus sont admis."
    return ""


def _out_of_bounds(question: Question, value: Any) -> str:
    if is_empty(value) or is_typed_only(value):
        return ""
    is_time = question.type in ("date", "month")
    held, low, high = (
        text if is_time or not text else Decimal(text) for text in (str(value), question.min, question.max)
    )
    if low != "" and held < low:  # type: ignore[operator]
        return f"{'Pas avant le' if is_time else 'Au moins'} {shown(question, question.min)}."
    if high != "" and held > high:  # type: ignore[operator]
        return f"{'Pas après le' if is_time else 'Au plus'} {shown(question, question.max)}."
    return ""


def problem(question: Question, value: Any) -> str:
    """Why a stored value does not yet answer the question; empty when it does, or when nothing was answered."""
    if is_typed_only(value):
        return keep(question, value["typed"])[1]
    return over_limit(question, value)


def typed(question: Question, value: Any) -> str | list[str]:
    """A stored value as its field shows it for editing."""
    if is_typed_only(value):
        shown: str | list[str] = value["typed"]
        return shown
    if value is None:
        return [] if question.type in ("choices", "dataset", "linkage") else ""
    if question.type in ("yes_no", "declaration"):
        return "true" if value else "false"
    if question.type == "amount":
        return in_words(Decimal(value)).rstrip("€").strip("\u00a0 ")
    if question.type in ("percentage", "number"):
        return str(value).replace(".", ",")
    if question.type == "month":
        return _month_in_figures(value)
    return value if isinstance(value, list) else str(value)


def shown(question: Question, value: Any) -> str:
    """A stored value as it is read: « 98 500,00 € », « 31/12/2026 », « oui », the labels of choices."""
    if is_typed_only(value):
        kept = value["typed"]
        return ", ".join(kept) if isinstance(kept, list) else str(kept)
    if is_empty(value):
        return ""
    labels = dict(question.options)
    match question.type:
        case "choices" | "dataset" | "linkage":
            return ", ".join(labels.get(item, item) for item in value)
        case "choice":
            return labels.get(value) or str(value)
        case "yes_no" | "declaration":
            return _("oui") if value else _("non")
        case "amount":
            return in_words(Decimal(value))
        case "percentage":
            return f"{value} %".replace(".", ",")
        case "date":
            return dt.date.fromisoformat(value).strftime("%d/%m/%Y")
        case "month":
            return _month_in_figures(value)
        case "number":
            return str(value).replace(".", ",")
        case "siren" | "siret" | "siren_siret":
            return f"{value[:3]} {value[3:6]} {value[6:9]} {value[9:]}".strip()
        case _:
            return str(value)


def _month_in_figures(value: str) -> str:
    return f"{value[5:]}/{value[:4]}"


def shown_parts(question: Question, values: Mapping[str, Any]) -> str:
    """A composed answer as it is read: a line for each part that is answered, « Nom : Martin »."""
    lines = ((part.label, shown(part, values.get(part.code))) for part in question.columns)
    return "\n".join(f"{label} : {text}" for label, text in lines if text)
