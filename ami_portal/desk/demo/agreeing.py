"""The convention that is being negotiated: a proposal taken up in a second version, a question that waits."""

import datetime as dt
from dataclasses import replace
from functools import partial

from funding import actions, articles
from funding.actions.negotiation import Answer
from funding.articles import Article
from funding.enums import RemarkKind, RemarkOutcome
from funding.models import Convention

from .agenda import on, working
from .paying import OFFICER, prepare
from .stage import Stage
from .words import Project

TITLE, WORD, BETTER = "Communication", "lors de leur parution", "au plus tard quinze jours après leur parution"


def plan_negotiated(stage: Stage, project: Project) -> None:
    """Generated twelve days ago; discussed since."""
    name = project["acronym"]
    for days, time, act, label in (
        (12, "10:40", prepare, "convention générée"),
        (9, "15:20", propose, "modification proposée"),
        (6, "11:15", take_up, "version 2 du texte"),
        (2, "16:50", ask, "question sur le texte"),
    ):
        day = working(stage.today - dt.timedelta(days=days))
        stage.agenda.at(on(day, time), partial(act, stage, project), f"{name} : {label}")


def propose(stage: Stage, project: Project) -> None:
    """The owner proposes the text of an article."""
    convention, found = _last(stage, project)
    article = next(one for one in found if one.title == TITLE)
    actions.make_remark(
        convention,
        article.code,
        base=convention.texts.count(),
        kind=RemarkKind.CHANGE,
        proposed=article.text.replace(WORD, BETTER),
        words="Nous l’apprenons souvent après la parution : un délai nous permettrait de tenir cet engagement.",
        actor=stage.user(project.owner.email),
    )


def take_up(stage: Stage, project: Project) -> None:
    """The officer takes it up, in the second version."""
    convention, found = _last(stage, project)
    wanted = [replace(one, text=one.text.replace(WORD, BETTER)) if one.title == TITLE else one for one in found]
    actions.answer_remarks(
        convention,
        base=convention.texts.count(),
        wanted=wanted,
        note="Délai de quinze jours pour communiquer les publications.",
        answers={1: Answer(RemarkOutcome.ACCEPTED, "Entendu, ce délai nous convient.")},
        actor=stage.user(OFFICER),
    )


def ask(stage: Stage, project: Project) -> None:
    """The owner asks a question, which still waits."""
    convention, found = _last(stage, project)
    article = next(one for one in found if one.title == "Contrôle")
    actions.make_remark(
        convention,
        article.code,
        base=convention.texts.count(),
        kind=RemarkKind.QUESTION,
        words="Les pièces peuvent-elles être conservées sous forme électronique pendant ces dix ans ?",
        actor=stage.user(project.owner.email),
    )


def _last(stage: Stage, project: Project) -> tuple[Convention, tuple[Article, ...]]:
    convention = Convention.objects.select_related("dossier__call").get(dossier=stage.dossier(project))
    return convention, articles.read(convention.texts.order_by("number")[convention.texts.count() - 1].articles)
