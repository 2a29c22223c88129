"""What the operator asks to complete, and the reply to it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from ami_portal.kernel import clock
from ami_portal.kernel.http import page
from ami_portal.workflow import TransitionRefused
from applications import actions, completion, drafts
from applications.enums import WRITERS, MemberRole
from applications.models import Dossier
from applications.rules import own_dossiers
from applications.story import standing


@page("applications.view_dossier", visible=own_dossiers)
@require_http_methods(["GET", "HEAD", "POST"])
def dossier_completion(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """What is asked, by when, what the reply changes; its owner sends it. Then what became of each request."""
    if request.method == "POST":
        return _send(request, obj)
    running = completion.running(obj, drafts.load(obj))
    ended = completion.past(obj)
    if running is None and not ended:
        raise Http404
    at, role = clock.now(), obj.seen_role
    context = {
        "dossier": obj,
        "call": obj.call,
        "running": running,
        "past": ended,
        "standing": standing(obj, role, at),
        "in_time": obj.is_editable(at),
        "is_owner": role == MemberRole.OWNER,
        "is_writer": role in WRITERS,
    }
    return render(request, "applications/dossier_completion.html", context)


def _send(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    try:
        version = actions.answer_completion(dossier, actor=request.user)
    except TransitionRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("applications:dossier_completion", ref=dossier.ref)
    messages.success(
        request, f"Votre réponse est déposée (dépôt n° {version.number}). L’accusé de réception part par courriel."
    )
    return redirect("applications:dossier_detail", ref=dossier.ref)
