"""What the people of a partner open, noted each time: a dossier is entrusted to their organisation."""

from django.db import transaction

from ami_portal.accounts.models import User
from ami_portal.audit import trail
from ami_portal.documents.models import Document
from ami_portal.kernel import clock
from evaluation.models import Opinion


@transaction.atomic
def note_opened(opinion: Opinion, *, actor: User, document: Document | None = None) -> None:
    """Note in the journal that a person of the partner opens the dossier of an opinion, or one of its files."""
    at = clock.now()
    if document is None:
        trail.record("opinion.read", subject=opinion.ref, actor=actor, at=at)
    else:
        named = {"document": str(document.uuid), "filename": document.filename}
        trail.record("opinion.read_file", subject=opinion.ref, actor=actor, at=at, **named)
