"""What is written back to a démarche (pure): only what the call's file says, of a dossier in a state that it names."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ami_portal.kernel.text import sha256_of
from applications.texts import fill

START, CORRECTION, ACCEPT, REFUSE, CLOSE = "start", "ask_correction", "accept", "refuse", "close"
ANNOTATE = "annotate"
MUTATIONS = {
    START: "dossierPasserEnInstruction",
    CORRECTION: "dossierEnvoyerMessage",
    ACCEPT: "dossierAccepter",
    REFUSE: "dossierRefuser",
    CLOSE: "dossierClasserSansSuite",
    ANNOTATE: "dossierModifierAnnotations",
}
REACHED = {START: "en_instruction", ACCEPT: "accepte", REFUSE: "refuse", CLOSE: "sans_suite"}
DECISIONS = (ACCEPT, REFUSE, CLOSE)
WITH_TEXT = (CORRECTION, REFUSE, CLOSE)
"""The acts that there need words: a correction says what, a refusal says why."""
PLACES = frozenset({"reference", "titre", "points", "criteres"})


@dataclass(frozen=True)
class Subject:
    """A dossier as far as writing back reads it. `round` tells one request for completion from the next."""

    state: str
    round: str
    places: Mapping[str, str]


@dataclass(frozen=True)
class Wanted:
    """One act to carry out there. `key` makes it one for its dossier, however often it is wanted."""

    act: str
    key: str
    text: str = ""
    detail: str = ""


def wanted(said: Mapping[str, Any], subject: Subject) -> Iterator[Wanted]:
    """What a call's file wants written there of one dossier, as it is now: acts first, then annotations."""
    for row in said.get("write_back", ()):
        if row["state"] == subject.state:
            key = f"{row['act']}:{subject.state}:{subject.round}"
            yield Wanted(row["act"], key, fill(row["text"], subject.places), row["reason"])
    for row in said.get("annotations", ()):
        text = fill(row["text"], subject.places)
        yield Wanted(ANNOTATE, f"{ANNOTATE}:{row['champ']}:{sha256_of(text)[:16]}", text, row["champ"])


def steps(one: Wanted, there: Mapping[str, Any]) -> list[str]:
    """The mutations left to send, given the dossier as it is there now: none when it is done already."""
    state = there.get("state")
    if one.act == CORRECTION:
        return [] if there.get("dateDerniereCorrectionEnAttente") else [MUTATIONS[one.act]]
    if one.act == ANNOTATE:
        return [MUTATIONS[one.act]]
    if state == REACHED[one.act]:
        return []
    if one.act in DECISIONS and state == "en_construction":
        return [MUTATIONS[START], MUTATIONS[one.act]]
    return [MUTATIONS[one.act]]


def given(mutation: str, one: Wanted, node_id: str, instructor: str) -> dict[str, Any]:
    """What a mutation is given."""
    who = {"dossierId": node_id, "instructeurId": instructor}
    if mutation == MUTATIONS[CORRECTION]:
        return {**who, "body": one.text, "correction": one.detail}
    if mutation == MUTATIONS[ANNOTATE]:
        return {**who, "annotations": [{"id": one.detail, "value": {"text": one.text}}]}
    if mutation == MUTATIONS[START]:
        return who
    return {**who, "motivation": one.text} if one.text else who


def problems_of(rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[int, str, str]]:
    """Rank, what is wrong and what is expected, of the lines that say what is written back."""
    seen: set[tuple[str, str]] = set()
    for rank, row in enumerate(rows):
        if row["act"] in WITH_TEXT and not row["text"]:
            yield rank, f"« {row['act']} » demande un texte", "text, que l’usager lira"
        if (row["act"] == CORRECTION) != (row["state"] == "returned"):
            yield rank, f"« {row['act']} » ne va pas avec l’état « {row['state']} »", "ask_correction avec returned"
        if (row["act"], row["state"]) in seen:
            yield rank, "cette ligne est écrite deux fois", "une ligne par état et par acte"
        seen.add((row["act"], row["state"]))
