"""Jobs of this room."""

import datetime as dt

from ami_portal.jobs.actions import handler, periodic

from . import actions


@handler("evaluation.run_checks")
def run_checks(*, version_id: int) -> None:
    """The automatic results of eligibility on one deposit."""
    actions.run_checks(version_id)


@handler("evaluation.compare_passages")
def compare_passages(*, version_id: int) -> None:
    """The passages of one deposit, compared with those of other dossiers and of public grants."""
    actions.compare_passages(version_id)


@handler("evaluation.detect_conflicts")
def detect_conflicts(*, dossier_id: int) -> None:
    """What ties the jurors to one dossier."""
    actions.detect_conflicts(dossier_id)


@handler("evaluation.detect_juror_conflicts")
def detect_juror_conflicts(*, juror_id: int) -> None:
    """What ties one juror to the dossiers."""
    actions.detect_juror_conflicts(juror_id)


@handler("evaluation.compare_grants")
def compare_grants(*, file_id: int) -> None:
    """The public grants that one list brought, compared with the deposits."""
    actions.compare_grants(file_id)


@handler("evaluation.build_letter")
def build_letter(*, dossier_id: int) -> None:
    """The letter of a decided dossier."""
    actions.build_letter(dossier_id=dossier_id)


@handler("evaluation.build_minutes")
def build_minutes(*, session_id: int) -> None:
    """The minutes of a jury whose decisions are frozen."""
    actions.build_minutes(session_id=session_id)


@handler("evaluation.tell_extension")
def tell_extension(*, extension_id: int) -> None:
    """The mails about a later closing."""
    actions.tell_extension(extension_id)


@handler("evaluation.place_in_queue")
def place_in_queue(*, dossier_id: int) -> None:
    """The place of a dossier in the queue of what waits for a decision."""
    actions.place_in_queue(dossier_id=dossier_id)


@handler("evaluation.build_appeal_receipt")
def build_appeal_receipt(*, appeal_id: int) -> None:
    """The receipt of an appeal."""
    actions.build_appeal_receipt(appeal_id=appeal_id)


@periodic("evaluation.settle_restrictions")
def settle_restrictions(*, at: dt.datetime) -> None:
    """The proposals to go on without a dataset whose delay is over."""
    actions.settle_restrictions(at=at)


@periodic("evaluation.end_contradictions")
def end_contradictions(*, at: dt.datetime) -> None:
    """The teams that leave an unfavourable opinion unanswered."""
    actions.end_contradictions(at=at)


@periodic("evaluation.remind_opinions")
def remind_opinions(*, at: dt.datetime) -> None:
    """The opinions that are due, on the days of the call."""
    actions.remind_opinions(at=at)


@periodic("evaluation.note_silences")
def note_silences(*, at: dt.datetime) -> None:
    """The opinions whose delay is over."""
    actions.note_silences(at=at)


@handler("evaluation.solve_proposal")
def solve_proposal(*, proposal_id: int) -> None:
    """The answer to a proposal of assignment."""
    actions.solve_proposal(proposal_id)


@periodic("evaluation.chase_reviews")
def chase_reviews(*, at: dt.datetime) -> None:
    """The reviews that are missing, on the days of the call."""
    actions.chase_reviews(at=at)


@periodic("evaluation.publish_due")
def publish_due(*, at: dt.datetime) -> None:
    """The publications whose instant, set beforehand, has come."""
    actions.publish_due(at=at)


@handler("evaluation.compute_ranking")
def compute_ranking(*, session_id: int) -> None:
    """The ranking of a session."""
    actions.compute_ranking(session_id)
