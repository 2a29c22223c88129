"""The blank form of a call as a PDF, with its rules and criteria: made by a job, once for what it says."""

from typing import Any

from django.utils import translation

from ami_portal.documents import pdf, store
from ami_portal.documents.models import Document
from ami_portal.jobs.actions import later
from ami_portal.jobs.models import Job
from ami_portal.kernel import clock
from ami_portal.kernel.text import canonical_json, sha256_of
from ami_portal.questionnaire.languages import ENGLISH, FRENCH, translated
from ami_portal.questionnaire.outline import Page, outline
from applications.models import Call
from evaluation.models import SelectionHeading

KIND, JOB = "form_pdf", "desk.build_form_pdf"


def context(call: Call, language: str = FRENCH) -> dict[str, Any]:
    """What the PDF shows, in a language."""
    return {
        "call": call,
        "pages": pages_of(call, language),
        "criteria": list(call.criteria.all()),
        "headings": list(SelectionHeading.objects.filter(call=call).prefetch_related("points")),
    }


def pages_of(call: Call, language: str) -> list[Page]:
    """The form of a call in words, in a language."""
    form = call.form_revision.form.with_datasets(call.dataset_options)
    with translation.override(language):
        return outline(translated(form, call.translations) if language == ENGLISH else form)


def languages_of(call: Call) -> tuple[str, ...]:
    """The languages in which a call has its form."""
    return (FRENCH, ENGLISH) if call.translations else (FRENCH,)


def name(call: Call, language: str = FRENCH) -> str:
    """The file name, which names the content: the same content, the same name."""
    shown = context(call)
    said = [
        *(str(getattr(call, field)) for field in ("title", "operator", "contact", "summary", "purpose")),
        [call.opens_at.isoformat(), call.closes_at.isoformat(), call.form_revision.sha256, call.dataset_options],
        [call.rules, call.supports, call.data_access_path, call.texts.get("scale")],
        [[criterion.group, criterion.label, criterion.text] for criterion in shown["criteria"]],
        [
            [heading.label, str(heading.weight), [point.label for point in heading.points.all()]]
            for heading in shown["headings"]
        ],
    ]
    stem = "formulaire"
    if language == ENGLISH:
        stem, said = "form", [*said, call.translations]
    return f"{call.code}-{stem}-{sha256_of(canonical_json(said))[:8]}.pdf"


def find(call: Call, language: str = FRENCH) -> Document | None:
    """The PDF of the form as it is now; None until the job has made it."""
    return Document.objects.filter(kind=KIND, subject=call.code, filename=name(call, language)).first()


def ask_missing() -> None:
    """Ask for the PDF of each call whose form, rules or dates have changed. A visitor never waits for one."""
    waiting = {job["call"] for job in Job.objects.filter(name=JOB, done_at=None).values_list("ids", flat=True)}
    for call in Call.objects.select_related("form_revision"):
        if call.code not in waiting and any(find(call, language) is None for language in languages_of(call)):
            later(JOB, call=call.code)


def build(*, call: str) -> None:
    """Render the PDF of a call's form in each of its languages, unless it exists."""
    found = Call.objects.select_related("form_revision").get(code=call)
    for language in languages_of(found):
        if find(found, language) is None:
            _build(found, language)


def _build(call: Call, language: str) -> None:
    content = pdf.render("pdf/desk/form.html", context(call, language), language=language)
    filename = name(call, language)
    store.keep(
        KIND, subject=call.code, content=content, filename=filename, media_type="application/pdf", at=clock.now()
    )
