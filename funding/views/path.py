"""The laureate's page of its regulatory path: where it stands, and the choice that is the applicant's."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from ami_portal.kernel import clock
from ami_portal.kernel.http import page
from ami_portal.kernel.permissions import allowed
from ami_portal.workflow import TransitionRefused
from funding import actions, path_figure
from funding.forms.path import ChoiceForm
from funding.models import Convention
from funding.path_reading import Followed, document_of, follow_path
from funding.regulatory import Standing
from funding.rules import conventions_visible_to

from .conventions import serve


@page("funding.view_convention", visible=conventions_visible_to)
@require_http_methods(["GET", "HEAD", "POST"])
def access_path(request: HttpRequest, obj: Convention) -> HttpResponse:
    """Where the regulatory path stands, and the choice that is the applicant's after an opinion."""
    now = follow_path(obj, today=clock.today())
    may_choose = allowed(request.user, "funding.choose_on_path", obj) and not obj.closed_at
    waiting = next((line for line in now.now if line.step.standing == Standing.CHOICE), None) if now else None
    form = None
    if now and waiting and may_choose:
        again = next(line.step.rule.label for line in now.lines if line.step.rule.code == waiting.step.rule.redo)
        form = ChoiceForm(request.POST if request.method == "POST" else None, line=waiting, again=again)
    if request.method == "POST":
        if not form or not waiting:
            messages.error(request, "Aucun choix n’est attendu de vous.")
            return redirect("funding:access_path", ref=obj.ref)
        if form.is_valid():
            try:
                actions.choose_after(obj, waiting.step.rule.code, **form.cleaned_data, actor=request.user)
            except TransitionRefused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, "Votre choix est enregistré ; l’opérateur de l’appel en est averti.")
                return redirect("funding:access_path", ref=obj.ref)
    context = {"convention": obj, "now": now, "waiting": waiting, "form": form, "contact": obj.dossier.call.contact}
    if now:
        context["figure"] = figure_of(now)
    status = 422 if form and form.is_bound and form.errors else 200
    return render(request, "funding/access_path.html", context, status=status)


def figure_of(now: Followed) -> path_figure.Figure | None:
    """The path of a convention against its months."""
    convention = now.row.convention
    since = convention.signed_on or clock.paris(now.row.chosen_at).date()
    steps = [line.step for line in now.lines]
    return path_figure.draw(steps, since=since, limit=convention.ends_on, today=clock.today())


@page("funding.view_convention", visible=conventions_visible_to)
@require_safe
def path_document(request: HttpRequest, obj: Convention, number: int) -> HttpResponse:
    """The document of the step of this place among all those begun, as a download; 404 without one."""
    return serve(request, obj, document_of(obj, number))
