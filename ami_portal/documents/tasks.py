"""Jobs of documents."""

from ami_portal.jobs.actions import handler

from . import measure


@handler("documents.inspect")
def inspect(*, document_id: int) -> None:
    """Give a deposited file its verdict."""
    measure.inspect(document_id)
