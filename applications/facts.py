"""Facts: the answers that the portal reasons about, projected into typed columns of the dossier when they are saved."""

import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from typing import Any

from ami_portal.questionnaire.answers import Address, is_empty, is_typed_only
from ami_portal.questionnaire.form import Question

from .drafts import Draft
from .models import Dossier, DossierDataset

_TEXTS = {"title": 300, "acronym": 60, "lead_name": 250, "lead_siret": 14}
_WORDS = frozenset({"text", "long_text"})
FACTS: dict[str, frozenset[str]] = {
    "title": _WORDS,
    "acronym": _WORDS,
    "lead_name": _WORDS,
    "lead_siret": frozenset({"siret"}),
    "amount_requested": frozenset({"amount"}),
    "duration_months": frozenset({"integer"}),
    "starts_on": frozenset({"date"}),
    "public_summary": _WORDS,
}
"""What a question of a form may declare as its fact, and the types that such a question has."""
COLUMNS = frozenset(FACTS) - {"public_summary"}
"""Those that a column of the dossier holds; the public summary is read from the deposit alone."""

WORDS = {
    "title": "Titre du dossier",
    "acronym": "Acronyme",
    "lead_name": "Organisme porteur",
    "lead_siret": "SIRET du porteur",
    "amount_requested": "Montant demandé",
    "duration_months": "Durée en mois",
    "starts_on": "Début des travaux",
    "public_summary": "Résumé publié avec les résultats",
}
"""What each fact is called on the screen."""

_READERS: dict[str, Callable[[Any], Any]] = {
    "amount_requested": Decimal,
    "duration_months": int,
    "starts_on": dt.date.fromisoformat,
}


def column_value(fact: str, value: Any) -> Any:
    """What the column `fact` holds for a stored answer; empty as long as the answer is not one."""
    absent = is_typed_only(value) or is_empty(value)
    if fact in _TEXTS:
        return "" if absent else str(value)[: _TEXTS[fact]]
    if absent:
        return None
    with suppress(ValueError, ArithmeticError):  # a form may ask for a fact in words that no column holds
        return _READERS[fact](value)
    return None


def project(dossier: Dossier, question: Question, value: Any) -> None:
    """Bring the column, or the datasets, that `question` declares up to date with its answer."""
    if question.type == "dataset":
        _project_datasets(dossier, [] if is_typed_only(value) or value is None else value)
    elif question.fact in COLUMNS:
        column = column_value(question.fact, value)
        setattr(dossier, question.fact, column)
        Dossier.objects.filter(pk=dossier.pk).update(**{question.fact: column})


def project_all(dossier: Dossier, draft: Draft, *, keeps_versions: bool = False) -> None:
    """Bring every fact up to date with the answers of a draft: what its form declares no more, or hides, is empty.

    With `keeps_versions`, a dataset already asked for stays at the version that it was asked for.
    """
    declared = {question.fact: question for question in draft.form.questions() if question.fact}
    values = {}
    for fact in sorted(COLUMNS):
        question = declared.get(fact)
        answer = draft.answers.get(Address(question.code)) if question and draft.is_shown(question) else None
        values[fact] = column_value(fact, answer)
        setattr(dossier, fact, values[fact])
    Dossier.objects.filter(pk=dossier.pk).update(**values)
    asking = next((question for question in draft.form.questions() if question.type == "dataset"), None)
    codes = draft.answers.get(Address(asking.code)) if asking and draft.is_shown(asking) else None
    codes = [] if codes is None or is_typed_only(codes) else codes
    _project_datasets(dossier, codes, keeps_versions=keeps_versions)


def _project_datasets(dossier: Dossier, codes: list[str], *, keeps_versions: bool = False) -> None:
    opened = {
        row.version.dataset.code: row.version for row in dossier.call.call_datasets.select_related("version__dataset")
    }
    if keeps_versions:
        asked = dossier.dossier_datasets.select_related("version__dataset")
        opened |= {row.version.dataset.code: row.version for row in asked}
    wanted = [opened[code] for code in codes if code in opened]
    dossier.dossier_datasets.exclude(version__in=wanted).delete()
    present = set(dossier.dossier_datasets.values_list("version_id", flat=True))
    DossierDataset.objects.bulk_create(
        DossierDataset(dossier=dossier, version=version) for version in wanted if version.pk not in present
    )
