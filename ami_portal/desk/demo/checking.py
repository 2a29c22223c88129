"""The instructor and the partners at work: criteria decided one by one, opinions asked for and given."""

import datetime as dt
from functools import partial

from ami_portal.accounts.models import User
from ami_portal.kernel import clock
from applications.enums import Act, CheckResult
from applications.models import EligibilityCriterion
from applications.reading import frozen, standing_version
from applications.supporting import pieces_of
from evaluation import actions
from evaluation.actions.pieces import mark_of
from evaluation.enums import Stance
from evaluation.models import EligibilityItem, Opinion

from .stage import Edition, Stage
from .words import Project

INSTRUCTOR, SECOND = "instructeur@hdh.example", "instructeur2@hdh.example"
BEFORE_DECISIONS = dt.timedelta(minutes=8)
BETWEEN_DECISIONS = dt.timedelta(seconds=95)


def plan_decisions(stage: Stage, edition: Edition, project: Project, working_days: int, time: str) -> None:
    """Read the supporting documents, then decide every criterion, so many working days after the closing."""
    at = edition.after(working_days, time)
    stage.agenda.at(at - BEFORE_DECISIONS, partial(verify_pieces, stage, project))
    stage.agenda.at(at, partial(decide, stage, project))


def plan_eligibility(stage: Stage, edition: Edition, project: Project, working_days: int, time: str) -> None:
    """Decide, then declare; an eligible dossier's partners are asked at once."""
    plan_decisions(stage, edition, project, working_days, time)
    declared_at = edition.after(working_days, time) + dt.timedelta(minutes=35)
    word = "refusé" if "ineligible" in project.words else "éligible"
    stage.agenda.at(declared_at, partial(declare, stage, project), f"{project['acronym']} : {word}")


def plan_opinion(stage: Stage, edition: Edition, project: Project, dataset: str, working_days: int, time: str) -> None:
    """The opinion of a dataset's partner, so many working days after the closing."""
    stage.agenda.at(edition.after(working_days, time), partial(give_opinion, stage, project, dataset))


def plan_contradiction(stage: Stage, edition: Edition, project: Project, dataset: str, day: int, time: str) -> None:
    """An unfavourable opinion made known to the team, so many working days after the closing."""
    told_at = edition.after(day, time)
    stage.agenda.at(told_at, partial(tell_team, stage, project, dataset), f"{project['acronym']} : avis communiqué")


def plan_completion(stage: Stage, edition: Edition, project: Project, working_days: int, time: str) -> None:
    """Read the supporting documents, then ask for a completion, so many working days after the closing."""
    asked_at = edition.after(working_days, time)
    stage.agenda.at(asked_at - BEFORE_DECISIONS, partial(verify_pieces, stage, project))
    stage.agenda.at(asked_at, partial(ask_completion, stage, project), f"{project['acronym']} : complément demandé")


# The acts


def decide(stage: Stage, project: Project) -> None:
    """Decide each criterion of the staff, with a reason where the check proves nothing by itself.

    A refusal that two people take is confirmed by the second, but one that the file only proposes: it waits, and so do
    the other criteria of its act.
    """
    instructor, began_at, before = stage.user(INSTRUCTOR), clock.now(), EligibilityCriterion()
    items = EligibilityItem.objects.filter(version__dossier=stage.dossier(project), version__withdrawn_at=None)
    decided = items.exclude(criterion__decided_by="partner").select_related("criterion", "version")
    for number, item in enumerate(decided.order_by("criterion__act", "criterion__position")):
        with clock.pretend(began_at + number * BETWEEN_DECISIONS):
            if number and before.act != item.criterion.act:
                if _is_inadmissible(stage, project):
                    return
                actions.declare_admissible(stage.dossier(project), actor=instructor)
            before = item.criterion
            _decide_one(stage, project, item)


def _decide_one(stage: Stage, project: Project, item: EligibilityItem) -> None:
    proposed = project.get("proposed", {})
    is_proposed = item.criterion.code in proposed
    if proposed and item.criterion.act == Act.ELIGIBILITY and not is_proposed:
        return
    decision, reason = _decision(stage, project, item)
    decided = actions.decide_criterion(item, decision=decision, reason=reason, actor=stage.user(INSTRUCTOR))
    if not decided and not is_proposed:
        actions.confirm_decision(item.proposals.get(outcome=""), actor=stage.user(SECOND))


def verify_pieces(stage: Stage, project: Project) -> None:
    """Accept what the dossier holds of each supporting document, with its day; refuse the one that the file refuses."""
    dossier, refused, instructor = stage.dossier(project), project.get("refused_pieces", {}), stage.user(INSTRUCTOR)
    version = standing_version(dossier)
    for piece in pieces_of(dossier, frozen(version)) if version else ():
        if reason := refused.get(piece.kind.code):
            actions.refuse_piece(dossier, piece.kind.code, seen=mark_of(piece), reason=reason, actor=instructor)
        elif piece.is_asked and piece.is_held:
            actions.verify_piece(
                dossier,
                piece.kind.code,
                seen=mark_of(piece),
                issued_on=piece.declared_on,
                security_code=f"DEMO{project.number(piece.kind.code, 10**11):011d}",
                actor=instructor,
            )


def _is_inadmissible(stage: Stage, project: Project) -> bool:
    """Whether the file refuses a criterion of its form: the dossier ends there."""
    refused = stage.dossier(project).call.criteria.filter(code__in=project.get("ineligible", {}))
    return refused.filter(act=Act.ADMISSIBILITY).exists()


def ask_completion(stage: Stage, project: Project) -> None:
    """Ask what the file says about each point."""
    actions.ask_completion(stage.dossier(project), project["completion"], actor=stage.user(INSTRUCTOR))


def _decision(stage: Stage, project: Project, item: EligibilityItem) -> tuple[str, str]:
    code = item.criterion.code
    if refusal := (project.get("ineligible", {}) | project.get("proposed", {})).get(code):
        return CheckResult.NOT_MET, refusal
    if own := project.get("staff", {}).get(code):
        return CheckResult.MET, own
    return CheckResult.MET, "" if item.automatic == CheckResult.MET else stage.cast.staff_reasons[code]


def declare(stage: Stage, project: Project) -> None:
    """Declare the dossier eligible and ask each partner, or not eligible."""
    dossier, instructor = stage.dossier(project), stage.user(INSTRUCTOR)
    if "ineligible" in project.words:
        refuse = actions.declare_inadmissible if _is_inadmissible(stage, project) else actions.declare_ineligible
        refuse(dossier, actor=instructor)
        return
    actions.declare_eligible(dossier, actor=instructor)
    for row in dossier.dossier_datasets.select_related("version__dataset"):
        actions.request_opinion(dossier, row.version.dataset, actor=instructor)


def give_opinion(stage: Stage, project: Project, dataset: str) -> None:
    """Favourable, but where the file says otherwise."""
    opinion = Opinion.objects.select_related("dossier", "dataset__partner").get(
        dossier=stage.dossier(project), dataset__code=dataset
    )
    said = project["opinions"][dataset]
    columns = {"neutrality": Stance.FAVOURABLE, "feasibility": Stance.FAVOURABLE} | said
    partner = _partner(stage, opinion.dataset.partner.code)
    actions.note_opened(opinion, actor=partner)
    actions.give_opinion(opinion, **columns, actor=partner)


def tell_team(stage: Stage, project: Project, dataset: str) -> None:
    """Make an unfavourable opinion known."""
    opinions = Opinion.objects.select_related("dossier__call", "dataset__partner")
    opinion = opinions.get(dossier=stage.dossier(project), dataset__code=dataset)
    actions.open_contradiction(opinion, actor=stage.user(INSTRUCTOR))


def _partner(stage: Stage, organisation: str) -> User:
    email = next(item["email"] for item in stage.cast.members if item.get("organisation") == organisation)
    return stage.user(email)
