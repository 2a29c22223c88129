"""Conflicts of interest that the portal detects: where they wait, and the page where one is confirmed or lifted."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Case, Exists, IntegerField, OuterRef, Prefetch, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from ami_portal.kernel.http import page
from ami_portal.kernel.permissions import allowed
from ami_portal.ui.forms import ReasonForm
from ami_portal.workflow import TransitionRefused
from applications.models import Call, Dossier
from evaluation import actions
from evaluation.enums import ASIDE, ConflictState
from evaluation.models import Conflict, ConflictRuling, Review

from .pages import dossiers_shown_to, show
from .rules import calls_judged_by, dossiers_worked_on_by

PER_PAGE = 50


def _with_history(rows: QuerySet[Conflict]) -> QuerySet[Conflict]:
    """What waits first, then the latest; whether the dossier is entrusted to the juror; what was made of each."""
    entrusted = Review.objects.filter(dossier=OuterRef("dossier"), juror=OuterRef("juror"))
    held = Exists(entrusted.exclude(state__in=ASIDE))
    waits = Case(When(state=ConflictState.DETECTED, then=Value(0)), default=Value(1), output_field=IntegerField())
    rulings = Prefetch("rulings", queryset=ConflictRuling.objects.select_related("ruled_by"))
    return (
        rows.select_related("juror", "dossier")
        .annotate(is_entrusted=held, waits=waits)
        .prefetch_related(rulings)
        .order_by("waits", "-detected_at", "pk")
    )


def conflicts_of(dossier: Dossier) -> list[Conflict]:
    """What was detected on a dossier."""
    return list(_with_history(Conflict.objects.filter(dossier=dossier)))


def waiting_in(call: Call, user: Any) -> int:
    """How many conflicts of a call wait for a decision, on the dossiers that a person works on."""
    shown = dossiers_worked_on_by(user).filter(call=call)
    return Conflict.objects.filter(dossier__in=shown, state=ConflictState.DETECTED).count()


@page("evaluation.view_ranking", visible=calls_judged_by, by="code")
@require_safe
def conflicts(request: HttpRequest, obj: Call) -> HttpResponse:
    """Every conflict detected in a call, those that wait first; none of a dossier that one has a part in."""
    shown = dossiers_worked_on_by(request.user).filter(call=obj)
    rows = _with_history(Conflict.objects.filter(dossier__in=shown))
    page_obj = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {"call": obj, "page_obj": page_obj, "conflicts": page_obj}
    context["may_rule"] = allowed(request.user, "evaluation.rule_conflict", obj)
    return show(request, "admin/portal/conflicts.html", title=f"Liens d’intérêts – {obj.code}", **context)


@page("evaluation.rule_conflict", visible=dossiers_shown_to)
@require_http_methods(["GET", "HEAD", "POST"])
def conflict(request: HttpRequest, obj: Dossier, uuid: UUID) -> HttpResponse:
    """One conflict with its path and its history; a reason, and one of two buttons."""
    row = get_object_or_404(_with_history(Conflict.objects.filter(dossier=obj)), uuid=uuid)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    form.fields["reason"].help_text = "Les faits que vous avez vérifiés. Le motif reste dans l’historique de ce lien."
    back = reverse("admin:staff_reviews", args=[obj.ref])
    if request.method == "POST" and form.is_valid() and _rule(request, row, form):
        return redirect(f"{back}#liens")
    context = {"dossier": obj, "conflict": row, "form": form, "back": back}
    context["may_rule"] = allowed(request.user, "evaluation.rule_conflict", row)
    title = f"{obj.ref} – Lien d’intérêts"
    return show(request, "admin/portal/conflict.html", title=title, status=422 if form.errors else 200, **context)


def _rule(request: HttpRequest, row: Conflict, form: ReasonForm) -> bool:
    """Confirm or lift; a refusal becomes the form's error."""
    confirms = request.POST.get("suite") == ConflictState.CONFIRMED
    act = actions.confirm_conflict if confirms else actions.lift_conflict
    try:
        act(row, reason=form.cleaned_data["reason"], actor=request.user)
    except TransitionRefused as refusal:
        form.add_error(None, str(refusal))
        return False
    who = row.juror.get_full_name()
    said = f"Lien confirmé : le dossier n’est plus montré à {who}." if confirms else f"Lien levé : {who} peut évaluer."
    messages.success(request, said)
    return True
