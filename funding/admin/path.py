"""The regulatory path of a convention on the staff's side: one page, an act a form; and how long the paths take."""

from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from ami_portal.kernel import clock
from ami_portal.kernel.http import page
from ami_portal.kernel.permissions import allowed
from ami_portal.ui.forms import PortalForm
from applications.reading import frozen, standing_version
from funding import actions
from funding.forms.path import EndForm, ExtendForm, KitForm, PauseForm, ResumeForm, RouteForm, StartForm
from funding.models import AccessPath, Convention
from funding.path_reading import Followed, Line, document_of, follow_path, followed, graph_of, rows_of
from funding.path_times import times_of
from funding.regulatory import Graph, Standing
from funding.rules import conventions_managed_by
from funding.views.conventions import serve
from funding.views.path import figure_of

from .pages import PER_PAGE, attempt, get_or_post, show, status_of

ACTS: dict[str, tuple[type[PortalForm], tuple[str, ...], str, str]] = {
    "commencer": (StartForm, (Standing.READY,), "start_step", "L’étape est engagée."),
    "issue": (
        EndForm,
        (Standing.RUNNING, Standing.LATE, Standing.SILENT),
        "end_step",
        "L’issue est notée ; l’équipe du projet en est avertie.",
    ),
    "suspendre": (
        PauseForm,
        (Standing.RUNNING, Standing.LATE, Standing.SILENT),
        "pause_step",
        "Le délai est suspendu.",
    ),
    "reprendre": (ResumeForm, (Standing.PAUSED,), "resume_step", "Le délai court de nouveau."),
    "prolonger": (
        ExtendForm,
        (Standing.RUNNING, Standing.LATE, Standing.SILENT, Standing.PAUSED),
        "extend_step",
        "Le délai est prolongé.",
    ),
}
"""The acts on a step: their form, when they are possible, the action, what is said once it is done."""


@page("funding.follow_conventions", visible=conventions_managed_by)
@get_or_post
def path(request: HttpRequest, obj: Convention) -> HttpResponse:
    """Where the path stands, and what may be noted of it now; what is refused stays as typed."""
    convention = Convention.objects.select_related("dossier__call").get(pk=obj.pk)
    may_act = allowed(request.user, "funding.follow_path", convention) and not convention.closed_at
    now, graph = follow_path(convention, today=clock.today()), graph_of(convention)
    forms: dict[str, PortalForm] = {}
    if request.method == "POST":
        name, _, code = request.POST.get("act", "").partition(" ")
        done = _do(request, convention, now, graph, forms, name, code)
        if done:
            return redirect("admin:funding_convention_path", ref=convention.ref)
    bound = next(iter(forms.values()), None)
    context = {"convention": convention, "now": now, "graph": graph, "bound": bound, "may_act": may_act}
    if may_act:
        context |= _forms(convention, now, graph, forms)
    if now:
        context["figure"] = figure_of(now)
    title = f"Parcours réglementaire de {convention.ref}"
    return show(request, "path.html", title=title, status=status_of(bound) if bound else 200, **context)


def _do(
    request: HttpRequest,
    convention: Convention,
    now: Followed | None,
    graph: Graph,
    forms: dict[str, PortalForm],
    name: str,
    code: str,
) -> bool:
    """Do the act that was sent; its form, when it is refused, is put into `forms` under its name. Raises Http404."""
    sent = (request.POST, request.FILES)
    act: Callable[..., object]
    said: dict[str, Any] = {}
    if name == "voie":
        form: PortalForm = RouteForm(*sent, prefix=name, graph=graph)
        act, success = actions.choose_route, "La voie est choisie."
    elif name == "kit" and now:
        form = KitForm(*sent, prefix=name, now=now)
        act, success = actions.hand_kit, "La remise est notée ; l’équipe du projet en est avertie."
    elif name in ACTS and now and (line := next((one for one in now.lines if one.step.rule.code == code), None)):
        kind, _, action, success = ACTS[name]
        form = _form(kind, line, name, *sent)
        act, said = getattr(actions, action), {"code": code}
    else:
        raise Http404
    key = f"{name} {code}".strip()
    forms[key] = form
    return form.is_valid() and attempt(
        request, form, lambda: act(convention, **said, **form.cleaned_data, actor=request.user), success
    )


def _form(kind: type[PortalForm], line: Line, name: str, *sent: Any) -> PortalForm:
    extra = {"line": line} if kind in (StartForm, EndForm) else {}
    return kind(*sent, prefix=f"{line.step.rule.code}-{name}", **extra)


def _forms(convention: Convention, now: Followed | None, graph: Graph, bound: dict[str, PortalForm]) -> dict[str, Any]:
    """The forms that may be sent now, a refused one as it was typed."""
    found: dict[str, Any] = {}
    if graph.routes and (now is None or not now.row.steps.all()):
        version = standing_version(convention.dossier)
        answers = {item.code: item.value for item in frozen(version).items()} if version else {}
        initial = {"route": now.row.route if now else graph.proposed(answers)}
        found["route_form"] = bound.get("voie") or RouteForm(prefix="voie", initial=initial, graph=graph)
        found["proposed"] = next((one for one in graph.routes if one.code == graph.proposed(answers)), None)
    if now and not now.is_kit_whole:
        found["kit_form"] = bound.get("kit") or KitForm(prefix="kit", now=now)
    found["step_forms"] = [
        (line, [(name, bound.get(f"{name} {line.step.rule.code}") or form) for name, form in _of(line)])
        for line in (now.now if now else ())
    ]
    return found


def _of(line: Line) -> list[tuple[str, PortalForm]]:
    standing = line.step.standing
    names = [name for name, (_, when, *_) in ACTS.items() if standing in when]
    if "prolonger" in names and (line.step.rule.extension is None or line.step.passage.is_extended):
        names.remove("prolonger")
    if "suspendre" in names and line.step.due_on is None:
        names.remove("suspendre")
    return [(name, _form(ACTS[name][0], line, name)) for name in names]


@page("funding.follow_conventions", visible=conventions_managed_by)
@require_safe
def path_document(request: HttpRequest, obj: Convention, number: int) -> HttpResponse:
    """The document of an outcome, by the place of its step among all those begun."""
    return serve(request, obj, document_of(obj, number))


@page("funding.follow_conventions")
@require_safe
def paths(request: HttpRequest) -> HttpResponse:
    """Every path followed by duty: what is late, what waits, the margin; and the time that they take."""
    managed = conventions_managed_by(request.user)
    rows = rows_of(AccessPath.objects.filter(convention__in=managed)).select_related("convention__dossier")
    page_obj = Paginator(rows.order_by("pk"), PER_PAGE).get_page(request.GET.get("page"))
    today = clock.today()
    lines = [followed(row, today=today) for row in page_obj.object_list]
    context = {"page_obj": page_obj, "lines": lines, "times": times_of(managed)}
    return show(request, "paths.html", title="Parcours réglementaires", **context)
