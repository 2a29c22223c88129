"""A call from its file: read with everything that is wrong in it, moved in time when asked, loaded room by room."""

import datetime as dt
from collections.abc import Mapping, Sequence
from copy import deepcopy
from pathlib import Path as File
from typing import Any

from django.db import transaction

import applications.call_config
import datasets.call_config
import evaluation.call_config
import funding.call_config
from ami_portal.accounts.models import User
from ami_portal.audit import trail
from ami_portal.kernel import clock
from ami_portal.kernel.config import Checks, ConfigError, Path, Problem
from applications.models import Call
from datasets.models import DatasetVersion

from . import beside, schema, source
from .normal import normal, one_language
from .plan import Plan, plan
from .units import leaves

CHECKS: Checks = (
    *applications.call_config.CHECKS,
    *datasets.call_config.CHECKS,
    *evaluation.call_config.CHECKS,
    *funding.call_config.CHECKS,
)


def read(path: File) -> dict[str, Any]:
    """The config of a call's file, in its normal form. Raises ConfigError with every problem and its line.

    The templates that it names are beside it, unless the portal has them; `keep_beside` takes them.
    """
    found = source.read_bytes(path.read_bytes())
    if isinstance(found.value, dict) and found.value.pop("translations", None) is not None:
        said = "la clé « translations » est inconnue"
        found.problems.append(Problem(("translations",), said, "chaque texte avec sa langue : {fr: …, en: …}"))
    config = checked(found.value, lines=found.lines, problems=found.problems)
    if said := beside.problems(config, path.parent):
        raise ConfigError([problem.placed(found.value, found.lines) for problem in said])
    return config


def checked(
    value: Any, *, lines: Mapping[Path, int] | None = None, problems: list[Problem] | None = None
) -> dict[str, Any]:
    """The normal form of a config, in one language or two. Raises ConfigError with all that is wrong, in order."""
    written = value
    if isinstance(value, dict):
        written = {key: part for key, part in value.items() if key != "translations"}
    said = list(problems or []) + schema.problems(written)
    if not isinstance(value, dict):
        raise ConfigError([problem.placed(value, lines or {}) for problem in said])
    translations: dict[str, str] = dict(value.get("translations", {}))
    french, doubled = one_language(written, translations)
    said += doubled
    broken = {str(problem.path[0]) for problem in said if problem.path}
    config = normal({key: part for key, part in french.items() if key not in broken})
    config["translations"] = translations
    for parts, check in CHECKS:
        if all(part in config for part in parts):
            said += check(config)
    if said:
        placed = [problem.placed(value, lines or {}) for problem in said]
        raise ConfigError(sorted(placed, key=lambda problem: problem.line))
    return config


def moved(config: Mapping[str, Any], *, closes_on: dt.date, code: str, title: str | None = None) -> dict[str, Any]:
    """The same call with every date moved by the same number of days, so that it closes on `closes_on`, at its own hour
    on the clock of Paris."""
    result = deepcopy(dict(config))
    call = result["call"]
    call["code"] = code
    call["title"] = title or call["title"]
    days = (closes_on - clock.paris(call["calendar"]["closes_at"]).date()).days
    return _shift(result, dt.timedelta(days=days))


def _shift(value: Any, delta: dt.timedelta) -> Any:
    if isinstance(value, dict):
        return {key: _shift(item, delta) for key, item in value.items()}
    if isinstance(value, list):
        return [_shift(item, delta) for item in value]
    if isinstance(value, dt.datetime):
        local = clock.paris(value).replace(tzinfo=None) + delta
        return local.replace(tzinfo=clock.PARIS)
    if isinstance(value, dt.date):
        return value + delta
    return value


def load(config: Mapping[str, Any], *, actor: User | None = None, take_file: bool = False) -> Call:
    """Create or bring up to date a call from a config that `read` or `checked` answered, or raise ConfigError.

    What was changed in the portal since the last file, and not in this one, stays. What both changed is refused, or
    taken from the file with `take_file`. The same file again changes nothing and leaves no trace.
    """
    return carry_out(plan(config, at=clock.now(), take_file=take_file), actor=actor)


@transaction.atomic
def carry_out(what: Plan, *, actor: User | None = None) -> Call:
    """Do what a plan says. Raises ConfigError and changes nothing when it cannot be done."""
    at = clock.now()
    if what.problems:
        raise ConfigError(what.problems)
    if what.call is not None and not what.changes:
        return what.call
    config = what.config
    if unknown := beside.missing(config):
        raise ConfigError(unknown)
    call = applications.call_config.load(config, _versions(what, at), at=at)
    evaluation.call_config.load(config, call)
    said: dict[str, Any] = {"changed": [change.name for change in what.changes]}
    if what.file is None:
        trail.record("call.edit", subject=call.code, actor=actor, at=at, replaced=_replaced(what), **said)
        return call
    applications.call_config.remember(call, what.file, actor=actor, at=at)
    trail.record("call.load", subject=call.code, actor=actor, at=at, form=call.form_revision.sha256, **said)
    return call


def _versions(what: Plan, at: dt.datetime) -> Sequence[DatasetVersion]:
    """The versions that the call opens; the catalogue, which others edit, is written only where the plan changes it."""
    touched = any(change.name.startswith("datasets.") for change in what.changes)
    if what.call is None or touched:
        return datasets.call_config.load(what.config["datasets"], at=at)
    return [row.version for row in what.call.call_datasets.select_related("version")]


def _replaced(what: Plan) -> dict[str, Any]:
    """What an edit takes away, by its place in the file: the journal keeps it."""
    found = {}
    for one in (change.sides for change in what.changes if change.sides):
        for place, before, _ in leaves(one.here, one.file):
            found[".".join(filter(None, (*one.unit, place)))] = applications.call_config.as_json(before)
    return found


def rehearse(what: Plan, *, actor: User | None = None) -> list[Problem]:
    """What would refuse a plan: it is carried out, then undone. Nothing changes."""
    try:
        with transaction.atomic():
            carry_out(what, actor=actor)
            transaction.set_rollback(True)
    except ConfigError as error:
        return error.problems
    return []
