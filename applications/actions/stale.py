"""What becomes of a save whose page had not seen the present answer: already done, put together, or a clash."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from ami_portal.accounts.models import User
from ami_portal.questionnaire import answers, merging
from ami_portal.questionnaire.answers import MAX_CHARACTERS
from ami_portal.questionnaire.form import Question
from applications.enums import PastKind
from applications.models import Answer, PastAnswer

Place = dict[str, Any]
"""Dossier, question, row and column of an answer, as the columns of both tables."""


class StaleAnswer(Exception):
    """The answer changed since it was seen, in the same words. Carries what is stored: as typed, version, who, when."""

    def __init__(self, question: Question, answer: Answer) -> None:
        super().__init__("Cette réponse a changé depuis que vous l’avez lue.")
        self.question, self.value, self.version = question, answer.value, answer.version
        self.typed = answers.typed(question, answer.value)
        self.who = answer.saved_by.get_full_name() if answer.saved_by else ""
        self.when = answer.saved_at


@dataclass(frozen=True)
class Reconciled:
    """`value` is what the answer says from now on; `sent_version` is the version under which what was sent is kept."""

    value: Any
    version: int
    sent_version: int


def past_of(stored: Answer, place: Place, form_id: int) -> PastAnswer:
    """What the answer says now, about to be replaced; read in the words of the form `form_id`."""
    return PastAnswer(
        **place,
        form_revision_id=form_id,
        kind=PastKind.REPLACED,
        value=stored.value,
        version=stored.version,
        saved_at=stored.saved_at,
        saved_by_id=stored.saved_by_id,
    )


def reconcile(
    question: Question,
    stored: Answer,
    place: Place,
    value: Any,
    *,
    form_id: int,
    seen_version: int,
    actor: User,
    at: dt.datetime,
) -> Reconciled | StaleAnswer:
    """Find what a stale save makes, and keep in the history what it replaces, or what it could not say.

    The same text of the same person, saved after the version seen, is a save whose answer was lost: it is done already,
    and what others made of it since stands. Long texts are merged when their changes do not meet. Otherwise nothing
    changes: the text sent is kept beside, once, and the clash is the answer.
    """
    past = PastAnswer.objects.filter(**place)
    sent = PastAnswer(**place, form_revision_id=form_id, value=value, saved_at=at, saved_by=actor)
    same = {"value__isnull": True} if value is None else {"value": value}  # to a JSON column, None would be its null
    mine = past.filter(saved_by=actor, **same)
    done = mine.filter(version__gt=seen_version).order_by("-version").first()
    if done and done.version:
        return Reconciled(stored.value, stored.version, done.version)
    text = _merged(question, stored, past, value, seen_version)
    if text is not None:
        version = stored.version + 1
        sent.kind, sent.version = PastKind.MERGED, version
        PastAnswer.objects.bulk_create([past_of(stored, place, form_id), sent])
        return Reconciled(text or None, version + 1, version)
    if not mine.filter(kind=PastKind.SET_ASIDE).exists():
        sent.kind = PastKind.SET_ASIDE
        sent.save(force_insert=True)
    return StaleAnswer(question, stored)


def _merged(question: Question, stored: Answer, past: Any, value: Any, seen_version: int) -> str | None:
    """Both texts in one, from the text that the page had seen; None for a clash, and for what is no long text."""
    if question.type != "long_text":
        return None
    base = ""
    if seen_version:
        seen = past.filter(version=seen_version).first()
        if seen is None:
            return None
        base = seen.value or ""
    if not isinstance(base, str):  # said before a revision of the form, as an answer of another type
        return None
    merged = merging.merge(base, stored.value or "", value or "")
    return None if merged is None or len(merged) > MAX_CHARACTERS else merged
