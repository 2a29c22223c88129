"""Files of a draft: deposit, remove, watch their control; download one that may be seen."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET, require_POST

from ami_portal.audit import trail
from ami_portal.documents import store
from ami_portal.documents.enums import Verdict
from ami_portal.documents.models import Examination
from ami_portal.documents.store import FileRefused
from ami_portal.kernel import clock
from ami_portal.kernel.http import page
from applications import actions, drafts
from applications.fields import Block
from applications.models import Attachment, Dossier
from applications.papers import papers_of
from applications.rules import attachments_visible_to, own_dossiers, role_on
from applications.views.answers import NotAsked, answers_json

NOTHING = "Aucun fichier n’a été reçu : choisissez-en un, puis déposez-le."


@answers_json
@page("applications.edit_dossier", visible=own_dossiers)
@require_POST
def file_deposit(request: HttpRequest, obj: Dossier, question: str) -> HttpResponse:
    """Deposit one file; answer the list of the question's files as HTML."""
    uploaded = request.FILES.get("file")
    try:
        if uploaded is None:
            raise FileRefused(NOTHING)
        actions.deposit_file(obj, question, uploaded, actor=request.user)
    except KeyError as error:
        raise NotAsked from error
    except FileRefused as refusal:
        return _refused(refusal)
    return JsonResponse(_files(request, obj, question))


def _refused(refusal: FileRefused) -> JsonResponse:
    return JsonResponse({"error": "refused", "message": str(refusal)}, status=422)


@answers_json
@page("applications.edit_dossier", visible=own_dossiers)
@require_POST
def file_replace(request: HttpRequest, obj: Dossier, uuid: UUID) -> HttpResponse:
    """Put one file in the place of another."""
    attachment = _attachment(obj, uuid)
    uploaded = request.FILES.get("file")
    try:
        if uploaded is None:
            raise FileRefused(NOTHING)
        actions.replace_file(attachment, uploaded, actor=request.user)
    except FileRefused as refusal:
        return _refused(refusal)
    return JsonResponse(_files(request, obj, attachment.question))


@answers_json
@page("applications.edit_dossier", visible=own_dossiers)
@require_POST
def file_remove(request: HttpRequest, obj: Dossier, uuid: UUID) -> HttpResponse:
    """Take one file out of the draft."""
    attachment = _attachment(obj, uuid)
    try:
        actions.remove_file(attachment, actor=request.user)
    except FileRefused as refusal:
        return _refused(refusal)
    return JsonResponse(_files(request, obj, attachment.question, removed=attachment))


@answers_json
@page("applications.edit_dossier", visible=own_dossiers)
@require_POST
def file_restore(request: HttpRequest, obj: Dossier, uuid: UUID) -> HttpResponse:
    """Bring a removed file back."""
    attachment = _attachment(obj, uuid)
    try:
        actions.restore_file(attachment, actor=request.user)
    except FileRefused as refusal:
        return _refused(refusal)
    return JsonResponse(_files(request, obj, attachment.question))


def _attachment(dossier: Dossier, uuid: UUID) -> Attachment:
    attachments = Attachment.objects.select_related("dossier", "document")
    return get_object_or_404(attachments, dossier=dossier, document__uuid=uuid)


@answers_json
@page("applications.view_dossier", visible=own_dossiers)
@require_GET
def file_list(request: HttpRequest, obj: Dossier, question: str) -> HttpResponse:
    """The files of a question as they stand: asked again while one waits for its control."""
    if question not in obj.form_revision.form.by_code:
        raise Http404
    return JsonResponse(_files(request, obj, question))


def _files(
    request: HttpRequest, dossier: Dossier, question: str, *, removed: Attachment | None = None
) -> dict[str, Any]:
    draft = drafts.load(dossier, language=request.user.language)
    attachments = draft.attachments.get(question, [])
    asked = draft.form.by_code[question]
    block = Block(asked, True, files=papers_of(asked, draft))
    editable = actions.may_change_now(dossier, question, clock.now())
    context = {"block": block, "dossier": dossier, "editable": editable, "removed": removed}
    return {
        "html": render_to_string("applications/_files.html", context, request),
        "left": block.files_left,
        "pending": any(one.document.verdict == Verdict.PENDING for one in attachments),
    }


@page("applications.download_file", visible=attachments_visible_to, by="document__uuid")
@require_GET
def file_download(request: HttpRequest, obj: Attachment, ref: str) -> HttpResponse:
    """One deposited file, as a download. A reading by somebody who is not of the team is recorded."""
    _note_reading(request, obj, ref)
    return store.serve(obj.document)


@page("applications.download_file", visible=attachments_visible_to, by="document__uuid")
@require_GET
def file_picture(request: HttpRequest, obj: Attachment, ref: str) -> HttpResponse:
    """The first page of a deposited file, as the picture that the portal drew of it."""
    examination = Examination.objects.filter(document=obj.document_id).select_related("picture").first()
    if examination is None or examination.picture is None:
        raise Http404
    _note_reading(request, obj, ref)
    return store.show(examination.picture)


def _note_reading(request: HttpRequest, attachment: Attachment, ref: str) -> None:
    """In the journal, unless the reader is of the team. Raises Http404 for a file of another dossier."""
    if attachment.dossier.ref != ref:
        raise Http404
    if role_on(request.user, attachment.dossier) is None:
        trail.record(
            "file.read",
            subject=ref,
            actor=request.user,
            at=clock.now(),
            sha256=attachment.document.sha256,
            question=attachment.question,
        )
