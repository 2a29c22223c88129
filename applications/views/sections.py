"""The page of one section: read, or written field by field; without a script, sent back as one form."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from ami_portal.documents.store import FileRefused
from ami_portal.kernel import clock
from ami_portal.kernel.http import page
from ami_portal.workflow import TransitionRefused
from applications import actions, drafts, fields, posted
from applications.actions import NotEditable
from applications.models import Attachment, Dossier
from applications.rules import own_dossiers
from applications.section_page import context

from . import sharing

NO_SECTION = "Cette rubrique n’est plus dans le formulaire."
REVISED = "Le formulaire a été révisé, et ces réponses ont changé entre-temps : comparez-les avec celles du dossier."
KEPT = "C’est noté : confidentiel à l’égard des partenaires."
View = Callable[..., HttpResponse]


def keeps_typed(view: View) -> View:
    """For someone whose session has ended: a page that still holds what they typed, instead of a redirect."""

    @wraps(view)
    def wrapper(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, **kwargs)
        if request.method != "POST":
            return redirect_to_login(request.get_full_path())
        return render(
            request, "applications/signed_out.html", {"typed": posted.typed_texts(request.POST.dict())}, status=401
        )

    return login_not_required(wrapper)


@keeps_typed
@page("applications.view_dossier", visible=own_dossiers)
@require_http_methods(["GET", "HEAD", "POST"])
def dossier_section(request: HttpRequest, obj: Dossier, section: str) -> HttpResponse:
    """Show a section; save what was changed in it, and do what its buttons ask."""
    draft = drafts.load(obj, language=request.user.language)
    try:
        asked = draft.form.section(section)
    except KeyError as error:
        if not obj.form_moves.exists():
            raise Http404 from error
        return _from_a_former_page(request, obj, draft)
    if request.method == "POST":
        return _save(request, obj, draft, section)
    if obj.is_draft:
        actions.note_progress(obj, draft.completeness.percent)
    return render(
        request, "applications/dossier_section.html", context(obj, asked, draft, user=request.user, at=clock.now())
    )


def _save(request: HttpRequest, dossier: Dossier, draft: drafts.Draft, section: str) -> HttpResponse:
    on_page = list(fields.fields_in(fields.blocks_of(draft.form.section(section), draft)))
    former = posted.former_fields(dossier, draft, on_page, request.POST)
    outcome = posted.save(dossier, on_page + former, request.POST, actor=request.user)
    if outcome.is_closed:
        return _closed(request, dossier, outcome)
    anchor = ""
    try:
        anchor = _act(request, dossier) or _keep(request, dossier, draft)
    except NotEditable as refusal:
        outcome.refusal, outcome.is_closed = str(refusal), True
        return _closed(request, dossier, outcome)
    except (TransitionRefused, FileRefused) as refusal:
        messages.error(request, str(refusal))
    if set(outcome.kept) - {field.address for field in on_page}:
        return _given_back(request, dossier, outcome)
    if outcome.kept:
        draft = drafts.load(dossier, language=request.user.language)
        page_context = context(
            dossier, draft.form.section(section), draft, user=request.user, at=clock.now(), outcome=outcome
        )
        return render(
            request, "applications/dossier_section.html", page_context, status=409 if outcome.conflicts else 422
        )
    if outcome.saved:
        messages.success(request, "Enregistré.")
    sharing.act_on(request, dossier, section)
    return redirect(reverse("applications:dossier_section", kwargs={"ref": dossier.ref, "section": section}) + anchor)


def _from_a_former_page(request: HttpRequest, dossier: Dossier, draft: drafts.Draft) -> HttpResponse:
    """A section that a revision took away: what its page still sends is saved, and read with former answers."""
    if request.method == "POST":
        shown = posted.former_fields(dossier, draft, [], request.POST)
        outcome = posted.save(dossier, shown, request.POST, actor=request.user)
        if outcome.is_closed:
            return _closed(request, dossier, outcome)
        if outcome.kept:
            return _given_back(request, dossier, outcome)
    messages.info(request, f"{NO_SECTION} Vos réponses sont gardées dans le dossier.")
    return redirect("applications:dossier_detail", ref=dossier.ref)


def _given_back(request: HttpRequest, dossier: Dossier, outcome: posted.Outcome, *, status: int = 409) -> HttpResponse:
    """What could not be saved and has no field on the page any more: given back to be copied."""
    outcome.refusal = outcome.refusal or REVISED
    context = {"dossier": dossier, "call": dossier.call, "outcome": outcome}
    return render(request, "applications/closed.html", context, status=status)


def _closed(request: HttpRequest, dossier: Dossier, outcome: posted.Outcome) -> HttpResponse:
    """The page of what came too late: it says so, and gives back what was typed."""
    return _given_back(request, dossier, outcome, status=423)


def _act(request: HttpRequest, dossier: Dossier) -> str:
    """What the pressed button asks besides saving: rows and files. Answers the anchor of the place it concerns."""
    data, actor = request.POST, request.user
    try:
        for code, uploads in request.FILES.lists():
            for uploaded in uploads:
                if code.startswith("r."):
                    actions.replace_file(_attachment(dossier, code.removeprefix("r.")), uploaded, actor=actor)
                else:
                    actions.deposit_file(dossier, code.removeprefix("f."), uploaded, actor=actor)
        if code := data.get("row_add"):
            actions.add_row(dossier, code, actor=actor)
            return f"#q-{code}"
        for name, change in (("row_remove", actions.remove_row), ("row_restore", actions.restore_row)):
            if place := data.get(name):
                code, _, row = place.partition(":")
                change(dossier, code, row, actor=actor)
                return f"#q-{code}"
    except KeyError as error:
        raise Http404 from error
    for name, change_file in (("file_remove", actions.remove_file), ("file_restore", actions.restore_file)):
        if uuid := data.get(name):
            attachment = _attachment(dossier, uuid)
            change_file(attachment, actor=actor)
            return f"#q-{attachment.question}"
    return ""


def _keep(request: HttpRequest, dossier: Dossier, draft: drafts.Draft) -> str:
    """What the pressed button asks of the partners' reading. Answers the anchor of the question."""
    data, actor = request.POST, request.user
    try:
        if code := data.get("confidential_section"):
            asked = (question for question in draft.form.section(code).questions if draft.is_shown(question))
            if codes := [question.code for question in asked if question.confidential]:
                actions.mark_confidential(dossier, codes, actor=actor)
                messages.success(request, KEPT)
            return ""
        if code := data.get("confidential_mark"):
            actions.mark_confidential(dossier, [code], actor=actor)
            messages.success(request, KEPT)
        elif code := data.get("confidential_lift"):
            actions.lift_confidential(dossier, code, actor=actor)
            messages.success(request, "Les partenaires dont vous demandez une base liront cette réponse.")
        return f"#q-{code}" if code else ""
    except KeyError as error:
        raise Http404 from error


def _attachment(dossier: Dossier, uuid: str) -> Attachment:
    try:
        found = (
            Attachment.objects.select_related("dossier", "document")
            .filter(dossier=dossier, document__uuid=uuid)
            .first()
        )
    except ValidationError as error:
        raise Http404 from error
    if found is None:
        raise Http404
    return found
