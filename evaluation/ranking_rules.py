"""What the file of a call says of its ranking: read as rules, and what is wrong in it."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from ami_portal.kernel.config import Path, Problem, among, repeated, shown
from applications.models import Call

from .standing import Quota, Rules

PATH: Path = ("selection", "ranking")
CHOICES = ("choice", "choices")


def ranking_of(call: Call) -> dict[str, Any]:
    """What a call says of its ranking, as its file does; empty when it says nothing of it."""
    return call.texts.get("ranking") or {}


def rules_of(call: Call, *, envelope: Decimal | None = None) -> Rules:
    """The rules of a call; `envelope` is that of its session, where it has its own. Without a word: the raw order."""
    said = ranking_of(call)
    if not said:
        return Rules(envelope=envelope)
    quotas = tuple(Quota(row["code"], group_of(row), row["least"], row["most"]) for row in said["quotas"])
    return Rules(
        said["order"],
        tuple(said["ties"]),
        said["draw"],
        said["method"],
        _decimal(said["envelope"]) if envelope is None else envelope,
        _decimal(said["minimum"]),
        quotas,
    )


def _decimal(text: str | None) -> Decimal | None:
    return Decimal(text) if text else None


def group_of(quota: Mapping[str, Any]) -> str:
    """The group that a quota counts, as dossiers are said to be of it: a dataset, or a choice of a question."""
    return f"dataset={quota['dataset']}" if quota["dataset"] else f"{quota['question']}={quota['option']}"


def labels_of(call: Call) -> dict[str, str]:
    """The words of each quota by its code."""
    return {row["code"]: row["label"] for row in ranking_of(call).get("quotas", [])}


def rules(config: Mapping[str, Any]) -> Iterator[Problem]:
    """What is wrong in the rules themselves: headings that are none, bounds that cross, quotas that nothing reads."""
    said = config["selection"]["ranking"]
    if not said:
        return
    codes = [heading["code"] for heading in config["selection"].get("headings", [])]
    for rank, code in enumerate(said["ties"]):
        if codes and code not in codes:
            yield Problem((*PATH, "ties", rank), f"{shown(code)} n’est pas une rubrique", among(codes, code))
    quotas = said["quotas"]
    if quotas and said["method"] != "optimum":
        found = "des quotas, et le choix est « line »"
        yield Problem((*PATH, "method"), found, "optimum : la ligne suit l’ordre, sans quota")
    yield from repeated(quotas, (*PATH, "quotas"))
    for rank, row in enumerate(quotas):
        path: Path = (*PATH, "quotas", rank)
        if row["most"] is not None and row["least"] > row["most"]:
            yield Problem((*path, "least"), "le minimum dépasse le maximum", "un nombre de dossiers plus petit")
        if not row["least"] and row["most"] is None:
            yield Problem(path, "ce quota ne borne rien", "least, most, ou les deux")
        if bool(row["dataset"]) == bool(row["question"] and row["option"]):
            yield Problem(path, "ce quota ne dit pas ce qu’il compte", "dataset, ou question et option")


def answers(config: Mapping[str, Any]) -> Iterator[Problem]:
    """The choices that quotas count are those of a question of the form."""
    questions = {one["code"]: one for section in config["form"]["sections"] for one in section["questions"]}
    for rank, row in enumerate(config["selection"]["ranking"].get("quotas", [])):
        if not row["question"]:
            continue
        path: Path = (*PATH, "quotas", rank)
        asked = questions.get(row["question"])
        if asked is None or asked["type"] not in CHOICES:
            choices = [code for code, one in questions.items() if one["type"] in CHOICES]
            found = f"{shown(row['question'])} n’est pas une question à choix"
            yield Problem((*path, "question"), found, among(choices, row["question"]))
            continue
        options = [option["code"] for option in asked["options"]]
        if row["option"] not in options:
            found = f"{shown(row['option'])} n’est pas un choix de cette question"
            yield Problem((*path, "option"), found, among(options, row["option"]))


def datasets(config: Mapping[str, Any]) -> Iterator[Problem]:
    """The datasets that quotas count are those of the call."""
    known = [row["code"] for row in config["datasets"]["items"]]
    for rank, row in enumerate(config["selection"]["ranking"].get("quotas", [])):
        if row["dataset"] and row["dataset"] not in known:
            found = f"{shown(row['dataset'])} n’est pas une base de l’appel"
            yield Problem((*PATH, "quotas", rank, "dataset"), found, among(known, row["dataset"]))
