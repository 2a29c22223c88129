"""A template that the operator gives for a file question: kept, controlled by a job, then named by the form."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from ami_portal.accounts.models import User
from ami_portal.audit import trail
from ami_portal.documents import given, store, uploads
from ami_portal.documents.enums import Verdict
from ami_portal.documents.models import Document, Examination
from ami_portal.kernel import clock
from ami_portal.kernel.permissions import allowed
from ami_portal.questionnaire import editing
from ami_portal.questionnaire.editing import Definition, Place
from ami_portal.workflow import TransitionRefused
from applications.models import Call, FormDraft

from .building import NO_DRAFT, NOT_YOURS, Change, edit_form_draft
from .files import content_of, keep_pending

FORMATS = ("docx", "xlsx")
UNCONTROLLED = "Ce modèle n’est pas encore contrôlé, ou il est refusé : attendez, ou déposez-en un autre."


@transaction.atomic
def deposit_template(call: Call, question: str, uploaded: UploadedFile, *, actor: User) -> Document:
    """Keep a template for a question of the revision under work, to be controlled by a job. Applicants see nothing yet.

    Raises FileRefused (name, size, type by content), TransitionRefused without the right or a revision under work, and
    KeyError when the revision asks no file there.
    """
    at = clock.now()
    if not allowed(actor, "applications.configure_call", call):
        raise TransitionRefused(NOT_YOURS)
    draft = FormDraft.objects.filter(call=call).first()
    if draft is None:
        raise TransitionRefused(NO_DRAFT)
    if editing.node_at(draft.definition, Place(question=question))["type"] != "file":
        raise KeyError(question)
    filename = store.clean_filename(uploads.sent_name(uploaded))
    subject = given.subject(call.code, question)
    document = keep_pending(given.KIND, subject, filename, content_of(uploaded), FORMATS, actor=actor, at=at)
    Examination.objects.create(document=document, wanted=given.WANTED)
    trail.record(
        "call.deposit_template", subject=call.code, actor=actor, at=at, question=question, sha256=document.sha256
    )
    return document


def name_template(
    call: Call, question: str, document: Document | None, rules: dict[str, Any], *, seen: str, actor: User
) -> None:
    """Write in the revision under work the rules of a file, and the template that they go with; without one, the blank
    file is made from the rules.

    Raises StaleNode when somebody changed the question since it was seen, TransitionRefused when the template is not
    accepted, and all that an edit may refuse.
    """
    if document is not None and document.verdict != Verdict.ACCEPTED:
        raise TransitionRefused(UNCONTROLLED)
    place = Place(question=question)
    template = {"file": document.filename, "sha256": document.sha256} if document else True

    def apply(definition: Definition) -> Definition:
        node = editing.own(editing.node_at(definition, place))
        kept = {key: value for key, value in node.get("file_rules", {}).items() if key not in given.READ}
        return editing.replaced(definition, place, {**node, "file_rules": {**kept, **rules, "template": template}})

    edit_form_draft(call, Change("template", place, apply, seen), actor=actor)
