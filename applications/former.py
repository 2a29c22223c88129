"""Answers that a revision of the form left without a place: found again with the words of the form that asked them.

The answer to a removed question stays where it was stored, so that it comes back with its question, and so that a save
on its way when the form changed still lands. What a changed type or changed choices made of an answer is beside, in
FormerAnswer, as it stood before.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from ami_portal.questionnaire import answers
from ami_portal.questionnaire.answers import Address, is_empty
from ami_portal.questionnaire.carrying import asked
from ami_portal.questionnaire.form import Form, Question

from .drafts import Draft
from .models import Attachment, Dossier, FormerAnswer, FormMove

REMOVED = (
    "Cette question vient d’être retirée du formulaire : votre texte est gardé dans le dossier, "
    "avec les réponses à d’anciennes questions."
)
CHANGED = "question modifiée"
GONE = "question retirée"


@dataclass(frozen=True)
class Former:
    """One answer as it was given: the words of its question then, its text, and what happened to the question."""

    label: str
    text: str
    what: str


@dataclass(frozen=True)
class FormerAnswers:
    """All that a draft keeps of earlier revisions of its form."""

    texts: list[Former]
    files: list[Attachment]

    def __bool__(self) -> bool:
        return bool(self.texts or self.files)


def moves_of(dossier: Dossier) -> list[FormMove]:
    """The moves of a dossier, the last one first, each with the form that it left."""
    moves = dossier.form_moves.select_related("before").defer("before__definition")
    return list(moves.order_by("-pk"))


def question_of(dossier: Dossier, address: Address) -> Question:
    """The question that `address` answers: see `last_asked`."""
    return last_asked(dossier, address)[1]


def last_asked(dossier: Dossier, address: Address) -> tuple[int, Question]:
    """The question that `address` answers, in the dossier's form or in the last of its earlier forms that asked it.

    With the key of that form. A question of an earlier form declares nothing any more. Raises KeyError when no form of
    the dossier has it.
    """
    try:
        return dossier.form_revision_id, answers.question_at(dossier.form_revision.form, address)
    except KeyError:
        before = _asked_before(moves_of(dossier), address)
    if before is None:
        raise KeyError(str(address))
    key, question = before
    return key, replace(question, fact="", type="choices" if question.type == "dataset" else question.type)


def asked_before(moves: Iterable[FormMove], address: Address) -> Question | None:
    """The question of `address` in the last form that asked it, `moves` being the last one first."""
    before = _asked_before(moves, address)
    return before[1] if before else None


def _asked_before(moves: Iterable[FormMove], address: Address) -> tuple[int, Question] | None:
    found = ((move.before_id, asked(move.before.form, address)) for move in moves)
    return next(((key, question) for key, question in found if question), None)


def whole_question(dossier: Dossier, code: str) -> Question | None:
    """The question `code`, tables and files too, in the last form of the dossier that had it."""
    if code in dossier.form_revision.form.by_code:
        return dossier.form_revision.form.by_code[code]
    forms = (move.before.form for move in moves_of(dossier))
    return next((form.by_code[code] for form in forms if code in form.by_code), None)


def former_answers(dossier: Dossier, draft: Draft) -> FormerAnswers:
    """What earlier revisions asked and this one does not, and what it reads otherwise; nothing without a move."""
    moves = moves_of(dossier)
    if not moves:
        return FormerAnswers([], [])
    changed = [Former(one.label, one.text, CHANGED) for one in FormerAnswer.objects.filter(move__dossier=dossier)]
    files = [
        attachment
        for code, attachments in draft.attachments.items()
        if code not in draft.form.by_code or draft.form.by_code[code].type != "file"
        for attachment in attachments
    ]
    return FormerAnswers(_without_place(dossier, draft, moves) + changed, files)


def _without_place(dossier: Dossier, draft: Draft, moves: list[FormMove]) -> list[Former]:
    forms = [move.before.form for move in moves]
    options = dossier.call.dataset_options
    found = []
    for address, stored in draft.stored.items():
        if is_empty(stored.value) or asked(draft.form, address):
            continue
        for form in forms:
            if question := asked(form, address):
                offered = replace(question, options=tuple(options)) if question.type == "dataset" else question
                line = line_of(draft, address)
                text = answers.shown(offered, stored.value)
                found.append((place_of(form, address, line), Former(label_of(form, address, line), text, GONE)))
                break
    return [former for _, former in sorted(found, key=lambda pair: pair[0])]


def line_of(draft: Draft, address: Address) -> int:
    """The number of a cell's row in its table, the removed rows after the others; 0 outside a table."""
    rows = draft.rows.get(address.question, []) + draft.removed.get(address.question, [])
    return rows.index(address.row) + 1 if address.row in rows else 0


def label_of(form: Form, address: Address, line: int) -> str:
    """« Dépenses – ligne 2 – Montant (€) », in the words of `form`."""
    question = form.by_code[address.question]
    words = [question.label, f"ligne {line}" if address.row else ""]
    if address.column:
        words.append(question.column(address.column).label)
    return " – ".join(word for word in words if word)


def place_of(form: Form, address: Address, line: int) -> tuple[Any, ...]:
    """Where an answer stands in `form`, to sort by."""
    columns = [column.code for column in form.by_code[address.question].columns]
    return (list(form.by_code).index(address.question), line, columns.index(address.column) if address.column else 0)
