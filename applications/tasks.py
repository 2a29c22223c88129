"""Jobs of this room."""

import datetime as dt

from ami_portal.jobs.actions import handler, periodic

from . import actions


@handler("applications.build_receipt")
def build_receipt(*, version_id: int) -> None:
    """The PDF of a deposit, its receipt and its mail."""
    actions.build_receipt(version_id=version_id)


@handler("applications.build_preview")
def build_preview(*, dossier_id: int) -> None:
    """The PDF of a draft."""
    actions.build_preview(dossier_id=dossier_id)


@periodic("applications.close_register_days")
def close_register_days(*, at: dt.datetime) -> None:
    """The head of each ended day of the register of deposits."""
    actions.close_days(at=at)
