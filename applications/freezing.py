"""What a dossier says, as one JSON value: frozen at each submission, and shown as it would be in a preview.

The value carries labels and shown texts beside the raw answers, so that a later change of the form or of the catalogue
cannot change what was deposited. Hidden answers are left out.
"""

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils import translation

from ami_portal.accounts.models import User
from ami_portal.questionnaire import answers
from ami_portal.questionnaire.answers import Address
from ami_portal.questionnaire.form import Question, Section
from ami_portal.questionnaire.languages import ENGLISH, overlay, spoken

from . import figures
from .demarches.reading import Remote
from .drafts import Draft
from .facts import FACTS
from .models import Attachment, CompletionRequest, Dossier

FORMAT = 1


def content_of(
    dossier: Dossier, draft: Draft, *, number: int = 0, at: dt.datetime | None = None, actor: User | None = None
) -> dict[str, Any]:
    """The whole content, in the language of the draft. `number`, `at` and `actor` are those of a submission."""
    with translation.override(draft.language):
        return _content_of(dossier, draft, number, at, actor)


def with_english(content: dict[str, Any], dossier: Dossier, draft: Draft) -> dict[str, Any]:
    """The content of a deposit, and beside it each text that its author read in English: its PDF says it.

    What is not in English (the call has one language, or this text has no other) is not repeated.
    """
    english = content_of(dossier, draft.in_english())
    return content | {"english": overlay({key: content[key] for key in _READ}, {key: english[key] for key in _READ})}


_READ = ("call", "sections")


def _content_of(
    dossier: Dossier, draft: Draft, number: int, at: dt.datetime | None, actor: User | None
) -> dict[str, Any]:
    title = spoken(dossier.call.title, dossier.call.translations) if draft.language == ENGLISH else dossier.call.title
    return {
        "format": FORMAT,
        "ref": dossier.ref,
        "call": {"code": dossier.call.code, "title": title},
        "form": {"code": dossier.form_revision.code, "sha256": dossier.form_revision.sha256},
        "regulation": dossier.call.regulation_version,
        "round": dossier.round,
        "number": number,
        "submitted_at": at.astimezone(dt.UTC).isoformat() if at else None,
        "submitted_by": {"name": actor.get_full_name(), "email": actor.email} if actor else None,
        "facts": _facts(draft),
        "datasets": _datasets(dossier),
        "sections": [section for raw in draft.form.sections if (section := _section(raw, draft))["items"]],
    }


def completing(content: dict[str, Any], request: CompletionRequest) -> dict[str, Any]:
    """The content of a reply: it names the deposit that it completes, and keeps what that one was received under."""
    before = json.loads(request.version.content)
    received_at = before["completes"]["received_at"] if "completes" in before else before["submitted_at"]
    completes = {
        "number": before["number"],
        "request": request.number,
        "asked_at": request.asked_at.astimezone(dt.UTC).isoformat(),
        "received_at": received_at,
    }
    kept = {name: before[name] for name in ("regulation", "round") if name in before}
    return {**content, **kept, "completes": completes}


def imported(remote: Remote) -> dict[str, Any]:
    """What the content of a dossier that was imported says besides: who deposited it, and where it comes from."""
    at = remote.deposited_at
    return {
        "submitted_by": {"name": remote.name, "email": remote.email},
        "source": {
            "name": "Démarches Simplifiées",
            "number": remote.number,
            "revision": remote.revision,
            "state": remote.state,
            "deposited_at": at.isoformat() if at else None,
        },
    }


def _facts(draft: Draft) -> dict[str, Any]:
    """The raw answer of each fact; None where it is not answered."""
    facts: dict[str, Any] = dict.fromkeys(sorted(FACTS))
    for question in draft.form.questions():
        if question.fact in facts and draft.is_shown(question):
            facts[question.fact] = draft.answers.get(Address(question.code))
    return facts


def _datasets(dossier: Dossier) -> list[dict[str, Any]]:
    rows = dossier.dossier_datasets.select_related("version__dataset").order_by("version__dataset__code")
    return [
        {"code": row.version.dataset.code, "title": row.version.dataset.title, "version": row.version.version}
        for row in rows
    ]


def _section(section: Section, draft: Draft) -> dict[str, Any]:
    shown = [question for question in section.questions if draft.is_shown(question)]
    return {
        "code": section.code,
        "title": section.title,
        "partners": section.partners,
        "items": [_item(question, draft) for question in shown],
    }


def _item(question: Question, draft: Draft) -> dict[str, Any]:
    item: dict[str, Any] = {
        "code": question.code,
        "type": question.type,
        "label": question.label,
        "partners": question.partners,
    }
    if question.code in draft.confidential:  # a key of its own: what marks nothing keeps its fingerprint
        item["confidential"] = True
    if question.type == "table":
        item["columns"] = [
            {"code": column.code, "type": column.type, "label": column.label, "total": column.has_total}
            for column in question.columns
        ]
        item["rows"] = [_row(question, row, draft) for row in draft.rows.get(question.code, [])]
        if question.figure:
            item["figure"] = figures.spec_of(question, draft.sheet, draft.regulation)
        if question.people:
            item["people"] = {"name": list(question.people.name), "organisation": question.people.organisation}
    elif question.type == "file":
        item["files"] = [_file(attachment) for attachment in draft.attachments.get(question.code, [])]
    elif question.is_composed:
        values = {part.code: draft.answers.get(Address(question.code, "", part.code)) for part in question.columns}
        item |= {"value": values, "shown": answers.shown_parts(question, values)}
    else:
        value = draft.answers.get(Address(question.code))
        item |= {"value": value, "shown": answers.shown(question, value)}
    return item


def _row(question: Question, row: str, draft: Draft) -> dict[str, Any]:
    values = {column.code: _cell(question, row, column, draft) for column in question.columns}
    return {
        "row": row,
        "values": values,
        "shown": [answers.shown(column, values[column.code]) for column in question.columns],
    }


def _cell(question: Question, row: str, column: Question, draft: Draft) -> Any:
    if column.formula:
        return draft.sheet.computed(question, row, column)
    return draft.answers.get(Address(question.code, row, column.code))


def _file(attachment: Attachment) -> dict[str, Any]:
    document = attachment.document
    return {
        "uuid": str(document.uuid),
        "filename": document.filename,
        "sha256": document.sha256,
        "size": document.size,
        "media_type": document.media_type,
        "pages": document.pages,
    }


def values_of(content: Mapping[str, Any]) -> Iterator[tuple[Address, Any]]:
    """The raw value at every address of a frozen content."""
    for section in content["sections"]:
        for item in section["items"]:
            code = item["code"]
            for row in item.get("rows", ()):
                yield from ((Address(code, row["row"], column), value) for column, value in row["values"].items())
            value = item.get("value")
            if isinstance(value, dict) and not answers.is_typed_only(value):
                yield from ((Address(code, "", part), one) for part, one in value.items())
            elif "value" in item:
                yield Address(code), value
