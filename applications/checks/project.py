"""Checks of the project: its datasets, the start of its works, its duration."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from ami_portal.ui.wording import day
from applications.enums import CheckResult

from .facts import Facts, Params, Result, enumerated, settled, worst
from .results import MET, NOT_MET, UNKNOWN, all_of, to_set


def partner_dataset(facts: Facts, params: Params) -> Result:
    """At least one dataset that the call opens, at the version that it opened then."""
    code = params["question"]
    asked = facts.answer(code) or []
    open_ones = [item for item in asked if item in facts.datasets]
    others = [item for item in asked if item not in facts.datasets]
    plural = "s" if len(open_ones) > 1 else ""
    evidence = f"{len(open_ones)} base{plural} de l’appel demandée{plural}"
    evidence += f" : {enumerated([_dataset(facts, item) for item in open_ones])}." if open_ones else "."
    if others:
        evidence += f" Hors de l’appel : {enumerated(others)}."
    if open_ones:
        return Result(MET, evidence, [code])
    first = next(iter(facts.datasets), None)
    example = f"demander une base de l’appel, par exemple « {facts.datasets[first]} »" if first else ""
    mend = to_set(example, (code,), value=[*asked, first]) if first else None
    return Result(NOT_MET, evidence, [code], mend=mend)


def _dataset(facts: Facts, code: str) -> str:
    version = facts.dataset_versions.get(code)
    return f"{facts.datasets[code]} (version {version})" if version else facts.datasets[code]


def not_started(facts: Facts, params: Params) -> Result:
    """Works start after the announcement: as declared, and in every dated line. On its very day a person tells."""
    announced = dt.date.fromisoformat(str(facts.regulation["works_start_after"]))
    parts = [_declared_start(facts, params["date"], announced).named("Début déclaré")]
    for table, column in zip(params.get("tables", ()), params.get("columns", ()), strict=True):
        parts.append(_lines_after(facts, table, column, announced).named(facts.label(table)))
    return all_of([*parts, _declaration(facts, params["declaration"]).named("Déclaration")])


def _declared_start(facts: Facts, code: str, announced: dt.date) -> Result:
    given = facts.answer(code)
    after = announced + dt.timedelta(days=1)
    mend = to_set(f"commencer les travaux le {day(after)} au plus tôt", (code,), value=after.isoformat())
    if given is None:
        return Result(UNKNOWN, "Le début des travaux n’est pas donné.", [code], mend=mend)
    starts = dt.date.fromisoformat(given)
    dates = f"Début déclaré des travaux : {day(starts)} ; annonce des lauréats : {day(announced)}."
    days = (announced - starts).days
    if days > 0:
        evidence = f"{dates} Les travaux commencent {days} jour{'s' if days > 1 else ''} avant l’annonce."
        return Result(NOT_MET, evidence, [code], mend=mend)
    if days == 0:
        evidence = f"{dates} Les travaux commencent le jour même de l’annonce."
        return Result(UNKNOWN, evidence, [code], "Assurez-vous que rien ne commence avant l’annonce.", mend)
    return Result(MET, dates, [code])


def _declaration(facts: Facts, code: str) -> Result:
    if facts.answer(code) is True:
        return Result(MET, "Le porteur certifie que les travaux n’ont pas commencé.", [code])
    evidence = "Le porteur ne certifie pas que les travaux n’ont pas commencé."
    mend = to_set(f"certifier « {facts.plain_label(code)} », si c’est exact", (code,), value=True)
    return Result(NOT_MET, evidence, [code], mend=mend)


def _lines_after(facts: Facts, table: str, column: str, announced: dt.date) -> Result:
    """The lines of a table that have a day, a month, or a rank of month counted from the start."""
    early: list[int] = []
    same: list[int] = []
    held = [settled(row.get(column)) for row in facts.tables.get(table, ())]
    for rank, value in enumerate(held):
        if value is not None and (gap := _days_after(value, announced)) <= 0:
            (same if gap == 0 else early).append(rank)
    if not early and not same:
        known = sum(value is not None for value in held)
        said = f"{known} ligne{'s datées' if known > 1 else ' datée'}, aucune avant l’annonce"
        return Result(MET, f"{facts.label(table)} : {said if known else 'aucune ligne datée'}.", [table])
    lines = [str(rank + 1) for rank in [*early, *same]]
    which = f"la ligne {lines[0]}" if len(lines) == 1 else f"les lignes {enumerated(lines)}"
    when = "avant l’annonce" if early else "peut-être avant l’annonce"
    evidence = f"{facts.label(table)} : {which} {'commence' if len(lines) == 1 else 'commencent'} {when}."
    value = _first_after(held[[*early, *same][0]], announced)
    mend = to_set(f"commencer {which} après l’annonce", *((table, rank, column) for rank in early + same), value=value)
    return Result(NOT_MET if early else UNKNOWN, evidence, [table], mend=mend)


def _days_after(value: Any, announced: dt.date) -> int:
    """How far a line is after the announcement: negative before, 0 when only a person can tell."""
    if isinstance(value, int):
        return 1 if value >= 1 else 0
    if len(str(value)) == len("2026-11"):
        month = announced.isoformat()[:7]
        return (str(value) > month) - (str(value) < month)
    return (dt.date.fromisoformat(str(value)) - announced).days


def _first_after(value: Any, announced: dt.date) -> Any:
    if isinstance(value, int):
        return 1
    if len(str(value)) == len("2026-11"):
        return (announced.replace(day=1) + dt.timedelta(days=31)).isoformat()[:7]
    return (announced + dt.timedelta(days=1)).isoformat()


_ORIGINS = {
    "signature": ", à compter de la signature de la convention",
    "start": ", à compter du début déclaré des travaux",
}
"""What the regulation counts the months of a project from."""


def duration(facts: Facts, params: Params) -> Result:
    """The duration declared, and the last milestone, within the longest that the call admits."""
    code, table = params["duration"], params["table"]
    months, longest = facts.answer(code), int(facts.regulation["duration_months_max"])
    if not isinstance(months, int) or months < 1:
        mend = to_set(f"donner une durée, {longest} mois au plus", (code,), value=longest)
        return Result(UNKNOWN, "La durée n’est pas donnée en mois.", [code, table], mend=mend)
    origin = _ORIGINS.get(str(facts.regulation.get("duration_counts_from", "")), "")
    evidence = f"Durée déclarée : {months} mois ; maximum : {longest} mois{origin}."
    if months <= longest:
        declared = Result(MET, evidence, [code])
    else:
        evidence += f" La durée dépasse le maximum de {months - longest} mois."
        mend = to_set(f"raccourcir de {months - longest} mois", (code,), value=longest)
        declared = Result(NOT_MET, evidence, [code], mend=mend)
    ends = [settled(row.get(params["end_column"])) for row in facts.tables.get(table, ())]
    return all_of([declared.named("Durée"), *_milestones(facts, params, ends, min(months, longest), longest)])


def _milestones(facts: Facts, params: Params, ends: list[Any], last: int, longest: int) -> Iterator[Result]:
    if not ends:
        return
    table, column = params["table"], params["end_column"]
    known = {rank: end for rank, end in enumerate(ends) if isinstance(end, int)}
    late = [rank for rank, end in known.items() if end > last]
    unsaid = [rank for rank in range(len(ends)) if rank not in known]
    wrong = ["Le dernier jalon finit après la durée maximale."] if any(known[r] > longest for r in late) else []
    doubtful = [f"{len(unsaid)} jalon(s) sans mois de fin."] if unsaid else []
    if late and not wrong:
        doubtful.insert(0, "Le dernier jalon finit après la durée déclarée.")
    evidence = [f"Dernier jalon : mois {max(known.values())}."] if known else []
    result = worst(wrong, doubtful)
    lines = enumerated([str(rank + 1) for rank in sorted(late + unsaid)])
    mend = to_set(
        f"finir au mois {last} au plus tard (jalon {lines})",
        *((table, rank, column) for rank in sorted(late + unsaid)),
        value=last,
    )
    said = " ".join(evidence + wrong + doubtful)
    found = Result(result, said, [table], mend=mend if result != CheckResult.MET else None)
    yield found.named(facts.label(table))
