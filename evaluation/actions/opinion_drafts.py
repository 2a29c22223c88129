"""What several people of one partner write together, before one of them signs."""

from django.db import transaction

from ami_portal.accounts.models import User
from ami_portal.kernel import clock
from ami_portal.kernel.text import clean_text
from ami_portal.workflow import TransitionRefused
from evaluation.grounds import MAX_REASON
from evaluation.models import Opinion, OpinionDraft
from evaluation.models.opinions import SAID

from .locks import refuse_unless_allowed


class StaleDraft(Exception):
    """Somebody saved another text since the one that the person read: it is `draft`, and nothing was changed."""

    def __init__(self, draft: OpinionDraft) -> None:
        super().__init__()
        self.draft = draft


@transaction.atomic
def save_opinion_draft(opinion: Opinion, *, actor: User, seen_version: int, **columns: str) -> OpinionDraft:
    """Keep what is written so far, whole or not. `seen_version` is 0 where nothing was saved.

    The same text again changes nothing. Raises StaleDraft, or TransitionRefused: not this partner's, a text too long.
    """
    at = clock.now()
    current = Opinion.objects.select_for_update(of=("self",)).get(pk=opinion.pk)
    refuse_unless_allowed(actor, "evaluation.give_opinion", current)
    said = {name: clean_text(columns.get(name, "")).strip() for name in SAID}
    if any(len(text) > MAX_REASON for text in said.values()):
        raise TransitionRefused(f"Un texte dépasse {MAX_REASON} caractères : raccourcissez-le.")
    draft = OpinionDraft.objects.select_related("saved_by").filter(opinion=current).first()
    if draft is None:
        return OpinionDraft.objects.create(opinion=current, said=said, saved_at=at, saved_by=actor)
    if draft.said == said:
        return draft
    if draft.version != seen_version:
        raise StaleDraft(draft)
    draft.said, draft.version, draft.saved_at, draft.saved_by = said, draft.version + 1, at, actor
    draft.save()
    return draft
