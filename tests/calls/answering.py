"""Valid answers to any form: each question shown is answered within its limits, the real actions save them."""

from typing import Any

from ami_portal.accounts.models import User
from ami_portal.desk.demo.fill import EXAMPLES
from ami_portal.questionnaire.answers import Address
from ami_portal.questionnaire.form import NUMBERS, Question
from applications import actions, drafts
from applications.models import Dossier
from tests import scenes

LABEL = "Mot"
SEVERAL = ("choices", "dataset", "linkage")


def answer(question: Question) -> Any:
    """What may be typed for a question, a part or a column."""
    if question.type in SEVERAL:
        return [question.options[0][0]]
    if question.type == "choice":
        return question.options[0][0]
    if question.type in ("yes_no", "declaration"):
        return "true"
    if question.type in ("text", "long_text"):
        return LABEL
    if question.type in NUMBERS:
        return "5"
    return {"date": "2028-01-15", "month": "2028-01"}.get(question.type) or EXAMPLES[question.type]


def fill(dossier: Dossier, owner: User) -> None:
    """Answer every question that appears, in the order of the form."""
    form = drafts.form_of(dossier)
    for question in form.questions():
        if drafts.load(dossier).is_shown(question):
            _fill_one(dossier, question, owner)
    dossier.refresh_from_db()


def _fill_one(dossier: Dossier, question: Question, owner: User) -> None:
    if question.type == "table":
        for _ in range(max(1, question.rows[0])):
            row = str(actions.add_row(dossier, question.code, actor=owner).row)
            _fill_cells(dossier, question, row, owner)
    elif question.type == "file":
        attachment = actions.deposit_file(
            dossier, question.code, scenes.a_file(f"Pièce.{question.formats[0]}"), actor=owner
        )
        scenes.inspect(attachment.document_id)
    elif question.is_composed:
        _fill_cells(dossier, question, "", owner)
    else:
        actions.save_answer(dossier, Address(question.code), answer(question), seen_version=0, actor=owner)


def _fill_cells(dossier: Dossier, question: Question, row: str, owner: User) -> None:
    for column in question.columns:
        if not column.formula:
            address = Address(question.code, row, column.code)
            actions.save_answer(dossier, address, answer(column), seen_version=0, actor=owner)
