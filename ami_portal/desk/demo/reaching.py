"""The way of a laureate to its data: route, kit, request, an opinion with reserves, now before the last authority."""

import datetime as dt
from functools import partial

from funding import actions
from funding.actions.path import GO
from funding.models import Convention
from funding.path_reading import graph_of

from .agenda import on, working
from .stage import Stage
from .words import Project

OFFICER = "conventions@hdh.example"
KIT, PASSED, CHOSEN, NOW = 20, ((250, 72), (70, 64), (62, 38)), 33, 30
"""Days: after the signature for the kit; before today for what begins and ends each step, the choice, the last step."""


def plan_path(stage: Stage, project: Project, signed_on: dt.date) -> None:
    """The steps of the first route of the call, the last of them under way."""
    name, day = project["acronym"], dt.timedelta(days=1)
    kit_on = working(signed_on + KIT * day)
    stage.agenda.at(on(kit_on, "10:15"), partial(start, stage, project, kit_on), f"{name} : kit de démarrage remis")
    for rank, (begun, ended) in enumerate(PASSED):
        first, last = working(stage.today - begun * day), working(stage.today - ended * day)
        stage.agenda.at(on(first, f"11:{rank:02d}"), partial(begin, stage, project, rank, first))
        stage.agenda.at(on(last, f"16:{rank:02d}"), partial(end, stage, project, rank, last))
    stage.agenda.at(on(working(stage.today - CHOSEN * day), "09:30"), partial(choose, stage, project, len(PASSED) - 1))
    last = working(stage.today - NOW * day)
    said = f"{name} : dernière autorité saisie"
    stage.agenda.at(on(last, "14:45"), partial(begin, stage, project, len(PASSED), last), said)


def start(stage: Stage, project: Project, day: dt.date) -> None:
    """Choose the route, hand the kit over."""
    convention, officer = convention_of(stage, project), stage.user(OFFICER)
    graph = graph_of(convention)
    actions.choose_route(convention, route=graph.routes[0].code, actor=officer)
    actions.hand_kit(convention, codes=[code for code, _ in graph.kit], on=day, actor=officer)


def begin(stage: Stage, project: Project, rank: int, day: dt.date) -> None:
    """The event from which a step runs."""
    actions.start_step(convention_of(stage, project), _code(stage, project, rank), on=day, actor=stage.user(OFFICER))


def end(stage: Stage, project: Project, rank: int, day: dt.date) -> None:
    """Its outcome: that of the middle, where there are several."""
    convention = convention_of(stage, project)
    rule = graph_of(convention).steps(convention.access_path.route)[rank]
    answer = rule.answers[len(rule.answers) // 2].code if rule.answers else ""
    actions.end_step(convention, rule.code, on=day, answer=answer, actor=stage.user(OFFICER))


def choose(stage: Stage, project: Project, rank: int) -> None:
    """The applicant goes on."""
    owner = stage.user(project.owner.email)
    actions.choose_after(convention_of(stage, project), _code(stage, project, rank), choice=GO, actor=owner)


def _code(stage: Stage, project: Project, rank: int) -> str:
    convention = convention_of(stage, project)
    return graph_of(convention).steps(convention.access_path.route)[rank].code


def convention_of(stage: Stage, project: Project) -> Convention:
    """The convention of a project, with its call."""
    return Convention.objects.select_related("dossier__call").get(dossier=stage.dossier(project))
