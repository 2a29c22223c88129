"""What a call asks of an opinion on each of its two aspects, and what an opinion must say to be given.

An unfavourable one takes its ground from the call's list, in words of its own, and rests on a passage of the dossier:
an answer that the partner reads, and a quotation that is really in it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from applications.models import Call
from applications.opening import OpenedDossier
from applications.reading import FrozenDossier, FrozenItem

from .consultation import answer_delay
from .enums import Stance

MAX_REASON = 8000
MIN_QUOTE = 10
ASPECTS = {"neutrality": "la neutralité", "feasibility": "la faisabilité scientifique"}
TITLES = {"neutrality": "Neutralité", "feasibility": "Faisabilité scientifique"}
_CUT = re.compile(r"\[(?:…|\.\.\.)\]")
_TYPED_ALIKE = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"', "–": "-", "—": "-", "‑": "-"})


@dataclass(frozen=True)
class Asked:
    """What a call asks on one aspect: the points to examine, and the grounds of a refusal, label by code."""

    points: tuple[str, ...]
    grounds: Mapping[str, str]


@dataclass(frozen=True)
class Said:
    """One aspect of an opinion as it is shown: the words of the call's ground and of the question quoted with it."""

    aspect: str
    title: str
    ground: str
    reason: str
    question: str
    quote: str


def asked(call: Call, aspect: str) -> Asked:
    """What `call` asks on an aspect; nothing where its file does not say."""
    said = call.consultation.get(aspect) or {}
    grounds = {row["code"]: row["label"] for row in said.get("grounds", ())}
    return Asked(tuple(said.get("points", ())), grounds)


def quotable(frozen: OpenedDossier) -> list[FrozenItem]:
    """The answers that a partner reads and may quote: those with a text."""
    return [item for item in frozen.items() if _text(item)]


def is_quoted(quote: str, item: FrozenItem) -> bool:
    """Whether a quotation is in an answer: to the letter, but for spaces, quotation marks and dashes.

    « […] » stands for what is left out: the pieces then follow each other.
    """
    text, place = _plain(_text(item)), 0
    pieces = [piece for piece in map(_plain, _CUT.split(quote)) if piece]
    for piece in pieces:
        found = text.find(piece, place)
        if found < 0:
            return False
        place = found + len(piece)
    return sum(map(len, pieces)) >= min(MIN_QUOTE, len(text))


def faults(said: Mapping[str, str], call: Call, frozen: OpenedDossier | None) -> Iterator[tuple[str, str]]:
    """What an opinion lacks to be given: the column, and a sentence for the person."""
    for aspect, name in ASPECTS.items():
        stance = said[aspect]
        if stance not in Stance.values:
            yield aspect, f"Donnez votre avis sur {name}."
        elif stance != Stance.FAVOURABLE and not said[f"{aspect}_reason"]:
            sentence = f"Donnez le motif de votre avis sur {name} : un avis réservé ou défavorable se motive."
            yield f"{aspect}_reason", sentence
        if stance == Stance.UNFAVOURABLE:
            yield from _unfounded(aspect, said, asked(call, aspect).grounds, frozen)
    refused = [aspect for aspect in ASPECTS if said[aspect] == Stance.UNFAVOURABLE]
    is_told = said["disclosed_reason"] or any(asked(call, aspect).grounds for aspect in refused)
    if refused and not is_told and answer_delay(call) is not None:
        yield "disclosed_reason", "Dites au porteur pourquoi : il répond à votre avis avant qu’il prenne effet."
    for column, text in said.items():
        if len(text) > MAX_REASON:
            yield column, f"Ce texte dépasse {MAX_REASON} caractères : raccourcissez-le."


def _unfounded(
    aspect: str, said: Mapping[str, str], grounds: Mapping[str, str], frozen: OpenedDossier | None
) -> Iterator[tuple[str, str]]:
    name, question, quote = ASPECTS[aspect], said[f"{aspect}_question"], said[f"{aspect}_quote"]
    if grounds and said[f"{aspect}_ground"] not in grounds:
        yield f"{aspect}_ground", f"Choisissez le motif de l’appel qui fonde votre avis défavorable sur {name}."
    items = {item.code: item for item in quotable(frozen)} if frozen else {}
    if not items:
        return  # a call that opens no written answer to its partners has none to quote
    if question not in items:
        yield f"{aspect}_question", f"Choisissez la réponse du dossier qui fonde votre avis défavorable sur {name}."
    elif not quote:
        yield f"{aspect}_quote", f"Citez le passage qui fonde votre avis défavorable sur {name}."
    elif not is_quoted(quote, items[question]):
        sentence = f"Ce passage ne se trouve pas dans la réponse « {items[question].label} » : copiez-le tel quel."
        yield f"{aspect}_quote", f"{sentence} Il compte {MIN_QUOTE} caractères au moins."


def shown(opinion: Any, call: Call, frozen: FrozenDossier | None) -> list[Said]:
    """Both aspects of an opinion that was given, in words."""
    rows = []
    for aspect, title in TITLES.items():
        said = {name: getattr(opinion, f"{aspect}_{name}") for name in ("ground", "reason", "question", "quote")}
        item = frozen.item(said["question"]) if frozen and said["question"] else None
        ground = asked(call, aspect).grounds.get(said["ground"], said["ground"])
        question = item.label if item else said["question"]
        rows.append(Said(aspect, title, ground, said["reason"], question, said["quote"]))
    return rows


def told(opinion: Any, call: Call, frozen: FrozenDossier | None) -> dict[str, Any]:
    """What a team is told of an unfavourable opinion, and nothing else: the ground and the passage of each aspect that
    is refused, and the reason that the partner agrees to disclose."""
    refused = [part for part in shown(opinion, call, frozen) if getattr(opinion, part.aspect) == Stance.UNFAVOURABLE]
    names = ("title", "ground", "question", "quote")
    parts = [{name: getattr(part, name) for name in names} for part in refused]
    return {"reason": opinion.disclosed_reason, "parts": parts}


def _text(item: FrozenItem) -> str:
    """An answer as it is read: its text, or the cells of its rows."""
    return "\n".join([item.shown, *(" ".join(row) for row in item.cells)]).strip()


def _plain(text: str) -> str:
    return " ".join(text.translate(_TYPED_ALIKE).split())
