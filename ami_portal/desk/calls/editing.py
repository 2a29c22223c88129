"""A call edited in the portal: the document of its file, checked, planned and carried out by the same functions."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from ami_portal.accounts.models import User
from ami_portal.audit.models import AuditEvent
from ami_portal.kernel import clock
from ami_portal.kernel.config import ConfigError, Problem
from ami_portal.kernel.permissions import allowed
from ami_portal.kernel.text import canonical_json, sha256_of
from ami_portal.workflow import TransitionRefused
from applications.call_config import as_json
from applications.call_config.checking import dates_of
from applications.models import Call

from .loading import carry_out, checked
from .normal import normal
from .plan import Plan, compared
from .units import Sides, Unit, taking, units
from .writing import document, dump, only_read

NOT_YOURS = "Vous n’avez pas le droit de faire cette action."
REASON: tuple[str, ...] = ("call", "calendar", "history")
"""Where a problem of dates that move without a reason is told."""
Config = Mapping[str, Any]


@dataclass(frozen=True)
class Edit:
    """What somebody makes of some units of a call: `write` puts what was typed into the document of the call.

    `seen` are the marks of these units as their author saw them; `reason` is why dates move, which everybody reads.
    """

    units: tuple[Unit, ...]
    seen: Mapping[str, str]
    write: Callable[[Config], dict[str, Any]]
    reason: str = ""


class StaleEdit(TransitionRefused):
    """Units that the author changed were changed by somebody else meanwhile. `disputed` has what is there now (`here`)
    and what was typed (`file`); `who` and `when` are of the last edit, `marks` what its author has seen from now on."""

    def __init__(self, call: Call, here: Config, edit: Edit, disputed: list[Sides]) -> None:
        super().__init__("Quelqu’un a modifié cette partie de l’appel depuis que vous l’avez ouverte.")
        self.disputed = disputed
        self.marks = {**edit.seen, **marks(here, tuple(one.unit for one in disputed))}
        last = AuditEvent.objects.filter(subject=call.code, verb__startswith="call.").select_related("actor").last()
        self.who = last.actor.get_full_name() if last and last.actor else "Le chargement d’un fichier"
        self.when = last.at if last else None


def marks(config: Config, names: tuple[Unit, ...]) -> dict[str, str]:
    """A short mark of each of these units."""
    found = units(config)
    return {".".join(name): _mark(found.get(name)) for name in names}


def _mark(value: Any) -> str:
    return sha256_of(canonical_json(as_json(value)))[:16]


def plan_edit(call: Call, edit: Edit, *, at: dt.datetime) -> Plan:
    """What an edit would change, and for whom. Raises StaleEdit, and ConfigError with all that is wrong in it."""
    here = dump(call)
    config = _merged(call, here, edit)
    calendar = config["call"]["calendar"]
    if calendar["rounds"]:
        calendar["opens_at"] = calendar["rounds"][0]["opens_at"]
        calendar["closes_at"] = calendar["rounds"][-1]["closes_at"]
    known = here["call"]["calendar"]
    moved = list(_moves(known, calendar, edit.reason, call.operator, at)) if _public(call, at) else []
    problems = []
    if moved and not edit.reason.strip():
        found = "une date que le public a lue change"
        problems.append(Problem(REASON, found, "le motif, que le public lira avec elle"))
    else:
        calendar["history"] = [*calendar["history"], *moved]
    try:
        config = checked({**document(config), "translations": only_read(config)["translations"]})
    except ConfigError as error:
        problems += error.problems
    if problems:
        raise ConfigError(problems)
    return compared(call, here, config, at=at)


@transaction.atomic
def edit_call(call: Call, edit: Edit, *, actor: User) -> Call:
    """Change some units of a call as its author says; the journal keeps what they replace.

    Raises StaleEdit when somebody else changed the same ones meanwhile, TransitionRefused without the right, and
    ConfigError when the call would not hold together, or when what it changes can change no more.
    """
    if not allowed(actor, "applications.configure_call", call):
        raise TransitionRefused(NOT_YOURS)
    current = Call.objects.select_for_update(of=("self",)).get(pk=call.pk)
    return carry_out(plan_edit(current, edit, at=clock.now()), actor=actor)


def _merged(call: Call, here: Config, edit: Edit) -> dict[str, Any]:
    """The document with what its author changed, unit by unit; what only others changed since is theirs."""
    mine, theirs = units(normal(edit.write(deepcopy(dict(here))))), units(here)
    config: dict[str, Any] = deepcopy(dict(here))
    disputed = []
    for unit in edit.units:
        one = Sides(unit, None, theirs.get(unit), mine.get(unit))
        seen = edit.seen.get(".".join(unit))
        if one.here == one.file or _mark(one.file) == seen:
            continue
        if _mark(one.here) != seen:
            disputed.append(one)
        config = taking(config, unit, one.file)
    if disputed:
        raise StaleEdit(call, here, edit, disputed)
    return config


def _public(call: Call, at: dt.datetime) -> bool:
    """Whether people have read the dates of a call: one that moves from now on says why."""
    return call.published_at is not None or at >= call.opens_at


def _moves(before: Config, after: Config, reason: str, by: str, at: dt.datetime) -> Iterator[dict[str, Any]]:
    """A row of history for each date that moves, in the name of the operator: nobody is named in public.

    Where a call is given rounds, or loses them, the dates between which dossiers are received come from nowhere.
    """
    known = dates_of(before)
    told = {"decided_at": at, "by": by, "reason": reason.strip()}
    is_cut_otherwise = bool(before["rounds"]) != bool(after["rounds"])
    for date, value in dates_of(after).items():
        if date in known and known[date] != value:
            yield {"date": date, "from": known[date], "to": value, **told}
        elif is_cut_otherwise and date not in known and not date.startswith("steps."):
            yield {"date": date, "from": None, "to": value, **told}
