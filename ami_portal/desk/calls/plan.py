"""What loading a file would change, and for whom; told before anything is done."""

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any

import evaluation.call_config
from ami_portal.kernel.config import Problem, shown
from ami_portal.questionnaire.difference import Difference, difference
from ami_portal.questionnaire.form import parse
from ami_portal.ui.wording import day, instant
from applications.call_config.checking import dates_of
from applications.enums import DossierState
from applications.models import Answer, Call, Dossier
from funding.models import Convention

from .normal import normal
from .units import Sides, Unit, leaves, sides, taking
from .writing import dump

MAX_LEAVES = 8


@dataclass(frozen=True)
class Change:
    """One unit that loading changes, with its details in French lines."""

    name: str
    lines: tuple[str, ...] = ()
    sides: Sides | None = None


@dataclass(frozen=True)
class Plan:
    """What loading would do. `config` is what the call becomes, `file` what the file says; a new call has no `call`, an
    edit made in the portal no `file`.

    `kept` names what the portal changed and the file did not; `problems` forbid the loading.
    """

    config: Mapping[str, Any]
    file: Mapping[str, Any] | None
    call: Call | None = None
    changes: tuple[Change, ...] = ()
    kept: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    concerned: tuple[str, ...] = field(default=())

    def __iter__(self) -> Iterator[str]:
        """The plan in French lines."""
        code = self.config["call"]["code"]
        if self.call is None:
            yield f"{code} : nouvel appel."
            return
        if not self.changes:
            yield f"{code} : rien ne change."
        for change in self.changes:
            yield f"{code} : {change.name} change."
            yield from (f"    {line}" for line in change.lines)
        for name in self.kept:
            yield f"{code} : {name} a été modifié dans le portail ; le portail est gardé."
        yield from self.concerned


def plan(file: Mapping[str, Any], *, at: dt.datetime, take_file: bool = False) -> Plan:
    """Compare a checked config with the call of its code. With `take_file`, what both sides changed is the file's."""
    call = Call.objects.select_related("form_revision").filter(code=file["call"]["code"]).first()
    if call is None:
        return Plan(file, file)
    base, here = last_file(call), dump(call)
    joined = _with_history(file, here)
    config, kept, disputed = joined, [], []
    for one in sides(base or here, here, joined):
        if one.is_kept or (one.is_disputed and not take_file and one.here is not None):
            (kept if one.is_kept else disputed).append(one)
            config = taking(config, one.unit, one.here)
    found = compared(call, here, config, at=at)
    problems = (*(_disputed(one) for one in disputed), *found.problems)
    return replace(found, file=file, kept=tuple(name(one.unit) for one in kept), problems=problems)


def compared(call: Call, here: Mapping[str, Any], config: Mapping[str, Any], *, at: dt.datetime) -> Plan:
    """What changes, and for whom, when a call that is `here` becomes a checked `config`."""
    changed = sides(here, here, config)
    return Plan(
        config,
        None,
        call,
        tuple(_change(one, call) for one in changed),
        problems=(*_unexplained(call, here, config, at), *evaluation.call_config.settled(here, config, call)),
        concerned=tuple(_concerned(call, {one.unit[0] for one in changed})),
    )


def last_file(call: Call) -> dict[str, Any] | None:
    """The config that was loaded last; None for a call that never came from a file."""
    last = call.loads.order_by("pk").last()
    return normal(json.loads(last.content)) if last else None


def name(unit: Unit) -> str:
    """A unit as the file names it."""
    return ".".join(unit)


def _with_history(file: Mapping[str, Any], here: Mapping[str, Any]) -> dict[str, Any]:
    """The file, with the dates that moved as the portal knows them: a history only grows."""
    result = deepcopy(dict(file))
    calendar = result["call"]["calendar"]
    told = {(move["date"], move["decided_at"]) for move in calendar["history"]}
    known = here["call"]["calendar"]["history"]
    rows = calendar["history"] + [move for move in known if (move["date"], move["decided_at"]) not in told]
    calendar["history"] = sorted(rows, key=lambda move: move["decided_at"])
    return result


def _disputed(one: Sides) -> Problem:
    found = f"{name(one.unit)} a été modifié dans le portail depuis le dernier chargement, et autrement dans ce fichier"
    return Problem(one.unit, found, "le texte du portail (dump_call), ou --take-file pour prendre celui du fichier")


def _unexplained(call: Call, here: Mapping[str, Any], config: Mapping[str, Any], at: dt.datetime) -> Iterator[Problem]:
    """Once a call is open, each date that moves says when it was decided, by whom and why."""
    if at < call.opens_at:
        return
    before, calendar = dates_of(here["call"]["calendar"]), config["call"]["calendar"]
    explained = {(move["date"], move["to"]) for move in calendar["history"]}
    for date, value in dates_of(calendar).items():
        if date in before and before[date] != value and (date, value) not in explained:
            found = f"{date} passe du {when(before[date])} au {when(value)} alors que l’appel est ouvert"
            expected = "une ligne dans call.calendar.history : date, from, to, decided_at, by, reason"
            yield Problem(("call", "calendar", *date.split(".")), found, expected)


def when(value: Any) -> str:
    """A date of the calendar in words."""
    return instant(value) if isinstance(value, dt.datetime) else day(value)


def _change(one: Sides, call: Call) -> Change:
    if one.unit == ("form",):
        return Change(name(one.unit), tuple(_form_lines(one.here, one.file, call)), one)
    if one.here is None or one.file is None:
        return Change(name(one.unit), ("ajouté" if one.here is None else "retiré",), one)
    found = list(leaves(one.here, one.file))
    lines = [f"{place + ' : ' if place else ''}{_short(before)} → {_short(after)}" for place, before, after in found]
    more = [f"et {len(lines) - MAX_LEAVES} autres"] if len(lines) > MAX_LEAVES else []
    return Change(name(one.unit), tuple(lines[:MAX_LEAVES] + more), one)


def _short(value: Any) -> str:
    return when(value) if isinstance(value, dt.date) else shown(value)


def _form_lines(before: Mapping[str, Any], after: Mapping[str, Any], call: Call) -> Iterator[str]:
    """Question by question, then the drafts that it touches and the deposits that it does not."""
    found = difference(parse(before), parse(after))
    for asked in found.added:
        yield f"question ajoutée : {asked.question.code} (« {asked.question.label} »)"
    for asked in found.removed:
        yield f"question retirée : {asked.question.code} (« {asked.question.label} »)"
    for change in found.changed:
        yield f"question changée : {change.code} ({change.sentence})"
    for section in found.sections_changed:
        yield f"rubrique changée : {section.after.code} ({section.sentence})"
    if found.reordered:
        yield "l’ordre des questions change"
    if before["code"] != after["code"]:
        yield f"code du formulaire : {before['code']} → {after['code']}"
    yield from _drafts_touched(found, call)


def _drafts_touched(found: Difference, call: Call) -> Iterator[str]:
    drafts = call.dossiers.filter(state=DossierState.DRAFT)
    touched = Answer.objects.filter(dossier__in=drafts, question__in=found.touched).values("dossier").distinct().count()
    yield f"brouillons ouverts : {drafts.count()}, dont {touched} avec une réponse touchée"
    kept = call.dossiers.filter(versions__withdrawn_at=None, versions__isnull=False).distinct().count()
    yield f"dossiers déposés, qui gardent leur révision : {kept}"


def _concerned(call: Call, parts: set[str]) -> Iterator[str]:
    """For whom: those who are drafting, those who have deposited, those who have a convention."""
    if not parts:
        return
    states = list(Dossier.objects.filter(call=call).values_list("state", flat=True))
    drafts = states.count(DossierState.DRAFT)
    deposited = len([state for state in states if state not in (DossierState.DRAFT, DossierState.WITHDRAWN)])
    open_drafts, deposits = _many(drafts, "brouillon ouvert"), _many(deposited, "dossier déposé")
    yield f"{call.code} : {open_drafts}, {deposits}."
    if "regulation" in parts:
        conventions = Convention.objects.filter(dossier__call=call).count()
        kept = f"les dépôts et {_many(conventions, 'convention')} gardent le règlement {call.regulation_version}"
        yield f"{call.code} : {kept}."


def _many(count: int, words: str) -> str:
    return f"{count} {words}" if count < 2 else f"{count} {' '.join(word + 's' for word in words.split())}"
