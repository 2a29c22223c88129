"""The history of one question as its team reads it: who wrote what and when, and how each text differs from now."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from ami_portal.questionnaire import answers, merging
from ami_portal.questionnaire.answers import Address
from ami_portal.questionnaire.form import Question
from ami_portal.questionnaire.merging import Span

from . import former
from .drafts import Draft
from .enums import PastKind
from .models import Dossier, PastAnswer

FOLDED_WITHIN = dt.timedelta(minutes=10)


@dataclass(frozen=True)
class Folded:
    """One text to show: the last of `saves` by the same person within a few minutes."""

    past: PastAnswer
    saves: int


@dataclass(frozen=True)
class Told:
    """One earlier text. `label` says which cell or part it was of; `version` is what the answer is at now."""

    past: PastAnswer
    saves: int
    label: str
    spans: list[Span]
    version: int

    @property
    def is_present(self) -> bool:
        """Whether the answer says the very same now."""
        return all(span.kind == "same" for span in self.spans)


def address_of(past: PastAnswer) -> Address:
    """Where a past answer stood."""
    return Address(past.question, past.row, past.column)


def folded(rows: Iterable[PastAnswer]) -> list[Folded]:
    """The texts to show, the newest first as `rows` are: saves that only lead to the next one are folded into it."""
    found: list[Folded] = []
    last: PastAnswer | None = None
    for row in rows:
        if last and found and _leads_to(row, last):
            found[-1] = Folded(found[-1].past, found[-1].saves + 1)
        else:
            found.append(Folded(row, 1))
        last = row
    return found


def _leads_to(row: PastAnswer, newer: PastAnswer) -> bool:
    same = (address_of(row), row.saved_by_id) == (address_of(newer), newer.saved_by_id)
    kinds = {row.kind, newer.kind}
    return same and kinds == {PastKind.REPLACED} and newer.saved_at - row.saved_at <= FOLDED_WITHIN


def told(dossier: Dossier, draft: Draft, page: Iterable[Folded]) -> list[Told]:
    """The texts of one page, whole, beside what is answered now: one query."""
    shelf = {one.past.pk: one.saves for one in page}
    rows = PastAnswer.objects.filter(pk__in=shelf).select_related("saved_by", "form_revision")
    rows = rows.defer("form_revision__definition").order_by("-saved_at", "-pk")
    return [_told(dossier, draft, row, shelf[row.pk]) for row in rows]


def _told(dossier: Dossier, draft: Draft, past: PastAnswer, saves: int) -> Told:
    address = address_of(past)
    question = asked_at(dossier, draft, address)
    stored = draft.stored.get(address)
    now = answers.shown(question, stored.value) if stored else ""
    spans = merging.differences(text_of(past, dossier), now)
    return Told(past, saves, _label(draft, address, question), spans, stored.version if stored else 0)


def text_of(past: PastAnswer, dossier: Dossier) -> str:
    """A past answer in the words of the form that asked it: a later one may ask for a date where this was a text."""
    form = past.form_revision.form.with_datasets(dossier.call.dataset_options)
    return answers.shown(answers.question_at(form, address_of(past)), past.value)


def asked_at(dossier: Dossier, draft: Draft, address: Address) -> Question:
    """The question of an address with the words to show its answer in. Raises KeyError when no form has had it."""
    try:
        return answers.question_at(draft.form, address)
    except KeyError:
        return former.question_of(dossier, address)


def _label(draft: Draft, address: Address, question: Question) -> str:
    """« Ligne 2 – Montant (€) »; nothing for the answer itself."""
    if not address.column:
        return ""
    removed = " (supprimée)" if address.row in draft.removed.get(address.question, []) else ""
    line = f"Ligne {former.line_of(draft, address)}{removed} – " if address.row else ""
    return f"{line}{question.label}"
