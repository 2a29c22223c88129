"""The part of a call’s file that this room reads: the call, its calendar, form, criteria, questions and answers."""

from ami_portal.kernel.config import Checks, ConfigError

from . import checking, demarches, pieces
from .loading import load, open_dataset, queue_drafts, remember, revision_of
from .writing import as_json, dump

CHECKS: Checks = (*checking.CHECKS, *pieces.CHECKS, *demarches.CHECKS)

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
