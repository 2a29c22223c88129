"""The answer that one champ gives to one question (pure). A wrong one is refused, never bent."""

from collections.abc import Mapping
from typing import Any

from ami_portal.kernel.config import shown
from ami_portal.questionnaire import answers
from ami_portal.questionnaire.form import Question

_YES_NO = {"YesNoChamp": "selected", "CheckboxChamp": "checked"}
_DATES = {"DateChamp": "date", "DatetimeChamp": "datetime"}
_MANY = ("choices", "dataset", "linkage")
_NO_WORDS = ("RepetitionChamp", "PieceJustificativeChamp", "TitreIdentiteChamp", "CarteChamp")


class Wrong(ValueError):
    """What a champ says is no answer to the question; the message is a French sentence."""


def answer(question: Question, champ: Mapping[str, Any], values: Mapping[str, str]) -> Any:
    """The value to store, None when nothing is answered. `values` gives the code of a choice by its label there."""
    kind = str(champ["__typename"])
    if question.type in ("yes_no", "declaration"):
        return clean(question, _yes_no(kind, champ))
    if question.type in ("date", "month"):
        return clean(question, _date(question, kind, champ))
    if question.type == "choice" or question.type in _MANY:
        return _choice(question, _labels(champ), values)
    if kind in _NO_WORDS:
        raise Wrong(f"un champ de type {kind} ne répond pas à cette question")
    return clean(question, _text(champ.get("stringValue")))


def clean(question: Question, raw: Any) -> Any:
    """As an answer typed here: a text that is no amount, no day or no SIRET is refused."""
    if isinstance(raw, str) and len(raw) > answers.MAX_CHARACTERS:
        raise Wrong(f"le texte dépasse {answers.MAX_CHARACTERS} caractères")
    try:
        return answers.clean(question, raw)
    except answers.Invalid as error:
        raise Wrong(f"{shown(raw)} : {error}") from error


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _yes_no(kind: str, champ: Mapping[str, Any]) -> str | None:
    """Yes and no have three states there too. What is no box is no answer, whatever its words."""
    if kind not in _YES_NO:
        raise Wrong(f"un oui ou un non est attendu, et non un champ de type {kind}")
    value = champ[_YES_NO[kind]]
    return None if value is None else "true" if value is True else "false"


def _date(question: Question, kind: str, champ: Mapping[str, Any]) -> str:
    if kind not in _DATES:
        return _text(champ.get("stringValue"))
    found = _text(champ[_DATES[kind]])
    return found[:7] if question.type == "month" else found[:10]


def _labels(champ: Mapping[str, Any]) -> list[str]:
    """What was chosen, in the words of the démarche."""
    if isinstance(many := champ.get("values"), list):
        return [_text(one) for one in many if one]
    if first := champ.get("primaryValue"):
        return [" / ".join(_text(one) for one in (first, champ.get("secondaryValue")) if one)]
    one = champ.get("chosen") or champ.get("stringValue")
    return [_text(one)] if one else []


def _choice(question: Question, labels: list[str], values: Mapping[str, str]) -> Any:
    """Codes by the labels that the call's file maps; a label that is one of the question's own needs no line."""
    codes = {label: code for code, label in question.options} | dict(values)
    if unknown := [label for label in labels if label not in codes]:
        raise Wrong(f"le choix {shown(unknown[0])} n’a pas de correspondance")
    chosen = [codes[label] for label in labels]
    if question.type in _MANY:
        return clean(question, chosen)
    if len(chosen) > 1:
        raise Wrong("plusieurs choix, et un seul est attendu")
    return clean(question, chosen[0] if chosen else "")
