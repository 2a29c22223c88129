"""The whole population: everything planned, then lived in the order of time, in one transaction."""

import datetime as dt
from collections.abc import Callable
from functools import partial

from django.conf import settings
from django.db import transaction

from ami_portal.accounts.models import User
from ami_portal.audit import trail
from ami_portal.audit.models import AuditEvent
from ami_portal.desk import calls
from ami_portal.kernel import clock
from applications.models import Call

from . import agreeing, amending, checking, company, contesting, granting, judging, paying, sitting, talking, writing
from .agenda import DemoFailed
from .stage import Edition, Stage, set_up
from .words import Cast

MARK = "demo.load"


def is_loaded() -> bool:
    """Whether this database holds the population."""
    return AuditEvent.objects.filter(verb=MARK).exists()


def load(say: Callable[[str], None]) -> Cast:
    """Live the whole population, or change nothing. `say` is told how far it is.

    Raises DemoFailed off one's own machine, and in a database that already holds something else.
    """
    if not (settings.ON_LOOPBACK and settings.LOCAL_MAILBOX):
        raise DemoFailed("La démonstration ne se charge que sur sa propre machine, sans serveur de courriel.")
    if User.objects.exists() or Call.objects.exists():
        raise DemoFailed(
            "Cette base contient déjà autre chose que la démonstration : videz-la par « make demo-reset », "
            "ou donnez un autre dossier par PORTAL_VAR."
        )
    with transaction.atomic():
        stage = set_up(say)
        plan(stage)
        stage.agenda.play()
        at = clock.now()
        trail.record(MARK, subject="demo", actor=None, at=at, calls=[item.code for item in stage.editions.values()])
    return stage.cast


def plan(stage: Stage) -> None:
    """Everything that happens, in no order: the agenda sorts it."""
    former, first, second = (stage.editions[key] for key in ("2024", "first", "second"))
    for edition in (former, first, second):
        opened_at = edition.opens_at - dt.timedelta(days=3)
        stage.agenda.at(opened_at, partial(open_call, stage, edition), f"{edition.code} : appel chargé")
    stage.agenda.at(
        former.opens_at - dt.timedelta(days=2), partial(company.engage, stage), "Équipe, partenaires et jury"
    )
    for project in stage.cast.projects:
        writing.plan(stage, project)
    talking.plan(stage)
    _plan_former(stage, former)
    _plan_first(stage, first)


def open_call(stage: Stage, edition: Edition) -> None:
    """Load one edition of the call."""
    calls.load(edition.config)


def _plan_former(stage: Stage, edition: Edition) -> None:
    """The 2024 edition, to its end: judged, published; conventions since."""
    projects = stage.cast.of(edition.key)
    judged = [project for project in projects if "decision" in project.words]
    for number, project in enumerate(projects):
        checking.plan_eligibility(stage, edition, project, 2 + number // 2, f"{9 + number % 2 * 5:02d}:10")
    for number, project in enumerate(judged):
        for dataset in project["opinions"]:
            checking.plan_opinion(stage, edition, project, dataset, 8 + number // 2, f"{10 + number:02d}:30")
    judging.plan_session(stage, edition, 12)
    for number, project in enumerate(judged):
        judging.plan_reviews(stage, edition, project, 13 + number % 3 * 2)
    judging.plan_results(stage, edition, judged, 30, 44)
    paid, renounced, negotiated, *_ = judged
    paying.plan_paid(stage, paid)
    amending.plan_amended(stage, paid)
    paying.plan_renounced(stage, renounced)
    agreeing.plan_negotiated(stage, negotiated)


def _plan_first(stage: Stage, edition: Edition) -> None:
    """The edition under way: a dossier at each step. Days are working days after the closing, six weeks ago."""
    by_code = {project.code: project for project in stage.cast.of(edition.key)}
    for code, day, time in [
        ("rythme", 3, "09:20"),
        ("proxima", 4, "10:00"),
        ("sentinelle", 4, "14:30"),
        ("equisein", 6, "09:40"),
        ("justecout", 7, "11:00"),
        ("concorde", 20, "15:10"),
    ]:
        checking.plan_eligibility(stage, edition, by_code[code], day, time)
    contesting.plan(stage, edition, by_code["rythme"], 12, "16:20")
    granting.plan(stage, edition, by_code["aurore"], 23, "09:05")
    checking.plan_decisions(stage, edition, by_code["aurore"], 25, "14:00")
    checking.plan_decisions(stage, edition, by_code["seniors"], 26, "10:30")
    checking.plan_completion(stage, edition, by_code["topaze"], 27, "11:20")
    for code, dataset, day, time in [
        ("proxima", "PRM-SEIN", 9, "11:20"),
        ("proxima", "PRM-POUMON", 9, "11:50"),
        ("sentinelle", "CBNPC-BIOMOL", 11, "16:05"),
        ("justecout", "PRM-SEIN", 13, "17:30"),
        ("equisein", "PRM-SEIN", 18, "10:45"),
        ("concorde", "CBNPC-BIOMOL", 24, "09:55"),
    ]:
        checking.plan_opinion(stage, edition, by_code[code], dataset, day, time)
    checking.plan_contradiction(stage, edition, by_code["justecout"], "PRM-SEIN", 25, "10:15")
    judging.plan_session(stage, edition, 15)
    sitting.plan(stage, edition, 21)
    judging.plan_reviews(stage, edition, by_code["proxima"], 16)
    judging.plan_reviews(stage, edition, by_code["sentinelle"], 19)
