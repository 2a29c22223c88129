"""The jury at work: session, declarations of interests, marks and comments, decisions, publication."""

import datetime as dt
from decimal import Decimal
from functools import partial
from typing import Any

from ami_portal.accounts.models import User
from applications.models import Dossier
from evaluation import actions
from evaluation.deliberating import sitting_of
from evaluation.enums import Confidence
from evaluation.models import Review, SelectionHeading, Session
from evaluation.rules import charter_in_force
from evaluation.sitting import members_of

from .stage import Edition, Stage
from .words import Project

SECRETARY = "jury@hdh.example"
FIVE_MINUTES = dt.timedelta(minutes=5)


def plan_session(stage: Stage, edition: Edition, working_days: int) -> None:
    """Open the jury so many working days after the closing."""
    label = f"{edition.code} : jury ouvert"
    stage.agenda.at(edition.after(working_days, "09:30"), partial(open_session, stage, edition), label)


def plan_reviews(stage: Stage, edition: Edition, project: Project, working_days: int) -> None:
    """Entrust a dossier to its jurors, who answer and write over the following days."""
    stage.agenda.at(edition.after(working_days, "10:15"), partial(entrust, stage, project))
    for said in project["reviews"]:
        pause = 1 + project.number(said["juror"], 2)
        minute = project.number(said["juror"] + "minute", 50)
        state = said.get("state", "submitted")
        if state == "to_declare":
            continue
        answered_at = edition.after(working_days + pause, f"18:{minute:02d}")
        stage.agenda.at(answered_at, partial(answer_for_interests, stage, project, said))
        if state in ("draft", "submitted"):
            written_at = edition.after(working_days + pause + 2, f"20:{minute:02d}")
            stage.agenda.at(written_at, partial(score, stage, project, said))
        if state == "submitted":
            submitted_at = edition.after(working_days + pause + 3, f"21:{minute:02d}")
            stage.agenda.at(submitted_at, partial(submit, stage, project, said))


def plan_results(stage: Stage, edition: Edition, projects: list[Project], working_days: int, publication: int) -> None:
    """Close the scoring, deliberate the day after; publish `publication` working days after the closing of the call."""
    stage.agenda.at(edition.after(working_days, "18:00"), partial(close, stage, edition))
    deliberation = edition.after(working_days + 1, "10:00")
    stage.agenda.at(deliberation - FIVE_MINUTES, partial(gather, stage, edition))
    for number, project in enumerate(projects):
        stage.agenda.at(deliberation + number * FIVE_MINUTES, partial(decide, stage, edition, project))
    frozen_at = edition.after(publication - 1, "16:30")
    stage.agenda.at(frozen_at, partial(freeze, stage, edition), f"{edition.code} : décisions arrêtées")
    published_at = edition.after(publication, "10:00")
    stage.agenda.at(published_at, partial(publish, stage, edition), f"{edition.code} : résultats publiés")


# The acts


def open_session(stage: Stage, edition: Edition) -> None:
    """Open the jury's session."""
    actions.open_session(stage.call(edition), actor=stage.user(SECRETARY))


def entrust(stage: Stage, project: Project) -> None:
    """Assign the dossier to its jurors."""
    secretary = stage.user(SECRETARY)
    for said in project["reviews"]:
        actions.assign_juror(stage.dossier(project), _juror(stage, said), actor=secretary)


def answer_for_interests(stage: Stage, project: Project, said: dict[str, Any]) -> None:
    """Accept the charter of the call, then deny any interest, or stand aside."""
    juror, review = _review(stage, project, said)
    if charter := charter_in_force(review.dossier.call):
        actions.accept_charter(review.dossier.call, charter_sha256=charter.sha256, actor=juror)
    if "conflict" in said:
        actions.declare_conflict(review, conflict=said["conflict"], ties=said["ties"], actor=juror)
    else:
        actions.deny_conflict(review, actor=juror)


def score(stage: Stage, project: Project, said: dict[str, Any]) -> None:
    """Give the marks and the comments that the file has."""
    juror, review = _review(stage, project, said)
    scores: dict[int, int] = {}
    comments: dict[str, str] = {}
    headings = SelectionHeading.objects.filter(call=review.dossier.call).prefetch_related("points")
    for heading, marks in zip(headings, said["scores"].split("|"), strict=True):
        given = {
            point.pk: int(mark)
            for point, mark in zip(heading.points.order_by("position"), marks.split(), strict=True)
            if mark != "-"
        }
        scores |= given
        if given:
            comments[heading.code] = _remark(
                stage, project, said, heading.code, Decimal(sum(given.values())) / len(given)
            )
    actions.save_review(
        review,
        scores=scores,
        comments=comments,
        comment_jury=said.get("jury", ""),
        comment_applicant=said.get("applicant", ""),
        recommended_amount=_recommended(review.dossier, list(scores.values())),
        confidence=project.pick(said["juror"] + "confidence", Confidence.values),
        actor=juror,
    )


def _recommended(dossier: Dossier, marks: list[int]) -> Decimal | None:
    """All that is asked for the best, four fifths for the good, nothing said of the others."""
    mean = Decimal(sum(marks)) / len(marks)
    if mean >= 4:
        return dossier.grant_limit
    return (dossier.grant_limit * 4 / 5).quantize(Decimal("0.01")) if mean >= 3 else None


def _remark(stage: Stage, project: Project, said: dict[str, Any], heading: str, mean: Decimal) -> str:
    level = "high" if mean >= 4 else "middle" if mean >= 3 else "low"
    return project.pick(said["juror"] + heading, stage.cast.remarks[heading][level])


def submit(stage: Stage, project: Project, said: dict[str, Any]) -> None:
    """Submit the review for good."""
    juror, review = _review(stage, project, said)
    actions.submit_review(review, actor=juror)


def close(stage: Stage, edition: Edition) -> None:
    """End the scoring."""
    actions.close_scoring(_session(stage, edition), actor=stage.user(SECRETARY))


def gather(stage: Stage, edition: Edition) -> None:
    """The members of the jury come into the room."""
    session = _session(stage, edition)
    for member in members_of(session.call):
        actions.note_presence(session, member, is_present=True, actor=stage.user(SECRETARY))


def decide(stage: Stage, edition: Edition, project: Project) -> None:
    """Call one dossier, those who stand aside out of the room, and record the jury's decision."""
    said, session, dossier = project["decision"], _session(stage, edition), stage.dossier(project)
    gone = {member.pk for member in sitting_of(session).to_leave(dossier)}
    actions.open_hearing(session, dossier, gone=gone, actor=stage.user(SECRETARY))
    actions.record_decision(
        session,
        dossier,
        outcome=said["outcome"],
        rank=said["rank"],
        amount=Decimal(said["amount"]) if "amount" in said else None,
        reason=said["reason"],
        actor=stage.user(SECRETARY),
    )


def freeze(stage: Stage, edition: Edition) -> None:
    """Freeze the decisions: letters are rendered."""
    actions.freeze_decisions(_session(stage, edition), actor=stage.user(SECRETARY))


def publish(stage: Stage, edition: Edition) -> None:
    """Publish every result at one instant."""
    actions.publish_results(_session(stage, edition), actor=stage.user(SECRETARY))


def _session(stage: Stage, edition: Edition) -> Session:
    return Session.objects.select_related("call").get(call__code=edition.code)


def _juror(stage: Stage, said: dict[str, Any]) -> User:
    return stage.user(f"{said['juror']}@universite.example")


def _review(stage: Stage, project: Project, said: dict[str, Any]) -> tuple[User, Review]:
    juror = _juror(stage, said)
    return juror, Review.objects.select_related("dossier__call").get(dossier=stage.dossier(project), juror=juror)
