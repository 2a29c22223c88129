"""The requests for completion of a dossier: ask, give more time, take back; what the replies changed."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ami_portal.kernel import clock
from ami_portal.kernel.http import page
from ami_portal.kernel.permissions import allowed
from ami_portal.kernel.working_days import end_of
from ami_portal.ui import wording
from ami_portal.workflow import TransitionRefused
from applications import completion, reading
from applications.enums import CheckResult
from applications.models import Dossier, DossierVersion
from applications.reading import FrozenDossier
from evaluation import actions
from evaluation.actions.completion import refuse_completion
from evaluation.models import EligibilityItem

from .forms import CompletionForm, ProlongForm, WithdrawForm
from .pages import CONFIRMED, Confirmation, attempt, carried_by, dossiers_shown_to, show, show_dossier

TO_MEND = (CheckResult.NOT_MET, CheckResult.UNKNOWN)


@page("desk.view_dossier", visible=dossiers_shown_to)
@require_safe
def completions(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """The request under way, those that ended with what their reply changed, and the way to a new one."""
    return _show(request, obj)


def _show(request: HttpRequest, dossier: Dossier, *, status: int = 200, **forms: Any) -> HttpResponse:
    may_ask = allowed(request.user, "evaluation.ask_completion", dossier)
    return show_dossier(
        request,
        dossier,
        "staff_completion",
        "dossier_completion.html",
        status=status,
        running=completion.running_request(dossier),
        past=completion.past(dossier),
        may_ask=may_ask,
        refusal=_refusal(request, dossier) if may_ask else "",
        delay=dossier.call.completion_delay,
        **({"prolong": ProlongForm(prefix="prolonger"), "withdraw": WithdrawForm(prefix="retirer")} | forms),
    )


def _refusal(request: HttpRequest, dossier: Dossier) -> str:
    """Why a completion cannot be asked now; empty when it can."""
    try:
        refuse_completion(dossier, actor=request.user, at=clock.now())
    except TransitionRefused as refusal:
        return str(refusal)
    return ""


@page("evaluation.ask_completion", visible=dossiers_shown_to)
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """Choose the points and say what is asked; see what that does; do it. What was typed stays on each page."""
    version = reading.standing_version(obj)
    if version is None:
        raise Http404
    frozen = reading.frozen(version)
    initial = _from_criteria(version, frozen) if "criteres" in request.GET else {}
    form = CompletionForm(frozen.items(), request.POST or None, initial=initial)
    refusal = _refusal(request, obj)
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        context = {"form": form, "sections": _fields_of(frozen, form), "refusal": refusal, "chosen": len(initial) // 2}
        title = f"{obj.ref} – Demander un complément"
        return show(request, "admin/portal/completion_ask.html", title=title, status=status, dossier=obj, **context)
    points = form.cleaned_data["points"]
    if CONFIRMED not in request.POST:
        return _confirmation(request, obj, frozen, points, refusal)
    attempt(
        request, "Le complément est demandé ; l’équipe du dossier est prévenue.", actions.ask_completion, obj, points
    )
    return redirect("admin:staff_completion", ref=obj.ref)


def _from_criteria(version: DossierVersion, frozen: FrozenDossier) -> dict[str, Any]:
    """The questions that criteria not met, or still to be judged, point at, each with the criteria that do."""
    known = {item.code for item in frozen.items()}
    said: dict[str, list[str]] = {}
    items = EligibilityItem.objects.filter(version=version).exclude(criterion__decided_by="partner")
    for item in items.select_related("criterion").order_by("criterion__position"):
        result = item.decision or item.automatic
        if result not in TO_MEND:
            continue
        reason = item.reason if item.decision else item.evidence if result == CheckResult.NOT_MET else ""
        for code in known.intersection(item.found_at):
            said.setdefault(code, []).append(f"Critère « {item.criterion.label} ». {reason}".strip())
    boxes = {f"p-{code}": True for code in said}
    return boxes | {f"r-{code}": "\n\n".join(lines) for code, lines in said.items()}


def _fields_of(frozen: FrozenDossier, form: CompletionForm) -> list[dict[str, Any]]:
    """The sections of the deposit, each with the two fields and the present answer of its questions."""
    return [
        {
            "title": section.title,
            "code": section.code,
            "rows": [
                {"item": item, "box": form[f"p-{item.code}"], "reason": form[f"r-{item.code}"]}
                for item in section.items
            ],
        }
        for section in frozen.sections
    ]


def _confirmation(
    request: HttpRequest, dossier: Dossier, frozen: FrozenDossier, points: dict[str, str], refusal: str
) -> HttpResponse:
    delay = dossier.call.completion_delay
    labels = {item.code: item.label for item in frozen.items()}
    due_at = wording.end_of_day(end_of(delay.last_day(clock.today()))) if delay else ""
    confirmation = Confirmation(
        title=f"Demander un complément du dossier {dossier.ref}",
        verb="Demander ce complément",
        back=reverse("admin:staff_completion_ask", args=[dossier.ref]),
        parent=dossier.ref,
        done=(
            f"Le porteur peut modifier, et eux seuls, ces points, jusqu’au {due_at} ({delay}) :",
            *(f"« {labels[code]} » : {reason}" for code, reason in points.items()),
            "Sa réponse est un nouveau dépôt, scellé et inscrit au registre ; le dépôt actuel est gardé.",
            "Sans réponse à cet instant, le dossier est examiné tel qu’il est déposé.",
        ),
        told=(
            f"{', '.join(member.email for member in dossier.members.all())}, par courriel : qu’un complément est "
            "demandé et jusqu’à quand, pas ce qui l’est.",
        ),
        fixed=("Les points de la demande. Elle peut être prolongée ou retirée, avec un motif.",),
        obstacles=(refusal,) if refusal else (),
        carried=carried_by(request),
    )
    return confirmation.page(request, dossier=dossier)


@page("evaluation.ask_completion", visible=dossiers_shown_to)
@require_POST
def prolong(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """Give a later day to reply."""
    form = ProlongForm(request.POST, prefix="prolonger")
    if not form.is_valid():
        return _show(request, obj, status=422, prolong=form)
    done = f"Le délai est prolongé jusqu’à la fin du {wording.day(form.cleaned_data['due_on'])}."
    attempt(request, done, actions.prolong_completion, obj, **form.cleaned_data)
    return redirect("admin:staff_completion", ref=obj.ref)


@page("evaluation.ask_completion", visible=dossiers_shown_to)
@require_POST
def withdraw(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """Ask nothing any more."""
    form = WithdrawForm(request.POST, prefix="retirer")
    if not form.is_valid():
        return _show(request, obj, status=422, withdraw=form)
    done = "La demande est retirée : le dossier est examiné tel qu’il est déposé."
    attempt(request, done, actions.withdraw_completion, obj, **form.cleaned_data)
    return redirect("admin:staff_completion", ref=obj.ref)
