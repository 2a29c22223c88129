"""What the criteria of its call would say of a draft as it is now: advice to its team, which binds nobody."""

from dataclasses import dataclass, replace

from django.urls import reverse

from ami_portal.documents.enums import Verdict
from ami_portal.kernel.text import English
from ami_portal.questionnaire.answers import Address
from ami_portal.questionnaire.form import Form
from ami_portal.questionnaire.languages import ENGLISH

from . import checks, directory, freezing, reading
from .basis import Basis, facts_from
from .checks import Facts, Result, Step
from .drafts import Draft, form_of
from .enums import CheckResult
from .models import Dossier, EligibilityCriterion
from .papers import findings_on


@dataclass(frozen=True)
class Link:
    """A field of the draft, and the words that name it."""

    label: str
    url: str


@dataclass(frozen=True)
class Advice:
    """One criterion: its words in the language of who reads, what the check finds, where to answer better."""

    code: str
    label: str
    text: str
    found: Result
    tree: dict
    links: tuple[Link, ...]

    @property
    def is_for_a_person(self) -> bool:
        """Whether nothing is left to mend: a person, or a partner, judges after the deposit."""
        return self.found.result == CheckResult.UNKNOWN and not _has_mend(self.found)


def _has_mend(found: Result) -> bool:
    return bool(found.mend) or any(_has_mend(part) for part in found.parts)


@dataclass(frozen=True)
class Whole:
    """Every criterion of the call, told of a draft."""

    criteria: tuple[Advice, ...]

    def with_result(self, result: CheckResult) -> list[Advice]:
        return [one for one in self.criteria if one.found.result == result]

    @property
    def not_met(self) -> list[Advice]:
        return self.with_result(CheckResult.NOT_MET)

    @property
    def doubtful(self) -> list[Advice]:
        """Not yet known, and the team may still do something about it."""
        return [one for one in self.with_result(CheckResult.UNKNOWN) if not one.is_for_a_person]

    @property
    def judged_later(self) -> list[Advice]:
        return [one for one in self.criteria if one.is_for_a_person]

    @property
    def met(self) -> list[Advice]:
        return self.with_result(CheckResult.MET)


def on(dossier: Dossier, draft: Draft, *, language: str) -> Whole:
    """The advice on a draft: four queries at most, and no call to an outside service."""
    rows = list(dossier.call.criteria.order_by("position"))
    facts = facts_of_draft(dossier, draft, rows)
    english = dossier.call.translations if language == ENGLISH else {}
    return Whole(tuple(_advice(row, facts, dossier, draft, english) for row in rows))


def _advice(row: EligibilityCriterion, facts: Facts, dossier: Dossier, draft: Draft, english: dict[str, str]) -> Advice:
    found = checks.run(row.check_name, facts, row.params)
    label, text = (_in_language(words, english) for words in (row.label, row.text))
    return Advice(row.code, label, text, found, checks.as_json(found), tuple(_links(found, dossier, draft)))


def _in_language(text: str, english: dict[str, str]) -> str:
    return English(english[text.strip()]) if text.strip() in english else text


def facts_of_draft(dossier: Dossier, draft: Draft, rows: list[EligibilityCriterion]) -> Facts:
    """A draft as it would be frozen now, in French, without the files that no control has accepted."""
    form = form_of(dossier)
    accepted = {
        code: [one for one in attachments if one.document.verdict == Verdict.ACCEPTED]
        for code, attachments in draft.attachments.items()
    }
    frozen = reading.parse(freezing.content_of(dossier, replace(draft, form=form, attachments=accepted)))
    criteria = [(row.check_name, row.params) for row in rows]
    numbers = directory.numbers_read(criteria, {item.code: item.value for item in frozen.items()})
    return facts_from(frozen, form, _basis(dossier, draft, form, numbers))


def _basis(dossier: Dossier, draft: Draft, form: Form, numbers: list[str]) -> Basis:
    ruled = {code: question for code, question in form.by_code.items() if question.file_rules}
    findings = {
        str(one.document.uuid): findings_on(ruled[code], draft.examinations.get(one.document_id))
        for code, attachments in draft.attachments.items()
        for one in attachments
        if code in ruled
    }
    call = dossier.call
    return Basis(
        closes_at=dossier.closes_at,
        regulation=call.regulation,
        datasets=dict(call.dataset_options),
        findings=findings,
        directory=directory.facts_on(numbers),
        piece_kinds=call.supporting_documents,
    )


def _links(found: Result, dossier: Dossier, draft: Draft) -> list[Link]:
    """The fields that a mend changes, or else the questions that were read."""
    steps = _steps(found)
    addresses = [_address(step, draft) for step in steps] or [Address(code) for code in found.found_at]
    links: dict[str, Link] = {}
    for address in addresses:
        question = draft.form.by_code.get(address.question)
        if question is None or not draft.is_shown(question):
            continue
        section = draft.form.section_of(address.question).code
        page = reverse("applications:dossier_section", kwargs={"ref": dossier.ref, "section": section})
        label = question.label
        if address.column and question.columns:
            label = type(label)(f"{question.label} – {question.column(address.column).label}")
        links.setdefault(label, Link(label, f"{page}#q-{address}"))
    return list(links.values())


def _steps(found: Result) -> tuple[Step, ...]:
    if found.mend:
        return found.mend.steps
    return tuple(step for part in found.parts for step in _steps(part))


def _address(step: Step, draft: Draft) -> Address:
    """Where a change stands on the pages: rows are called there by their identifiers."""
    rows = draft.rows.get(step.question, [])
    if step.row is None or step.row >= len(rows):
        return Address(step.question, "", step.column if step.row is None else "")
    return Address(step.question, rows[step.row], step.column)
