"""What changes in a call's document, in the words of its pages: the place, what was there, what comes."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from ami_portal.desk.calls.plan import when
from ami_portal.desk.calls.units import Sides, leaves
from ami_portal.kernel.config import Path
from ami_portal.questionnaire import merging
from ami_portal.questionnaire.merging import Span

KEYS = {
    "act": "acte",
    "advice": "conseil",
    "answer": "réponse",
    "appeal": "recours gracieux",
    "budget_tolerance_percent": "tolérance (%)",
    "call": "appel",
    "cap_percent": "plafond (%)",
    "calendar": "calendrier",
    "completion": "demande de complément",
    "charter": "charte du jury",
    "check": "contrôle",
    "closes_at": "clôture",
    "condition": "condition",
    "conflict_help": "aide à la déclaration des liens",
    "contact": "contact",
    "consent": "accord du porteur",
    "consultation": "consultation des partenaires",
    "convention": "convention",
    "cost_categories": "catégories de dépenses",
    "data": "données",
    "data_access_path": "parcours d’accès aux données",
    "days": "jours",
    "data_retention": "durées de conservation",
    "decided_by": "décidé par",
    "decisions": "décisions",
    "demarches_simplifiees": "Démarches Simplifiées",
    "dataset": "base",
    "detail": "ce qui s’y passe",
    "due": "délai des avis",
    "draw": "tirage au sort",
    "duration_counts_from": "durée comptée à partir de",
    "duration_months_max": "durée maximale (mois)",
    "eligibility": "critères d’éligibilité",
    "ends_on": "fin",
    "envelope": "enveloppe",
    "expected_budget": "budget attendu",
    "expenses": "dépenses",
    "faq": "questions et réponses",
    "fields": "domaines",
    "feasibility": "faisabilité scientifique",
    "form": "formulaire",
    "from": "à compter de",
    "grounds": "motifs d’un avis défavorable",
    "group": "groupe",
    "guides": "repères des notes",
    "headings": "rubriques",
    "help": "aide",
    "history": "dates déplacées",
    "instalments": "versements",
    "jury": "jury",
    "label": "intitulé",
    "labels": "mots des notes",
    "least": "au moins",
    "letter_appeal_accepted": "lettre qui accepte un recours",
    "letter_appeal_rejected": "lettre qui rejette un recours",
    "letter_called": "lettre d’appel de la liste complémentaire",
    "letter_inadmissible": "lettre d’irrecevabilité",
    "letter_ineligible": "lettre de non-éligibilité",
    "letter_jury_appeal_accepted": "lettre qui accepte un recours contre le jury",
    "letter_laureate": "lettre aux lauréats",
    "letter_rejected": "lettre de refus",
    "letter_reserve": "lettre de liste complémentaire",
    "load": "dossiers par membre du jury",
    "max": "au plus",
    "max_grant": "aide maximale",
    "method": "qui l’enveloppe finance",
    "min": "au moins",
    "minimum": "note minimale",
    "months": "mois",
    "months_after_signature": "mois après la signature",
    "most": "au plus",
    "name": "nom",
    "letter_scores": "notes dans les lettres",
    "neutrality": "neutralité",
    "opens_at": "ouverture",
    "operator": "opérateur",
    "operator_named": "opérateur, avec son article",
    "opinion_feasibility": "question de faisabilité",
    "opinion_neutrality": "question de neutralité",
    "opinions": "effet des avis",
    "option": "choix",
    "order": "ordre du classement",
    "ordre": "ordre",
    "other_person": "réponse par une autre personne",
    "overruled_by": "contrôle écarté par",
    "params": "paramètres",
    "percent": "part (%)",
    "points": "points",
    "profiles": "profils requis",
    "purpose": "objet",
    "question": "question",
    "quotas": "quotas",
    "ranking": "classement",
    "reasons": "motifs proposés",
    "questions": "questions",
    "funding_rate_percent": "part payée des dépenses (%)",
    "retention_freed_on": "retenue libérée par",
    "basis": "calcul du montant",
    "conditions": "conditions",
    "amounts": "montants",
    "documents": "justificatifs",
    "receipt": "accusé de réception",
    "receipt_office": "service en charge",
    "receipt_silence": "silence de l’administration",
    "regulation": "règlement financier",
    "reminder_days": "rappels",
    "retention_percent": "retenue (%)",
    "reviews": "évaluations par dossier",
    "rounds": "tours",
    "rules": "règles",
    "scale": "barème",
    "selection": "grille du jury",
    "signatory": "signataire",
    "silence_refuses": "un silence peut être pris pour un refus",
    "silence_months": "silence après (mois)",
    "special_attention": "attention particulière",
    "starts_on": "début",
    "steps": "étapes",
    "summary": "résumé",
    "supports": "soutiens",
    "text": "texte",
    "texts": "textes",
    "ties": "départage des ex æquo",
    "title": "titre",
    "translations": "textes en anglais",
    "two_people": "décidé à deux",
    "two_people_refusals": "refus décidés à deux",
    "version": "version",
    "weight": "poids",
    "words": "mots",
    "working_days": "en jours ouvrés",
    "works_start_after": "début des travaux après le",
}
"""The keys of the document, as a page says them. A code stands as it is."""
AROUND = 80
SILENT = frozenset({"call", "calendar", "texts"})


@dataclass(frozen=True)
class Told:
    """One thing that changes: where, and the words before and after, one in the other."""

    place: str
    spans: list[Span]


def place(path: Path, names: Mapping[str, str] = MappingProxyType({})) -> str:
    """« Étapes – Jury – fin »: `names` are what the rows of the document call themselves, by their codes."""
    words = [names.get(str(step)) or KEYS.get(str(step), str(step)) for step in path if step not in SILENT]
    return " – ".join(words)[:1].upper() + " – ".join(words)[1:]


def told(changes: Iterable[Sides]) -> list[Told]:
    """What changes, leaf by leaf."""
    return [one for sides in changes for one in _of(sides)]


def _of(sides: Sides) -> Iterator[Told]:
    if sides.unit[-1] == "history":  # each date is told by itself; its reason is told once
        reasons = dict.fromkeys(move["reason"] for move in sides.file if move not in sides.here)
        yield from (Told("Motif, publié avec l’ancienne et la nouvelle date", [Span("added", one)]) for one in reasons)
        return
    if sides.unit == ("translations",):
        for french in dict.fromkeys([*sides.here, *sides.file]):
            old, new = (str(side.get(french, "")) for side in (sides.here, sides.file))
            if old != new:
                yield Told(f"Anglais de « {french[:AROUND]} »", _near(merging.differences(old, new)))
        return
    names = {**dict(_names(sides.here)), **dict(_names(sides.file))}
    for where, before, after in leaves(sides.here, sides.file):
        old, new = (in_words(value) for value in (before, after))
        is_text = isinstance(before, str) and isinstance(after, str)
        spans = merging.differences(old, new) if is_text else _both(old, new)
        yield Told(place((*sides.unit, *filter(None, where.split("."))), names), _near(spans))


def _names(value: Any) -> Iterator[tuple[str, str]]:
    """The label of each row of a value, by its code."""
    if isinstance(value, Mapping):
        if isinstance(value.get("code"), str):
            yield value["code"], str(value.get("label") or value.get("title") or "")
        for item in value.values():
            yield from _names(item)
    elif isinstance(value, list):
        for item in value:
            yield from _names(item)


def _near(spans: list[Span]) -> list[Span]:
    """What changes with a few words around it: long runs that stay are cut."""
    last = len(spans) - 1
    return [
        Span(kind, _cut(text, first=rank == 0, last=rank == last)) if kind == "same" else Span(kind, text)
        for rank, (kind, text) in enumerate(spans)
    ]


def _cut(text: str, *, first: bool, last: bool) -> str:
    if len(text) <= 2 * AROUND:
        return text
    before, after = ("" if first else text[:AROUND]), ("" if last else text[-AROUND:])
    return f"{before} […] {after}"


def _both(old: str, new: str) -> list[Span]:
    found = [Span("removed", old)] if old else []
    return found + ([Span("same", " "), Span("added", new)] if old and new else [Span("added", new)] if new else [])


def in_words(value: Any) -> str:
    """A value of the document as a person reads it."""
    match value:
        case None:
            return ""
        case bool():
            return "oui" if value else "non"
        case dt.date():
            return when(value)
        case Mapping():
            return " ; ".join(filter(None, map(in_words, value.values())))
        case list():
            return "\n".join(map(in_words, value))
    return str(value)
