"""What a revision of the form changed in a dossier: read, acknowledged; the answers to former questions."""

import datetime as dt

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from ami_portal.kernel.http import page
from ami_portal.workflow import TransitionRefused
from applications import actions, drafts
from applications.former import former_answers
from applications.models import Dossier
from applications.rules import own_dossiers


@page("applications.edit_dossier", visible=own_dossiers)
@require_POST
def news_acknowledge(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """Show no more what the page told: the instant up to which it told comes back with the form."""
    try:
        until = dt.datetime.fromisoformat(request.POST.get("until", ""))
        until.astimezone(dt.UTC)
    except (ValueError, OverflowError) as error:
        raise Http404 from error
    if until.tzinfo is None:
        raise Http404
    try:
        actions.acknowledge_news(obj, until=until, actor=request.user)
    except TransitionRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("applications:dossier_detail", ref=obj.ref)


@page("applications.view_dossier", visible=own_dossiers)
@require_GET
def former_list(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """The answers to questions that the form asks no more, or asks otherwise."""
    former = former_answers(obj, drafts.load(obj))
    return render(request, "applications/dossier_former.html", {"dossier": obj, "former": former})
