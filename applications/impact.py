"""What a revision of a call's form would do to its drafts, for staff who may publish it: labels, never an answer."""

from collections.abc import Iterable
from dataclasses import dataclass

from ami_portal.questionnaire.answers import is_empty
from ami_portal.questionnaire.difference import Difference, difference
from ami_portal.questionnaire.form import Form

from .enums import DossierState
from .models import Answer, Attachment, Call, Dossier


@dataclass(frozen=True)
class DraftImpact:
    """One draft: the questions that it answered and that go or change, the required ones that it has not answered."""

    ref: str
    percent: int
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    required: tuple[str, ...]


@dataclass(frozen=True)
class Impact:
    """A whole revision: what it changes, each draft that it touches, how many it leaves as they are."""

    difference: Difference
    drafts: tuple[DraftImpact, ...]
    untouched: int
    warnings: tuple[str, ...]


def impact_of(call: Call, after: Form) -> Impact:
    """The impact of publishing `after`: four queries, however many drafts there are."""
    changes = difference(call.form_revision.form, after)
    removed = {asked.question.code: asked.question.label for asked in changes.removed}
    changed = {change.code: change.after.question.label for change in changes.changed if change.touches_answers}
    required = {asked.question.code: asked.question.label for asked in changes.added if asked.question.required} | {
        change.code: change.after.question.label
        for change in changes.changed
        if change.after.question.required and not change.before.question.required
    }
    answered = _answered(call, {*removed, *changed, *required})
    drafts, untouched = [], 0
    open_drafts = Dossier.objects.filter(call=call, state=DossierState.DRAFT).order_by("ref")
    for pk, ref, percent in open_drafts.values_list("pk", "ref", "percent_complete"):
        codes = answered.get(pk, set())
        touched = DraftImpact(
            ref,
            percent,
            tuple(label for code, label in removed.items() if code in codes),
            tuple(label for code, label in changed.items() if code in codes),
            tuple(label for code, label in required.items() if code not in codes),
        )
        if touched.removed or touched.changed or touched.required:
            drafts.append(touched)
        else:
            untouched += 1
    return Impact(changes, tuple(drafts), untouched, tuple(_warnings(call, changes)))


def _answered(call: Call, codes: Iterable[str]) -> dict[int, set[str]]:
    """For each draft of a call, which of these questions have something in them."""
    found: dict[int, set[str]] = {}
    drafts = {"dossier__call": call, "dossier__state": DossierState.DRAFT, "question__in": list(codes)}
    for dossier, question, value in Answer.objects.filter(**drafts).values_list("dossier", "question", "value"):
        if not is_empty(value):
            found.setdefault(dossier, set()).add(question)
    for dossier, question in Attachment.objects.filter(**drafts, removed_at=None).values_list("dossier", "question"):
        found.setdefault(dossier, set()).add(question)
    return found


def _warnings(call: Call, changes: Difference) -> Iterable[str]:
    """What the call itself reads in a question that goes: a criterion's check, the signatory of the convention."""
    for asked in changes.removed:
        code, label = asked.question.code, asked.question.label
        for criterion in call.criteria.all():
            if code in _words(criterion.params):
                yield f"Le contrôle du critère « {criterion.label} » lit la question retirée « {label} »."
        if code in _words(call.regulation):
            yield f"Le règlement de l’appel lit la question retirée « {label} »."
        if asked.question.fact:
            yield f"« {label} » donne un fait que le portail affiche et contrôle : aucune question ne le donnera plus."


def _words(value: object) -> set[str]:
    """Every text inside a value."""
    if isinstance(value, dict):
        return set().union(*map(_words, value.values()), set())
    if isinstance(value, list):
        return set().union(*map(_words, value), set())
    return {value} if isinstance(value, str) else set()
