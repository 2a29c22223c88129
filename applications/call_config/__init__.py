"""The part of a call’s file that this room reads: the call, its calendar, form, criteria, questions and answers."""

from ami_portal.kernel.config import ConfigError

from . import checking, pieces
from .loading import load, open_dataset, queue_drafts, remember, revision_of
from .writing import as_json, dump

CHECKS = (*checking.CHECKS, *pieces.CHECKS)

__all__ = [
    "CHECKS",
    "ConfigError",
    "as_json",
    "dump",
    "load",
    "open_dataset",
    "queue_drafts",
    "remember",
    "revision_of",
]
