"""A dossier as it is being written: every answer, row and file in a constant number of queries, and what is missing."""

import datetime as dt
import json
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

from ami_portal.documents import given
from ami_portal.documents.enums import Verdict
from ami_portal.documents.format_rules import NOT_MET, judge
from ami_portal.documents.models import Examination
from ami_portal.questionnaire import completeness
from ami_portal.questionnaire.answers import Address
from ami_portal.questionnaire.completeness import Completeness, Files
from ami_portal.questionnaire.form import Form, Question
from ami_portal.questionnaire.languages import ENGLISH, FRENCH, translated
from ami_portal.questionnaire.sheet import Sheet

from .models import Answer, AnswerRow, Attachment, Call, ConfidentialMark, Dossier, RegulationVersion


class Stored(NamedTuple):
    """What is stored at one address; a row, not an object: a large dossier has a thousand."""

    pk: int
    value: Any
    version: int
    saved_at: dt.datetime


@dataclass
class Draft:
    """Everything typed so far. `removed` are the rows that can still come back."""

    form: Form
    stored: dict[Address, Stored]
    rows: dict[str, list[str]]
    removed: dict[str, list[str]]
    attachments: dict[str, list[Attachment]]
    call: Call
    language: str = FRENCH
    dossier: Dossier | None = None

    @cached_property
    def answers(self) -> dict[Address, Any]:
        """The stored value of each address."""
        return {address: answer.value for address, answer in self.stored.items()}

    @cached_property
    def completeness(self) -> Completeness:
        """What is missing now."""
        return completeness.measure(self.form, self.answers, self.rows, self.files, self.sheet)

    @cached_property
    def regulation(self) -> dict[str, Any]:
        """The financial regulation that it is judged by: that of its deposit while a completion is asked for."""
        if self.dossier is None or not self.dossier.is_returned:
            return self.call.regulation
        deposited = self.dossier.completions.values_list("version__content", flat=True).get(ended_at=None)
        return RegulationVersion.content_of(self.call, json.loads(deposited).get("regulation", ""))

    @cached_property
    def sheet(self) -> Sheet:
        """The same answers as numbers and days: what is shown, what is computed."""
        return Sheet(self.form, self.answers, self.rows)

    @cached_property
    def confidential(self) -> frozenset[str]:
        """The questions whose answer the team keeps from the partners: one query, for those who ask."""
        marks = (
            ConfidentialMark.objects.filter(dossier=self.dossier) if self.dossier else ConfidentialMark.objects.none()
        )
        return frozenset(marks.values_list("question", flat=True))

    @property
    def files(self) -> dict[str, Files]:
        """How many files each question has, by verdict; how many accepted ones break a rule that blocks."""
        counts = {}
        for code, attachments in self.attachments.items():
            verdicts = [attachment.document.verdict for attachment in attachments]
            accepted, pending, refused = (
                verdicts.count(name) for name in (Verdict.ACCEPTED, Verdict.PENDING, Verdict.REFUSED)
            )
            faulty = sum(self._is_faulty(code, attachment) for attachment in attachments)
            counts[code] = Files(accepted, pending, refused, faulty)
        return counts

    @cached_property
    def examinations(self) -> dict[int, Examination]:
        """What was measured of each file, by document: one query, for those who ask."""
        documents = [attachment.document_id for attachments in self.attachments.values() for attachment in attachments]
        examined = Examination.objects.filter(document__in=documents).select_related("picture") if documents else ()
        return {examination.document_id: examination for examination in examined}

    @cached_property
    def former(self) -> dict[int, list[Attachment]]:
        """The files that were replaced, by the one that took their place, the latest first: one query."""
        found: dict[int, list[Attachment]] = {}
        dossier = next((one.dossier_id for attachments in self.attachments.values() for one in attachments), None)
        replaced = Attachment.objects.filter(dossier=dossier, replaced_by__isnull=False).order_by("-removed_at", "-pk")
        for attachment in replaced.select_related("document__created_by") if dossier else ():
            found.setdefault(attachment.replaced_by_id or 0, []).append(attachment)
        return found

    def former_of(self, attachment: Attachment) -> list[Attachment]:
        """Every earlier version of a file, the latest first."""
        found: list[Attachment] = []
        waiting = [attachment]
        while waiting:
            earlier = self.former.get(waiting.pop().pk, [])
            found += earlier
            waiting += earlier
        return sorted(found, key=lambda one: (one.removed_at, one.pk), reverse=True)

    def _is_faulty(self, code: str, attachment: Attachment) -> bool:
        question = self.form.by_code.get(code)
        rules = question.file_rules if question else None
        if rules is None or not rules.blocking:
            return False
        examination = self.examinations.get(attachment.document_id)
        found = judge(rules, examination.facts if examination else {}, given.blank_of(rules))
        return any(finding.result == NOT_MET for finding in found)

    def in_english(self) -> "Draft":
        """The same, its questions read in English."""
        return replace(self, form=translated(self.form, self.call.translations), language=ENGLISH)

    def is_shown(self, question: Question) -> bool:
        """Whether the conditions of the form let a question appear."""
        return question.code in self.sheet.shown


def load(dossier: Dossier, *, language: str = FRENCH) -> Draft:
    """Read a dossier's answers, rows and files, its questions in a language: four queries."""
    rows: dict[str, list[str]] = {}
    removed: dict[str, list[str]] = {}
    lines = AnswerRow.objects.filter(dossier=dossier).order_by("question", "position", "pk")
    for question, row, deleted_at in lines.values_list("question", "row", "deleted_at"):
        shelf = rows if deleted_at is None else removed
        shelf.setdefault(question, []).append(str(row))
    attachments: dict[str, list[Attachment]] = {}
    for attachment in Attachment.objects.filter(dossier=dossier, removed_at=None).select_related("document"):
        attachments.setdefault(attachment.question, []).append(attachment)
    told = Answer.objects.filter(dossier=dossier).order_by("pk")
    stored = {
        Address(question, row, column): Stored(*answer)
        for question, row, column, *answer in told.values_list("question", "row", "column", *Stored._fields)
    }
    draft = Draft(form_of(dossier), stored, rows, removed, attachments, dossier.call, dossier=dossier)
    return draft.in_english() if language == ENGLISH and dossier.call.translations else draft


def form_of(dossier: Dossier) -> Form:
    """The form of a dossier, its dataset questions offering what its call opens."""
    return dossier.form_revision.form.with_datasets(dossier.call.dataset_options)


def in_french(dossier: Dossier, draft: Draft) -> Draft:
    """The same draft, its questions in the language that counts: what is compared with a deposit."""
    return replace(draft, form=form_of(dossier), language=FRENCH) if draft.language != FRENCH else draft
