"""From a draft to a deposit and back: preview, submission, correction, withdrawal, and their documents."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ami_portal.accounts.models import User
from ami_portal.audit import trail
from ami_portal.documents import store
from ami_portal.kernel import clock
from ami_portal.kernel.http import page
from ami_portal.questionnaire.form import Form
from ami_portal.questionnaire.languages import ENGLISH
from ami_portal.questionnaire.models import FormRevision
from ami_portal.workflow import TransitionRefused
from applications import actions, advice, drafts, freezing, partners, reading
from applications.actions.renditions import find_preview, preview_name
from applications.models import Dossier, DossierVersion
from applications.rules import own_dossiers, role_on, sealing_of, versions_visible_to
from applications.sharing import given_in, team_of

METHODS = ["GET", "HEAD", "POST"]


@page("applications.view_dossier", visible=own_dossiers)
@require_http_methods(METHODS)
def dossier_preview(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """The whole dossier as it would be deposited; a button asks for its PDF."""
    if request.method == "POST":
        actions.prepare_preview(obj, actor=request.user)
        return redirect(reverse("applications:dossier_preview", kwargs={"ref": obj.ref}) + "?pdf=1#pdf")
    draft = drafts.load(obj, language=request.user.language)
    version = None if obj.is_draft else reading.standing_version(obj)
    content = freezing.content_of(obj, draft)
    frozen = _read_by(request.user, version) if version else reading.parse(content)
    readers = partners.partners_of(obj)
    reader = next((one for one in readers if one.code == request.GET.get("partenaire")), None)
    if "partenaire" in request.GET and reader is None:
        raise Http404
    if reader:
        frozen = partners.opened_to(reader, frozen, _form_of(frozen, draft), obj)
    context = {
        "dossier": obj,
        "call": obj.call,
        "frozen": frozen,
        "readers": readers,
        "reader": reader,
        "version": version,
        "completeness": draft.completeness,
        "pdf": find_preview(obj, preview_name(obj, content)) if obj.is_draft else None,
        "asked": "pdf" in request.GET,
        "editable": obj.is_editable(clock.now()),
    }
    return render(request, "applications/dossier_preview.html", context)


def _form_of(frozen: reading.FrozenDossier, draft: drafts.Draft) -> Form:
    """The form that a content answers: that of the draft, or of the deposit if it was another one."""
    revision = FormRevision.objects.filter(sha256=frozen.form_sha256).first()
    return revision.form if revision else draft.form


def _read_by(reader: User, version: DossierVersion) -> reading.FrozenDossier:
    return reading.as_deposited(version) if reader.language == ENGLISH else reading.frozen(version)


@page("applications.view_dossier", visible=own_dossiers)
@require_GET
def preview_pdf(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """The PDF of the draft as it is now; for a script, whether it is ready."""
    draft = drafts.load(obj, language=request.user.language)
    made = find_preview(obj, preview_name(obj, freezing.content_of(obj, draft)))
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"ready": made is not None})
    if made is None:
        raise Http404
    return store.serve(made)


@page("applications.submit_dossier", visible=own_dossiers)
@require_http_methods(METHODS)
def dossier_submit(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """What will be frozen, or what is still missing; one button."""

    def submit() -> str:
        version = actions.submit_dossier(obj, actor=request.user)
        return f"Le dossier {obj.ref} est déposé (dépôt n° {version.number}). L’accusé de réception part par courriel."

    draft = drafts.load(obj, language=request.user.language)
    if obj.is_draft:
        actions.note_progress(obj, draft.completeness.percent)
    context = {
        "completeness": draft.completeness,
        "frozen": reading.parse(freezing.content_of(obj, draft)),
        "declarations": _declarations(draft),
        "sealing": sealing_of(obj),
        "advice": advice.on(obj, draft, language=request.user.language) if obj.is_draft else None,
        "not_ready": [one for one in given_in(team_of(obj), draft, request.user).values() if not one.is_ready],
        "is_owner": True,
    }
    return _confirmed(request, obj, submit, "applications/dossier_submit.html", context)


@page("applications.submit_dossier", visible=own_dossiers)
@require_POST
def dossier_sealing(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """Ask for the deposit at the closing, or take that back; each undoes the other."""
    try:
        if request.POST.get("act") == "revoke":
            actions.revoke_sealing(obj, actor=request.user)
            messages.success(request, "Le dépôt à la clôture n’est plus demandé : déposez le dossier vous-même.")
        else:
            actions.ask_sealing(obj, actor=request.user)
            messages.success(request, "À la clôture, le dossier sera déposé tel qu’il sera alors, s’il est complet.")
    except TransitionRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("applications:dossier_detail", ref=obj.ref)


def _declarations(draft: drafts.Draft) -> list[str]:
    """The commitments that the deposit carries, in the words of the call."""
    return [
        question.label
        for question in draft.form.questions()
        if question.type == "declaration"
        and draft.answers.get(drafts.Address(question.code))
        and draft.is_shown(question)
    ]


@page("applications.reopen_dossier", visible=own_dossiers)
@require_http_methods(METHODS)
def dossier_reopen(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """Take the deposit back to correct it."""

    def reopen() -> str:
        actions.reopen_dossier(obj, actor=request.user)
        return f"Le dossier {obj.ref} est de nouveau un brouillon : il n’est plus déposé."

    return _confirmed(request, obj, reopen, "applications/dossier_reopen.html", {})


@page("applications.withdraw_dossier", visible=own_dossiers)
@require_http_methods(METHODS)
def dossier_withdraw(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """Withdraw the dossier for good."""

    def withdraw() -> str:
        actions.withdraw_dossier(obj, actor=request.user)
        return f"Le dossier {obj.ref} est retiré."

    return _confirmed(request, obj, withdraw, "applications/dossier_withdraw.html", {})


def _confirmed(
    request: HttpRequest, dossier: Dossier, act: Callable[[], str], template: str, more: dict[str, Any]
) -> HttpResponse:
    """The page of an act on GET; the act on POST, then the overview with a sentence."""
    if request.method == "POST":
        try:
            messages.success(request, act())
        except TransitionRefused as refusal:
            messages.error(request, str(refusal))
        return redirect("applications:dossier_detail", ref=dossier.ref)
    at = clock.now()
    context = {"dossier": dossier, "call": dossier.call, "is_open": dossier.is_open(at), **more}
    return render(request, template, context)


def _serve(request: HttpRequest, ref: str, number: int, which: str) -> HttpResponse:
    """The PDF or the receipt of one deposit. A reading by somebody who is not of the team is recorded."""
    versions = versions_visible_to(request.user).select_related("dossier", which)
    version = get_object_or_404(versions, dossier__ref=ref, number=number)
    document = getattr(version, which)
    if document is None:
        raise Http404
    if role_on(request.user, version.dossier) is None:
        trail.record("file.read", subject=ref, actor=request.user, at=clock.now(), document=which, number=number)
    return store.serve(document)


@page("signed_in")
@require_GET
def receipt_download(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """The receipt of one deposit. 404 for who does not see the dossier, and until it is made."""
    return _serve(request, ref, number, "receipt")


@page("signed_in")
@require_GET
def version_pdf(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """The PDF of one deposit. 404 for who does not see the dossier, and until it is made."""
    return _serve(request, ref, number, "pdf")
