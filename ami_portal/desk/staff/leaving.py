"""Somebody who left is taken out of the team of a dossier under examination: who, why, what follows; then the act."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from ami_portal.kernel import clock
from ami_portal.kernel.http import page
from applications.models import Dossier
from evaluation import actions
from evaluation.actions.leaving import leavers_of, refusal_to_take_out

from .forms import LeavingForm
from .pages import attempt, dossiers_shown_to, show


@page("evaluation.take_out_member", visible=dossiers_shown_to)
@require_http_methods(["GET", "HEAD", "POST"])
def take_out(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """One page, since the person is chosen on it: what will be done is said beside the button."""
    team = leavers_of(obj)
    form = LeavingForm(team, request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        done = f"{said['email']} ne fait plus partie de l’équipe."
        attempt(request, done, actions.take_out_member, obj, said["email"], reason=said["reason"])
        return redirect("admin:staff_content", ref=obj.ref)
    return show(
        request,
        "admin/portal/take_out.html",
        title=f"{obj.ref} – Retirer une personne de l’équipe",
        status=422 if request.method == "POST" else 200,
        dossier=obj,
        form=form,
        team=team,
        refusal=refusal_to_take_out(obj, clock.now()),
    )
