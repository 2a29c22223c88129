"""What a call's file gets wrong in what this room reads: dates, form, criteria, the places of its texts."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ami_portal.kernel import clock
from ami_portal.kernel.config import Checks, Path, Problem, among, repeated, shown
from ami_portal.questionnaire import naming
from ami_portal.questionnaire.form import Form, FormError, parse
from applications import receipts, texts
from applications.checks import REGISTRY, params
from applications.enums import Act
from applications.facts import FACTS

from . import pinpointing

PARTNER, BY_PARTNER = "partner", "partner_opinion"


def calendar(config: Mapping[str, Any]) -> Iterator[Problem]:
    """Dates in order: openings, closings, rounds, steps, and a history that ends where the calendar is."""
    path: Path = ("call", "calendar")
    dates = config["call"]["calendar"]
    if dates.get("opens_at") is None or dates.get("closes_at") is None:
        yield Problem(path, "l’ouverture ou la clôture manque", "opens_at et closes_at, ou des tours (rounds)")
        return
    if dates["closes_at"] <= dates["opens_at"]:
        yield Problem((*path, "closes_at"), "la clôture précède l’ouverture", "un instant après opens_at")
    yield from _skipped(dates, path)
    yield from repeated(dates["rounds"], (*path, "rounds"))
    yield from _rounds(dates, (*path, "rounds"))
    yield from repeated(dates["steps"], (*path, "steps"))
    for rank, step in enumerate(dates["steps"]):
        if step.get("starts_on") and step.get("ends_on") and step["ends_on"] < step["starts_on"]:
            yield Problem(
                (*path, "steps", rank, "ends_on"), "l’étape finit avant de commencer", "un jour après starts_on"
            )
    yield from _history(dates, (*path, "history"))


def _skipped(dates: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    """Instants written at an hour that the clocks of Paris do not show: the night when summer time begins.

    The hour that they show twice in autumn is told apart by its offset, and pages say which of both they mean.
    """
    windows = [(path, dates), *(((*path, "rounds", rank), row) for rank, row in enumerate(dates["rounds"]))]
    for place, row in windows:
        for name in ("opens_at", "closes_at"):
            written = row[name].replace(tzinfo=clock.PARIS)
            exists = clock.paris(written.astimezone(dt.UTC)).replace(tzinfo=None) == written.replace(tzinfo=None)
            if not exists and row[name].utcoffset():
                found = f"cette nuit-là, l’heure change à Paris : {written:%H:%M} n’y existe pas"
                yield Problem((*place, name), found, f"l’instant {clock.paris(row[name]).isoformat()}, ou un autre")


def _rounds(dates: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    before: dt.datetime | None = None
    for rank, window in enumerate(dates["rounds"]):
        if window["closes_at"] <= window["opens_at"]:
            yield Problem((*path, rank, "closes_at"), "le tour finit avant de commencer", "un instant après opens_at")
        if before and window["opens_at"] < before:
            yield Problem(
                (*path, rank, "opens_at"), "le tour commence avant la fin du précédent", "des tours qui se suivent"
            )
        before = window["closes_at"]
    if dates["rounds"]:
        first, last = dates["rounds"][0]["opens_at"], dates["rounds"][-1]["closes_at"]
        if (dates["opens_at"], dates["closes_at"]) != (first, last):
            found = "opens_at et closes_at ne sont pas ceux du premier et du dernier tour"
            yield Problem(path, found, "les mêmes instants, ou les tours seuls")


def dates_of(calendar: Mapping[str, Any]) -> dict[str, dt.date]:
    """Every date of a calendar by the name that its history gives it: « closes_at », « steps.jury.ends_on »."""
    dates = {} if calendar["rounds"] else {name: calendar[name] for name in ("opens_at", "closes_at")}
    lists = (("rounds", ("opens_at", "closes_at")), ("steps", ("starts_on", "ends_on")))
    for group, names in lists:
        for row in calendar[group]:
            dates |= {f"{group}.{row['code']}.{name}": row[name] for name in names if row.get(name) is not None}
    return dates


def _history(calendar: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    """Each date that moved is known, and its last move leads to where it is now."""
    known = dates_of(calendar)
    last = {move["date"]: rank for rank, move in enumerate(calendar["history"])}
    for rank, move in enumerate(calendar["history"]):
        here = (*path, rank)
        if move["date"] not in known:
            yield Problem(
                (*here, "date"), f"{shown(move['date'])} n’est pas une date de l’appel", among(known, move["date"])
            )
        elif last[move["date"]] == rank and move["to"] != known[move["date"]]:
            found = f"le dernier changement de {move['date']} mène au {move['to']}"
            yield Problem((*here, "to"), found, f"la date du calendrier, {known[move['date']]}")
        if move["from"] is not None and type(move["from"]) is not type(move["to"]):
            yield Problem((*here, "from"), "un jour et un instant", "deux jours, ou deux instants")


def parsed(config: Mapping[str, Any]) -> Form | None:
    """The form of a config; None as long as something is wrong in it, which `form` tells."""
    return _form(config["form"])[0]


def form(config: Mapping[str, Any]) -> list[Problem]:
    """Everything wrong in the form: a faulty question is set aside so that the next ones are read too."""
    return _form(config["form"])[1]


_ANY_QUESTION = {"code": "x", "type": "text", "label": "x"}
_ANY_SECTION = {"code": "x", "title": "x"}
_UNREADABLE = (FormError, AttributeError, KeyError, TypeError, ValueError)


def _form(definition: Mapping[str, Any]) -> tuple[Form | None, list[Problem]]:
    """First each section and each question alone, then what they say of each other."""
    problems = repeated(definition["sections"], ("form", "sections"))
    sound = []
    for rank, section in enumerate(definition["sections"]):
        path: Path = ("form", "sections", rank)
        if any(one["code"] == section["code"] for one in definition["sections"][:rank]):
            continue
        if wrong := _alone(section, _ANY_QUESTION, path):
            problems.append(wrong)
            section = {**_ANY_SECTION, "questions": section["questions"]}
        kept = []
        for place, question in enumerate(section["questions"]):
            found = _alone(section, question, (*path, "questions", place))
            problems += [found] if found else []
            kept += [] if found else [question]
        sound += [{**section, "questions": kept}] if kept and not wrong else []
    whole, more = _together(sound, places_of_form(definition["sections"]))
    return (None if problems else whole), problems + more


def _alone(section: Mapping[str, Any], question: Mapping[str, Any], path: Path) -> Problem | None:
    """What is wrong in a section that would ask this question alone, whatever they say of other questions."""
    try:
        parse({"sections": [{**_free(section), "questions": [_free(question)]}]})
    except FormError as error:
        code, _, said = str(error).partition(" : ")
        for rank, column in enumerate(_columns(question)):
            if column.get("code") == code:
                return pinpointing.problem(column, (*path, "columns", rank), said)
        return pinpointing.problem(section if question is _ANY_QUESTION else question, path, said or str(error))
    except _UNREADABLE as error:
        return Problem(path, f"une propriété est mal écrite ({error})")
    return None


def _free(part: Mapping[str, Any]) -> dict[str, Any]:
    """A section, a question or a column without what it says of others: conditions, rules, formulas."""
    kept = {key: value for key, value in part.items() if key not in ("shown_if", "rules", "formula")}
    if columns := _columns(part):
        kept["columns"] = [_free(column) for column in columns]
    return kept


def _together(sections: list[dict[str, Any]], places: Mapping[str, Path]) -> tuple[Form | None, list[Problem]]:
    """Codes taken twice, conditions that cite what they cannot. A faulty question is set aside, to read the next ones;
    what cites a question set aside is not at fault for it. A form whose facts alone are wrong is whole."""
    problems: list[Problem] = []
    while sections:
        try:
            whole = parse({"sections": sections})
        except _UNREADABLE as error:
            place, _, said = str(error).partition(" : ")
            code = place.partition(".")[0]
            codes = {question["code"] for section in sections for question in section["questions"]}
            if code in codes:
                cited = set(re.findall(r"« (\w+) »", said))
                node = [one for section in sections for one in section["questions"] if one["code"] == code][-1]
                problems += [] if cited & (places.keys() - codes) else [pinpointing.problem(node, places[code], said)]
                sections = _without(sections, code)
                continue
            node = next((section for section in sections if section["code"] == code), {})
            where = places.get(code, ("form", "sections"))
            return None, [*problems, pinpointing.problem(node, where, said or str(error))]
        return (None if problems else whole), problems + list(_facts(whole, places)) + list(_names(whole, places))
    return None, problems


def _names(whole: Form, places: Mapping[str, Path]) -> Iterator[Problem]:
    """The fields that a screen reader could not name, as the form builder refuses them."""
    for place, sentence in naming.problems(whole):
        code, _, column = place.partition(".")
        path = places[code]
        if column:
            path = (*path, "columns", [one.code for one in whole.by_code[code].columns].index(column))
        key = "options" if " choix " in sentence else "title" if path[-2] == "sections" else "label"
        yield Problem((*path, key), sentence.rstrip("."), "des mots qui ne s’entendent comme aucun autre de la page")


def _without(sections: Sequence[Mapping[str, Any]], code: str) -> list[dict[str, Any]]:
    """The sections without the last question of this code."""
    result = [{**section, "questions": list(section["questions"])} for section in sections]
    for section in reversed(result):
        found = [question for question in section["questions"] if question["code"] == code]
        if found:
            section["questions"].remove(found[-1])
            break
    return [section for section in result if section["questions"]]


def places_of_form(sections: Sequence[Mapping[str, Any]]) -> dict[str, Path]:
    """Where the question, or the section, of each code stands; the last one that bears it."""
    places: dict[str, Path] = {}
    for rank, section in enumerate(sections):
        base: Path = ("form", "sections", rank)
        places[section["code"]] = base
        for place, question in enumerate(section["questions"]):
            places[question["code"]] = (*base, "questions", place)
    return places


def _columns(question: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    columns = question.get("columns")
    return [column for column in columns if isinstance(column, Mapping)] if isinstance(columns, list) else []


def _facts(whole: Form, places: Mapping[str, Path]) -> Iterator[Problem]:
    """A fact is known, is told by a question of its type, and by one question only."""
    told: dict[str, str] = {}
    for question in whole.questions():
        if not question.fact:
            continue
        path = (*places[question.code], "fact")
        if question.fact not in FACTS:
            yield Problem(path, f"{shown(question.fact)} : fait inconnu", among(FACTS, question.fact))
        elif question.type not in FACTS[question.fact]:
            found = f"le fait « {question.fact} » vient d’une question de type « {question.type} »"
            yield Problem(path, found, f"une question de type {' ou '.join(sorted(FACTS[question.fact]))}")
        elif question.fact in told:
            yield Problem(
                path, f"« {question.fact} » est déjà le fait de « {told[question.fact]} »", "une question par fait"
            )
        told.setdefault(question.fact, question.code)


def criteria(config: Mapping[str, Any]) -> Iterator[Problem]:
    """Each criterion has a check that exists; a partner decides by an opinion alone."""
    rows = config["eligibility"]
    yield from repeated(rows, ("eligibility",))
    for rank, row in enumerate(rows):
        path: Path = ("eligibility", rank)
        if row["check"] not in REGISTRY:
            yield Problem((*path, "check"), f"contrôle {shown(row['check'])} inconnu", among(REGISTRY, row["check"]))
        if row["decided_by"] == PARTNER and row["check"] != BY_PARTNER:
            yield Problem((*path, "decided_by"), "un partenaire décide par son avis", f"check: {BY_PARTNER}, ou staff")
        if row["decided_by"] == PARTNER:
            yield from _of_a_partner(row, path)


def _of_a_partner(row: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    """What a criterion that partners decide cannot say: their opinions come after the staff's two acts."""
    if row["act"] != Act.ELIGIBILITY:
        yield Problem((*path, "act"), "un partenaire ne décide pas de la recevabilité", "eligibility, ou staff")
    for name in ("overruled_by", "two_people", "reasons"):
        if row.get(name):
            found = "un partenaire décide seul, dans ses mots"
            yield Problem((*path, name), found, "rien, ou un critère que l’opérateur décide")


def evidence(config: Mapping[str, Any]) -> Iterator[Problem]:
    """Each check is told of questions that exist and have the type that it reads."""
    if (whole := parsed(config)) is None:
        return
    for rank, row in enumerate(config["eligibility"]):
        yield from params.problems(row["check"], row["params"], whole, ("eligibility", rank, "params"))


def datasets(config: Mapping[str, Any]) -> Iterator[Problem]:
    """Datasets are asked for by one question at most, when there are some; a partner decides of a dataset asked for."""
    places, whole = places_of_form(config["form"]["sections"]), parsed(config)
    asking = [question.code for question in whole.questions() if question.type == "dataset"] if whole else []
    for code in asking[1:]:
        found = f"« {code} » demande des bases, et « {asking[0]} » aussi"
        yield Problem((*places[code], "type"), found, "une seule question de type dataset")
    if asking and not config["datasets"]["items"]:
        yield Problem((*places[asking[0]], "type"), "aucune base n’est ouverte", "une base sous datasets.items")
    for rank, row in enumerate(config["eligibility"]):
        if whole and not asking and row["decided_by"] == PARTNER:
            found = "le formulaire ne demande aucune base, donc aucun partenaire ne décide"
            yield Problem(("eligibility", rank, "decided_by"), found, "staff, ou une question de type dataset")


def supports(config: Mapping[str, Any]) -> Iterator[Problem]:
    """The supports asked for in the form are those that the call offers."""
    yield from repeated(config["supports"], ("supports",))
    offered = {row["code"] for row in config["supports"]}
    places, whole = places_of_form(config["form"]["sections"]), parsed(config)
    told = [found for row in config["eligibility"] for found in params.within(row["check"], row["params"])]
    for check, read in told:
        question = whole.by_code.get(str(read.get("question"))) if whole else None
        if check == "coherent_support" and question and question.type == "choices":
            yield from unoffered(question.options, offered, places[question.code], "supports")


def unoffered(options: Sequence[tuple[str, str]], known: set[str], path: Path, part: str) -> Iterator[Problem]:
    """The choices of a question, or column, that another part of the file does not list."""
    for rank, (code, _) in enumerate(options):
        if code not in known:
            yield Problem((*path, "options", rank), f"le choix « {code} » n’est pas dans {part}", among(known, code))


def places(config: Mapping[str, Any], names: Sequence[str], known: frozenset[str]) -> Iterator[Problem]:
    """The words between braces of some texts that nothing will replace."""
    for name in names:
        for path, text in _written(config["call"]["texts"][name], ("call", "texts", name)):
            for number, line in enumerate(text.split("\n"), start=1):
                for word in texts.places_of(line):
                    if word not in known:
                        where = f" (ligne {number} du texte)" if "\n" in text else ""
                        yield Problem(path, f"rien ne remplace {{{word}}}{where}", among(known, word))


def _written(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield path, value
        return
    for rank, article in enumerate(value):
        for key in ("title", "text"):
            yield (*path, rank, key), article[key]


def receipt(config: Mapping[str, Any]) -> Iterator[Problem]:
    """The places of the receipt."""
    return places(config, ["receipt"], receipts.PLACES)


CHECKS: Checks = (
    (("call",), calendar),
    (("form",), form),
    (("eligibility",), criteria),
    (("eligibility", "form"), evidence),
    (("datasets", "eligibility", "form"), datasets),
    (("supports", "eligibility", "form"), supports),
    (("call",), receipt),
)
