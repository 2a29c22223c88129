"""What the criteria of the call would say of a draft."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from ami_portal.kernel import clock
from ami_portal.kernel.http import page
from applications import advice, drafts
from applications.models import Dossier
from applications.rules import own_dossiers


@page("applications.view_dossier", visible=own_dossiers)
@require_GET
def dossier_advice(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """Criterion by criterion: the result, its evidence, the smallest mend, and where to make it."""
    language = request.user.language
    found = advice.on(obj, drafts.load(obj, language=language), language=language) if obj.is_draft else None
    context = {"dossier": obj, "call": obj.call, "advice": found, "editable": obj.is_editable(clock.now())}
    return render(request, "applications/dossier_advice.html", context)
