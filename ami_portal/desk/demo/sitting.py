"""What the jurors say of themselves, and what the secretary makes of the conflicts that it reveals."""

import datetime as dt
from collections.abc import Mapping
from functools import partial
from typing import Any

from ami_portal.kernel import clock
from evaluation import actions
from evaluation.actions.jurors import SaidProfile, SaidSeat, SaidStay
from evaluation.models import Conflict

from .judging import SECRETARY
from .stage import Edition, Stage


def plan(stage: Stage, edition: Edition, working_days: int) -> None:
    """Profiles so many working days after the closing; the day after, each conflict that the file lifts."""
    for member in stage.cast.members:
        if "stays" in member:
            stage.agenda.at(edition.after(working_days, "18:20"), partial(say, stage, edition, member))
            stage.agenda.at(edition.after(working_days + 1, "10:05"), partial(lift, stage, member))


def say(stage: Stage, edition: Edition, member: Mapping[str, Any]) -> None:
    """A juror fills their profile."""
    juror, today = stage.user(member["email"]), clock.today()
    stays = tuple(_stay(stage, today, *row) for row in member["stays"])
    seat = SaidSeat(stage.call(edition), tuple(member["fields"]), None)
    actions.set_profile(juror, SaidProfile("", stays, seats=(seat,)), seen_version=0, actor=juror)


def _stay(stage: Stage, today: dt.date, name: str, key: str, since: int, until: int | str) -> SaidStay:
    siren = stage.cast.organisations[key].siret[:9] if key else ""
    return SaidStay(name, siren, _years_ago(today, since), _years_ago(today, until) if until else None)


def _years_ago(today: dt.date, years: int | str) -> dt.date:
    return dt.date(today.year - int(years), 9, 1)


def lift(stage: Stage, member: Mapping[str, Any]) -> None:
    """The secretary lifts what was verified; the rest waits."""
    secretary, projects = stage.user(SECRETARY), {project.code: project for project in stage.cast.projects}
    for code, reason in member.get("lifted", {}).items():
        dossier = stage.dossier(projects[code])
        for conflict in Conflict.objects.filter(juror__email=member["email"], dossier=dossier):
            actions.lift_conflict(conflict, reason=reason, actor=secretary)
