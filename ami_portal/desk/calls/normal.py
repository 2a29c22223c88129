"""One value for one call (pure): whatever way its file was written, the same call is the same mapping.

Texts lose the space around them, amounts written as whole numbers become texts, what may be left out is there, French
stands where two languages stood, and `translations` holds the other one by its French text.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

from ami_portal.kernel.config import Path, Problem, shown
from applications.call_config.acts import act_of

from .schema import day, instant

LANGUAGES = frozenset({"fr", "en"})
_AMOUNTS = ("max_grant", "expected_budget", "budget_tolerance_percent", "retention_percent")
_SPARED: dict[str, Any] = {"funding_rate_percent": "100", "retention_freed_on": "final_report"}
_SPARED_OF_EXPENSES: dict[str, Any] = {"amounts": "including_tax", "documents": "each"}
_CALL: dict[str, Any] = {
    "opinions": "veto",
    "completion": {},
    "decisions": {},
    "consultation": {},
    "data_access_path": [],
    "data_retention": [],
    "faq": [],
    "operator_named": "",
}
_CONSULTATION: dict[str, Any] = {"due": {}, "answer": {}, "consent": {}, "neutrality": {}, "feasibility": {}}
_EXAMINED: dict[str, Any] = {"points": [], "grounds": []}
_CALENDAR: dict[str, Any] = {"rounds": [], "steps": [], "reminder_days": [], "history": []}
_PIECE: dict[str, Any] = {
    **dict.fromkeys(("file", "issued_on", "status", "absence_reason", "not_asked_with"), ""),
    "announcing": [],
    "validity": {},
    "security_code": None,
}
_REMOTE_STATES = ("en_construction", "en_instruction", "accepte", "refuse", "sans_suite")
_RANKING: dict[str, Any] = {
    "order": "raw",
    "ties": [],
    "draw": False,
    "method": "line",
    **dict.fromkeys(("envelope", "minimum")),
    "quotas": [],
}
_STEP: dict[str, Any] = {
    "after": [],
    **dict.fromkeys(("who", "event", "silence", "redo"), ""),
    **dict.fromkeys(("delay", "extension", "usual")),
    "answers": [],
}
_QUOTA: dict[str, Any] = {"dataset": "", "question": "", "option": "", "least": 0, "most": None}
_DATASET = ("population", "period", "records", "individuals", "update", "variables_text", "access", "limits")


def one_language(value: Any, translations: dict[str, str], path: Path = ()) -> tuple[Any, list[Problem]]:
    """`value` in French, its English put into `translations`; and a problem for each text with two translations."""
    problems: list[Problem] = []
    if isinstance(value, Mapping) and "fr" in value and set(value) <= LANGUAGES:
        french, english = str(value["fr"]).strip(), str(value.get("en", "")).strip()
        if english and translations.setdefault(french, english) != english:
            other = shown(translations[french])
            problems.append(
                Problem((*path, "en"), f"{shown(french)} est traduit ailleurs par {other}", "une traduction")
            )
        return french, problems
    if isinstance(value, Mapping):
        pairs = {key: one_language(item, translations, (*path, key)) for key, item in value.items()}
        return {key: item for key, (item, _) in pairs.items()}, [p for _, found in pairs.values() for p in found]
    if isinstance(value, list):
        items = [one_language(item, translations, (*path, rank)) for rank, item in enumerate(value)]
        return [item for item, _ in items], [p for _, found in items for p in found]
    return value.strip() if isinstance(value, str) else value, problems


def normal(config: Mapping[str, Any]) -> dict[str, Any]:
    """The one form of the parts of a config whose shape is right, in one language. Normal twice is normal once."""
    result: dict[str, Any] = deepcopy(dict(config))
    result.setdefault("translations", {})
    result.setdefault("supporting_documents", [])
    result.setdefault("demarches_simplifiees", {})
    for name, part in result.items():
        if name in _PARTS:
            _PARTS[name](part)
    return result


def _fill(row: dict[str, Any], defaults: Mapping[str, Any]) -> None:
    for name, default in defaults.items():
        if row.get(name) is None:
            row[name] = deepcopy(default)


def _texts(row: dict[str, Any], names: Any) -> None:
    for name in names:
        if row[name] is not None:
            row[name] = str(row[name])


def _calendar(calendar: dict[str, Any]) -> None:
    """Instants and days as such; a call of several rounds opens with the first and closes with the last."""
    _fill(calendar, _CALENDAR)
    for window in calendar["rounds"]:
        _convert(window, instant, "opens_at", "closes_at")
    if calendar["rounds"]:
        calendar.setdefault("opens_at", calendar["rounds"][0]["opens_at"])
        calendar.setdefault("closes_at", calendar["rounds"][-1]["closes_at"])
    _convert(calendar, instant, "opens_at", "closes_at")
    calendar["reminder_days"].sort(reverse=True)
    for step in calendar["steps"]:
        _fill(step, {"detail": ""})
        _convert(step, day, "starts_on", "ends_on")
    for move in calendar["history"]:
        _fill(move, {"from": None})
        _convert(move, instant, "decided_at")
        _convert(move, _moment, "from", "to")


def _convert(row: dict[str, Any], reader: Callable[[Any], Any], *names: str) -> None:
    for name in names:
        if row.get(name) is not None:
            row[name] = reader(row[name])


def _moment(value: Any) -> dt.date | None:
    return instant(value) or day(value)


def _datasets(datasets: dict[str, Any]) -> None:
    for row in datasets["partners"]:
        _fill(row, {"siret": ""})
        _texts(row, ["siret"])
    for row in datasets["items"]:
        _fill(row, dict.fromkeys(_DATASET, ""))


def _selection(selection: dict[str, Any]) -> None:
    scale = selection["scale"]
    _fill(scale, {"labels": [str(mark) for mark in range(scale["min"], scale["max"] + 1)], "guides": []})
    for heading in selection["headings"]:
        _fill(heading, {"special_attention": False})
        for point in heading["points"]:
            _fill(point, {"help": "", "guides": []})
    _fill(selection, {"jury": {}, "deliberation": {}, "reminder_days": []})
    if not selection.get("letter_scores"):
        selection.pop("letter_scores", None)
    selection["reminder_days"].sort(reverse=True)
    if quorum := selection["deliberation"].get("quorum"):
        _fill(quorum, {"of": "jury"})
    if votes := selection["deliberation"].get("votes"):
        _fill(votes, {"ballots": "named", "tie": "rejected"})
    if jury := selection["jury"]:
        _fill(jury, {"fields": [], "profiles": []})
        _fill(jury["load"], {"min": 0})
    _fill(selection, {"ranking": {}})
    if ranking := selection["ranking"]:
        _fill(ranking, _RANKING)
        _texts(ranking, ["envelope", "minimum"])
        for quota in ranking["quotas"]:
            _fill(quota, _QUOTA)


def _call(call: dict[str, Any]) -> None:
    _fill(call, _CALL)
    if call["decisions"]:
        _fill(call["decisions"], {"two_people_refusals": False})
        if call["decisions"].get("appeal"):
            _fill(call["decisions"]["appeal"], {"other_person": False, "jury": False})
        else:
            call["decisions"].pop("appeal", None)
    _fill(call["consultation"], _CONSULTATION)
    for aspect in ("neutrality", "feasibility"):
        _fill(call["consultation"][aspect], _EXAMINED)
    for delay in (call["completion"], *(call["consultation"][name] for name in ("due", "answer", "consent"))):
        if delay:
            _fill(delay, {"working_days": True})
    if due := call["consultation"]["due"]:
        _fill(due, {"reminder_days": [], "silence_refuses": False})
        due["reminder_days"].sort(reverse=True)
    _calendar(call["calendar"])


def _regulation(regulation: dict[str, Any]) -> None:
    _fill(regulation, {"duration_counts_from": "signature", "signatory": []})
    regulation["works_start_after"] = day(regulation["works_start_after"])
    _texts(regulation, (*_AMOUNTS, *({"funding_rate_percent"} & set(regulation))))
    _spare(regulation, _SPARED)
    if "expenses" in regulation:
        _spare(regulation["expenses"], _SPARED_OF_EXPENSES)
    _spare(regulation, {"expenses": {}})
    for row in regulation["cost_categories"]:
        _fill(row, {"help": "", "cap_percent": None})
        _texts(row, ["cap_percent"])
    for row in regulation["instalments"]:
        _fill(row, {"condition": ""})
        _texts(row, ["percent"])
        _spare(row, {"basis": "share", "conditions": []})
    if path := regulation.get("path"):
        _fill(path, {"kit": []})
        for route in path["routes"]:
            _fill(route, {"detail": "", "when": None})
        for step in path["steps"]:
            _fill(step, _STEP)
            for answer in step["answers"]:
                _fill(answer, {"then": "next", "tacit": False})
    else:
        regulation.pop("path", None)


def _spare(mapping: dict[str, Any], usual: Mapping[str, Any]) -> None:
    """Leave out what says only what is usual: a regulation that a convention cites stays the same to the letter."""
    for name, value in usual.items():
        if name in mapping and mapping[name] == value:
            del mapping[name]


def _supports(supports: list[dict[str, Any]]) -> None:
    for row in supports:
        _fill(row, {"condition": ""})


def _supporting_documents(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        _fill(row, _PIECE)
        if row["validity"]:
            _fill(row["validity"], {"to_month_end": False})


def _eligibility(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        _fill(row, {"text": "", "act": act_of(row["check"]), "params": {}, "decided_by": "staff"})
        _fill(row, {"overruled_by": "", "reasons": []})
        if not row.get("two_people"):
            row.pop("two_people", None)


def _demarche(demarche: dict[str, Any]) -> None:
    if not demarche:
        return
    _fill(demarche, {"demarche": None, "questions": [], "ignored": [], "states": {}, "invite": True})
    _fill(demarche, {"instructor": "", "write_back": [], "annotations": []})
    for row in demarche["write_back"]:
        _fill(row, {"reason": "incomplete", "text": ""})
    _fill(demarche["states"], dict.fromkeys(_REMOTE_STATES, "submitted"))
    for row in demarche["questions"]:
        _fill(row, {"champ": "", "applicant": "", "column": "", "values": [], "revisions": [], "columns": []})
        for column in row["columns"]:
            _fill(column, {"values": []})


def _form(form: dict[str, Any]) -> None:
    """A limit written as a day is the text that answers are compared with."""
    form["sections"] = _days_as_texts(form["sections"])


def _days_as_texts(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _days_as_texts(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_days_as_texts(item) for item in value]
    return value.isoformat() if isinstance(value, dt.date) else value


_PARTS: dict[str, Callable[[Any], None]] = {
    "call": _call,
    "regulation": _regulation,
    "supports": _supports,
    "supporting_documents": _supporting_documents,
    "datasets": _datasets,
    "eligibility": _eligibility,
    "selection": _selection,
    "demarches_simplifiees": _demarche,
    "form": _form,
}
