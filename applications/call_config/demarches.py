"""What a call's file gets wrong about its démarche: questions that do not exist, champs read twice, choices unknown."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ami_portal.kernel.config import Checks, Path, Problem, among, shown
from ami_portal.questionnaire.form import Form, Question
from applications import texts
from applications.demarches import writing

from .checking import parsed

PART = "demarches_simplifiees"
_CHOICES = ("choice", "choices", "dataset", "linkage")


def demarches(config: Mapping[str, Any]) -> Iterator[Problem]:
    """Each line reads one thing and answers one question of the form, as this question is answered."""
    said, form = config[PART], parsed(config)
    if not said or form is None:
        return
    datasets = [(row["code"], row["title"]) for row in config["datasets"]["items"]]
    form = form.with_datasets(datasets)
    rows = said["questions"]
    for name, wanted in (("demarche", "le numéro de la démarche"), ("questions", "une question au moins")):
        if not said[name]:
            yield Problem((PART,), f"la clé « {name} » manque", wanted)
    for rank, row in enumerate(rows):
        path: Path = (PART, "questions", rank)
        yield from _source(row, path)
        yield from _target(row, form, path)
        yield from _twice(row, rows[:rank], path)
    for rank, champ in enumerate(said["ignored"]):
        if any(row["champ"] == champ for row in rows):
            yield Problem((PART, "ignored", rank), f"le champ {shown(champ)} est lu par une question", "un autre champ")


def _source(row: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    if bool(row["champ"]) == bool(row["applicant"]):
        yield Problem(path, "une ligne lit un champ, ou le demandeur", "champ, ou applicant")


def _target(row: Mapping[str, Any], form: Form, path: Path) -> Iterator[Problem]:
    question = form.by_code.get(row["question"])
    if question is None:
        yield Problem((*path, "question"), f"question {shown(row['question'])} inconnue", among(form.by_code))
    elif question.type == "table":
        yield from _table(row, question, path)
    elif question.is_composed != bool(row["column"]):
        parts = among(part.code for part in question.columns) if question.is_composed else "rien"
        yield Problem((*path, "column"), f"trouvé {shown(row['column'] or None)}", parts)
    elif row["columns"]:
        yield Problem((*path, "columns"), f"« {question.code} » n’est pas un tableau", "champ seul")
    else:
        yield from _answered(row, question, path, "column")


def _table(row: Mapping[str, Any], table: Question, path: Path) -> Iterator[Problem]:
    if row["column"] or row["applicant"] or not row["columns"]:
        yield Problem(path, f"« {table.code} » est un tableau", "champ, celui du bloc, et columns")
    for rank, column in enumerate(row["columns"]):
        here = (*path, "columns", rank)
        yield from _answered(column, table, here, "column")
        if any(column["column"] == one["column"] or column["champ"] == one["champ"] for one in row["columns"][:rank]):
            yield Problem(here, "cette colonne ou ce champ est déjà pris", "une fois chacun")


def _answered(row: Mapping[str, Any], question: Question, path: Path, key: str) -> Iterator[Problem]:
    """What a line answers: a column that exists and is typed by a person, choices that it has."""
    asked = question
    if row[key]:
        known = {one.code: one for one in question.columns if not one.formula}
        if row[key] not in known:
            found = f"{shown(row[key])} n’est pas une colonne que l’on remplit"
            yield Problem((*path, key), found, among(known, row[key]))
            return
        asked = known[row[key]]
    if row["values"] and asked.type not in _CHOICES:
        yield Problem((*path, "values"), f"« {asked.code} » n’est pas un choix", "rien")
        return
    codes = [code for code, _ in asked.options]
    for rank, pair in enumerate(row["values"]):
        if pair["code"] not in codes:
            found = f"le choix {shown(pair['code'])} n’existe pas"
            yield Problem((*path, "values", rank, "code"), found, among(codes, pair["code"]))


def _twice(row: Mapping[str, Any], before: Sequence[Mapping[str, Any]], path: Path) -> Iterator[Problem]:
    """Two lines that hold for the same revisions read two champs, for two questions."""
    for one in before:
        both = set(row["revisions"]) & set(one["revisions"]) or not (row["revisions"] or one["revisions"])
        if both and row["champ"] and row["champ"] == one["champ"]:
            yield Problem((*path, "champ"), f"le champ {shown(row['champ'])} est déjà lu", "un champ par ligne")
        if both and (row["question"], row["column"]) == (one["question"], one["column"]):
            yield Problem((*path, "question"), f"{shown(row['question'])} a déjà son champ", "une ligne par question")


def written_back(config: Mapping[str, Any]) -> Iterator[Problem]:
    """What is written there has the words that it needs, with places that something fills, and somebody who signs."""
    said = config[PART]
    if not said:
        return
    for rank, found, expected in writing.problems_of(said["write_back"]):
        yield Problem((PART, "write_back", rank), found, expected)
    for name in ("write_back", "annotations"):
        for rank, row in enumerate(said[name]):
            for word in texts.places_of(row["text"]):
                if word not in writing.PLACES:
                    where = (PART, name, rank, "text")
                    yield Problem(where, f"rien ne remplace {{{word}}}", among(writing.PLACES, word))
    if (said["write_back"] or said["annotations"]) and not said["instructor"]:
        yield Problem((PART,), "la clé « instructor » manque", "l’identifiant, là-bas, de l’instructeur qui signe")


CHECKS: Checks = (((PART, "datasets", "form"), demarches), ((PART,), written_back))
