"""Edits of a form's definition (pure): each takes the mapping that `form.parse` reads, and answers another one.

A definition under work may have a section without questions or a table without columns: `trimmed` is what it would be
without them, and `gaps` names them. Everything else is refused at once, with FormError.
"""

import re
import unicodedata
from collections.abc import Mapping
from copy import deepcopy
from typing import Any, NamedTuple

from ami_portal.kernel.text import canonical_json, sha256_of

from .form import Form, FormError, parse

Definition = dict[str, Any]
Node = dict[str, Any]


class Place(NamedTuple):
    """Where a node stands: a section, or a question (codes are unique in a form), or a column of a table."""

    section: str = ""
    question: str = ""
    column: str = ""

    @property
    def code(self) -> str:
        return self.column or self.question or self.section


ROOT = Place()
"""The form itself, which holds the sections."""


def siblings(definition: Mapping[str, Any], place: Place) -> tuple[list[Node], int]:
    """The list that holds a node, and its rank. Raises KeyError when it is not there."""
    if not place.question:
        return _rank(definition["sections"], place.section)
    for section in definition["sections"]:
        if any(question["code"] == place.question for question in section["questions"]):
            questions, rank = _rank(section["questions"], place.question)
            return _rank(questions[rank].get("columns", []), place.column) if place.column else (questions, rank)
    raise KeyError(place.question)


def _rank(nodes: list[Node], code: str) -> tuple[list[Node], int]:
    for rank, node in enumerate(nodes):
        if node["code"] == code:
            return nodes, rank
    raise KeyError(code)


def node_at(definition: Mapping[str, Any], place: Place) -> Node:
    """The node itself. Raises KeyError."""
    nodes, rank = siblings(definition, place)
    return nodes[rank]


def section_of(definition: Mapping[str, Any], place: Place) -> str:
    """The code of the section where a node stands. Raises KeyError."""
    if not place.question:
        return place.section
    for section in definition["sections"]:
        if any(question["code"] == place.question for question in section["questions"]):
            return str(section["code"])
    raise KeyError(place.question)


def own(node: Mapping[str, Any]) -> Node:
    """A node without the nodes that it holds."""
    return {key: value for key, value in node.items() if key not in ("questions", "columns")}


def digest(node: Mapping[str, Any], *, whole: bool = False) -> str:
    """A short mark of what a node says; of all that it holds too when `whole`."""
    return sha256_of(canonical_json(dict(node) if whole else own(node)))[:16]


# Edits


def added(definition: Definition, parent: Place, node: Node) -> Definition:
    """With one more section (no parent), question (in a section) or column (in a table), the last one."""
    result = deepcopy(definition)
    if not parent.code:
        result["sections"].append({**node, "questions": []})
    elif parent.question:
        node_at(result, parent).setdefault("columns", []).append(node)
    else:
        node_at(result, parent)["questions"].append(node)
    return result


def replaced(definition: Definition, place: Place, node: Node) -> Definition:
    """With the own words of one node replaced: what it holds stays, unless it became a question of another type."""
    result = deepcopy(definition)
    nodes, rank = siblings(result, place)
    held: Node = {key: value for key, value in nodes[rank].items() if key in ("questions", "columns")}
    if node.get("type") != nodes[rank].get("type"):
        held = {}
    nodes[rank] = {**node, **held, "code": nodes[rank]["code"]}
    return result


def removed(definition: Definition, place: Place) -> Definition:
    """Without one node and all that it holds."""
    result = deepcopy(definition)
    nodes, rank = siblings(result, place)
    del nodes[rank]
    return result


def duplicated(definition: Definition, place: Place) -> Definition:
    """With a copy of a node after it: codes of their own, a label that says that it is a copy, no fact."""
    result = deepcopy(definition)
    nodes, rank = siblings(result, place)
    copy = deepcopy(nodes[rank])
    name = "label" if place.question else "title"
    copy[name] = _copy_of(copy[name], [str(node[name]) for node in nodes])
    taken = {str(section["code"]) for section in result["sections"]} | set(codes(result))
    for node in [copy, *copy.get("questions", [])]:
        node["code"] = fresh_code(node["code"], taken)
        node.pop("fact", None)
        taken.add(node["code"])
    nodes.insert(rank + 1, copy)
    return result


def moved(definition: Definition, place: Place, *, to: int) -> Definition:
    """With a node at another rank of its list (0 is the first). A question that leaves its list by an end goes to the
    section before or after; a rank beyond all lists changes nothing."""
    result = deepcopy(definition)
    nodes, rank = siblings(result, place)
    if 0 <= to < len(nodes):
        nodes.insert(to, nodes.pop(rank))
    elif place.question and not place.column:
        sections, here = siblings(result, Place(section_of(result, place)))
        there = here + (1 if to > rank else -1)
        if 0 <= there < len(sections):
            questions = sections[there]["questions"]
            questions.insert(0 if there > here else len(questions), nodes.pop(rank))
    return result


def placed(definition: Definition, question: str, *, section: str, to: int) -> Definition:
    """With a question at a rank of any section: what a drag does."""
    result = deepcopy(definition)
    nodes, rank = siblings(result, Place(question=question))
    node = nodes.pop(rank)
    node_at(result, Place(section))["questions"].insert(max(0, to), node)
    return result


# Codes


def codes(definition: Mapping[str, Any]) -> list[str]:
    """The codes of all questions, in order."""
    return [str(node["code"]) for section in definition["sections"] for node in section.get("questions", [])]


def fresh_code(words: str, taken: set[str]) -> str:
    """A code made of `words`, which nothing else has: small letters without accents, digits, low lines."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:40].rstrip("_") or "champ"
    number = 2
    code = stem
    while code in taken:
        code, number = f"{stem}_{number}", number + 1
    return code


def _copy_of(label: str, taken: list[str]) -> str:
    copy, number = f"{label} (copie)", 2
    while copy in taken:
        copy, number = f"{label} (copie {number})", number + 1
    return copy


# Whole definitions


def trimmed(definition: Mapping[str, Any]) -> Definition:
    """What can be parsed: without the sections that hold no question and the tables that hold no column."""
    sections = []
    for section in definition["sections"]:
        questions = [one for one in section["questions"] if not _is_bare(one)]
        if questions:
            sections.append({**section, "questions": questions})
    return {"sections": sections}


def gaps(definition: Mapping[str, Any]) -> list[str]:
    """What is still to be filled before this can be published, in French sentences."""
    found = [
        f"La rubrique « {section['title']} » n’a pas de question : ajoutez-en une, ou retirez-la."
        for section in definition["sections"]
        if not section["questions"]
    ]
    return found + [
        f"Le tableau « {question['label']} » n’a pas de colonne : ajoutez-en une, ou retirez-le."
        for section in definition["sections"]
        for question in section["questions"]
        if _is_bare(question)
    ]


def _is_bare(question: Mapping[str, Any]) -> bool:
    """Whether a table has no column yet, its own or those of a composed type."""
    return question["type"] == "table" and not (question.get("columns") or question.get("of"))


def form_of(definition: Mapping[str, Any]) -> Form:
    """The form of a definition under work, as far as it is one. Raises FormError."""
    rest = trimmed(definition)
    for kind in ([one["code"] for one in definition["sections"]], codes(definition)):
        if len(set(kind)) != len(kind):
            raise FormError("Deux rubriques, ou deux questions, portent le même code.")
    return parse(rest) if rest["sections"] else Form(())
