"""Jobs of this room."""

from ami_portal.jobs.actions import handler

from . import actions


@handler("funding.build_convention")
def build_convention(*, convention_id: int) -> None:
    """The PDF of a convention and the mail that says it is ready."""
    actions.build_convention(convention_id=convention_id)
