"""The gracious appeal, as the team of a dossier files and reads it."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from ami_portal.documents import store
from ami_portal.documents.enums import Verdict
from ami_portal.documents.store import FileRefused
from ami_portal.kernel import clock
from ami_portal.kernel.http import page
from ami_portal.kernel.permissions import allowed
from ami_portal.workflow import TransitionRefused
from applications.models import Dossier
from applications.rules import own_dossiers
from applications.views.sections import keeps_typed
from evaluation import actions
from evaluation.appeals import appeal_of, contestable
from evaluation.forms import AppealForm
from evaluation.models import AppealFile


@keeps_typed
@page("evaluation.view_outcome", visible=own_dossiers)
@require_http_methods(["GET", "HEAD", "POST"])
def dossier_appeal(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """File an appeal, or read the one that was filed; an appeal that is refused stays as typed."""
    form = AppealForm(request.POST or None, request.FILES or None, initial={"token": uuid4()})
    if request.method == "POST" and form.is_valid():
        try:
            actions.file_appeal(obj, **form.message_parts(), actor=request.user)
        except (TransitionRefused, FileRefused) as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Votre recours est formé. Son accusé de réception se prépare.")
            return redirect("evaluation:dossier_appeal", ref=obj.ref)
    context = {"dossier": obj, "call": obj.call, "form": form, **_standing(request, obj)}
    return render(request, "evaluation/dossier_appeal.html", context, status=422 if request.method == "POST" else 200)


def _standing(request: HttpRequest, dossier: Dossier) -> dict[str, Any]:
    """What can be contested now, and what was."""
    contested, at = contestable(dossier), clock.now()
    current = appeal_of(contested) if contested else None
    filed = list(
        dossier.appeals.select_related("receipt", "filed_by", "declaration", "decision").prefetch_related(
            "files__document"
        )
    )
    if not contested and not filed:
        raise Http404
    is_late = bool(contested and contested.is_late(at))
    return {
        "contested": contested,
        "appeals": filed,
        "is_late": is_late,
        "today": clock.today(),
        "may_file": bool(
            contested and not current and not is_late and allowed(request.user, "evaluation.file_appeal", dossier)
        ),
        "is_filed": current is not None,
    }


@page("evaluation.view_outcome", visible=own_dossiers)
@require_GET
def appeal_file(request: HttpRequest, obj: Dossier, uuid: UUID) -> HttpResponse:
    """A file of an appeal, as a download. 404 until it is examined, and for one that is refused."""
    return store.serve(readable_file(obj, uuid).document)


@page("evaluation.view_outcome", visible=own_dossiers)
@require_GET
def appeal_receipt(request: HttpRequest, obj: Dossier, number: int) -> HttpResponse:
    """The receipt of an appeal."""
    appeal = get_object_or_404(obj.appeals.select_related("receipt"), number=number, receipt__isnull=False)
    return store.serve(appeal.receipt)


def readable_file(dossier: Dossier, uuid: UUID) -> AppealFile:
    """One file of the appeals of a dossier. Raises Http404 until it is examined, and for one that is refused."""
    files = AppealFile.objects.select_related("document")
    return get_object_or_404(files, appeal__dossier=dossier, document__uuid=uuid, document__verdict=Verdict.ACCEPTED)
