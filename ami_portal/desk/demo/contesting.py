"""A refused team contests: its gracious appeal, filed in its own words, waits for an answer."""

from functools import partial
from uuid import uuid4

from evaluation import actions

from .stage import Edition, Stage
from .words import Project


def plan(stage: Stage, edition: Edition, project: Project, working_days: int, time: str) -> None:
    """The appeal that the file tells, so many working days after the closing."""
    at = edition.after(working_days, time)
    stage.agenda.at(at, partial(contest, stage, project), f"{project['acronym']} : recours gracieux formé")


def contest(stage: Stage, project: Project) -> None:
    """The owner contests the refusal, for the team."""
    actions.file_appeal(
        stage.dossier(project), project["appeal"], [], token=uuid4(), actor=stage.user(project.owner.email)
    )
