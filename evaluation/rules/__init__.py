"""Who sees what of an evaluation, and who may act on it."""

from .permissions import is_uninvolved
from .visibility import (
    CONSULTED,
    IN_QUEUE,
    JUDGED,
    RANKING_ROLES,
    addresses_of,
    assignments_of,
    drafts_to_extend,
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
    "CONSULTED",
    "IN_QUEUE",
    "JUDGED",
    "RANKING_ROLES",
    "addresses_of",
    "assignments_of",
    "drafts_to_extend",
    "is_uninvolved",
    "letter_of",
    "letters_visible_to",
    "opinions_to_give",
    "opinions_visible_to",
    "own_reviews",
    "progress_visible_to",
    "queue_visible_to",
    "readable_reviews",
    "reviews_visible_to",
]
