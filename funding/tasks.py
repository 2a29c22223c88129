"""Jobs of this room."""

import datetime as dt

from ami_portal.jobs.actions import handler, periodic

from . import actions


@handler("funding.build_convention")
def build_convention(*, convention_id: int) -> None:
    """The PDF of a convention and the mail that says it is ready."""
    actions.build_convention(convention_id=convention_id)


@handler("funding.build_signature_record")
def build_signature_record(*, convention_id: int) -> None:
    """The sealed record of who signed a convention."""
    actions.build_signature_record(convention_id=convention_id)


@handler("funding.build_amendment")
def build_amendment(*, amendment_id: int) -> None:
    """The PDF of an amendment and the mail that says it is ready."""
    actions.build_amendment(amendment_id=amendment_id)


@handler("funding.read_expenses")
def read_expenses(*, file_id: int) -> None:
    """A spreadsheet of expenses."""
    actions.read_file(file_id=file_id)


@periodic("funding.remind_pieces")
def remind_pieces(*, at: dt.datetime) -> None:
    """The mails about supporting documents that expire."""
    actions.remind_pieces(at=at)
