"""Jobs of this room."""

from ami_portal.jobs.actions import handler

from . import actions


@handler("applications.build_receipt")
def build_receipt(*, version_id: int) -> None:
    """The PDF of a deposit, its receipt and its mail."""
    actions.build_receipt(version_id=version_id)


@handler("applications.build_preview")
def build_preview(*, dossier_id: int) -> None:
    """The PDF of a draft."""
    actions.build_preview(dossier_id=dossier_id)
