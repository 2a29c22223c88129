"""Jobs of this room."""

from ami_portal.jobs.actions import handler

from . import actions


@handler("evaluation.run_checks")
def run_checks(*, version_id: int) -> None:
    """The automatic results of eligibility on one deposit."""
    actions.run_checks(version_id)


@handler("evaluation.build_letter")
def build_letter(*, dossier_id: int) -> None:
    """The letter of a decided dossier."""
    actions.build_letter(dossier_id=dossier_id)


@handler("evaluation.tell_extension")
def tell_extension(*, extension_id: int) -> None:
    """The mails about a later closing."""
    actions.tell_extension(extension_id)


@handler("evaluation.place_in_queue")
def place_in_queue(*, dossier_id: int) -> None:
    """The place of a dossier in the queue of what waits for a decision."""
    actions.place_in_queue(dossier_id=dossier_id)
