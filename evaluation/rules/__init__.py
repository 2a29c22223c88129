"""Who sees what of an evaluation, and who may act on it."""

from .aside import BLOCKING, jurors_aside, stands_aside
from .charters import awaits_charter, charter_in_force, invitations_sent_in, invitations_to
from .permissions import is_uninvolved
from .visibility import (
    CONSULTED,
    IN_QUEUE,
    JUDGED,
    RANKING_ROLES,
    addresses_of,
    assignments_of,
    drafts_to_extend,
    jurors_kept_by,
    letter_of,
    letters_visible_to,
    opinions_to_give,
    opinions_visible_to,
    own_reviews,
    progress_visible_to,
    queue_visible_to,
    readable_reviews,
    reviews_visible_to,
)

__all__ = [
    "BLOCKING",
    "CONSULTED",
    "IN_QUEUE",
    "JUDGED",
    "RANKING_ROLES",
    "addresses_of",
    "assignments_of",
    "awaits_charter",
    "charter_in_force",
    "drafts_to_extend",
    "invitations_sent_in",
    "invitations_to",
    "is_uninvolved",
    "jurors_aside",
    "jurors_kept_by",
    "letter_of",
    "letters_visible_to",
    "opinions_to_give",
    "opinions_visible_to",
    "own_reviews",
    "progress_visible_to",
    "queue_visible_to",
    "readable_reviews",
    "reviews_visible_to",
    "stands_aside",
]
