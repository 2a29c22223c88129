"""The charter of a call's jury: read, then accepted in its version of today, before anything else."""

from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from ami_portal.kernel.http import page
from ami_portal.workflow import TransitionRefused
from applications.models import Call
from evaluation import actions
from evaluation.forms import CharterForm
from evaluation.models import Charter, CharterAcceptance
from evaluation.rules import charter_in_force


def _calls_with_a_charter(user: Any) -> QuerySet[Call]:
    """A charter is no secret among jurors."""
    return Call.objects.filter(Exists(Charter.objects.filter(call=OuterRef("pk"), replaced_at=None)))


@page("evaluation.list_reviews", visible=_calls_with_a_charter, by="code")
@require_http_methods(["GET", "HEAD", "POST"])
def jury_charter(request: HttpRequest, obj: Call) -> HttpResponse:
    """The text, and a box to tick; once accepted, when it was."""
    charter = charter_in_force(obj)
    if charter is None:
        raise Http404
    form = CharterForm(charter, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.accept_charter(obj, charter_sha256=form.cleaned_data["sha256"], actor=request.user)
        except TransitionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "La charte est acceptée. Déclarez vos liens d’intérêts, dossier par dossier.")
            return redirect("evaluation:review_list")
    mine = CharterAcceptance.objects.filter(charter__call=obj, juror=request.user)
    context = {
        "call": obj,
        "charter": charter,
        "form": form,
        "accepted": mine.filter(charter=charter).first(),
        "has_changed": mine.exclude(charter=charter).exists(),
    }
    return render(request, "evaluation/jury_charter.html", context, status=422 if form.errors else 200)
