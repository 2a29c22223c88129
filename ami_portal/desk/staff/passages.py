"""Passages that look alike, side by side: the staff read both and say what they conclude. The public grants loaded."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Case, Count, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from ami_portal.kernel.http import page
from ami_portal.kernel.permissions import allowed
from ami_portal.ui.forms import PortalForm, TextField
from ami_portal.workflow import TransitionRefused
from applications.models import Dossier
from evaluation import actions
from evaluation.actions.passages import MAX_REASON
from evaluation.models import Grant, GrantFile, Passage, PassagePair
from evaluation.passages import Piece, side_by_side

from .pages import dossiers_shown_to, show, show_dossier
from .rules import passage_pairs_visible_to

PER_PAGE = 10
FILES = 50
GRANTS = 20


@dataclass(frozen=True)
class Side:
    """One of two passages: where it was found, its text cut where the other says the same."""

    passage: Passage
    pieces: list[Piece]
    is_here: bool


@dataclass(frozen=True)
class Pair:
    """Two passages as a page shows them: that of this dossier first."""

    row: PassagePair
    sides: list[Side]


class ExaminedForm(PortalForm):
    """What a person concludes of a pair."""

    reason = TextField(
        label="Ce que vous en concluez",
        max_length=MAX_REASON,
        help_text="Gardé avec le dossier ; le porteur ne le lit pas.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def pairs_of(user: Any, dossier: Dossier) -> QuerySet[PassagePair]:
    """The pairs of a dossier that a person may see, those to look at first: what few others say before a common turn.

    `alike` counts the passages that look like that of this dossier.
    """
    mine = Q(left__dossier=dossier) | Q(right__dossier=dossier)
    here = Case(When(left__dossier=dossier, then=F("left")), default=F("right"))
    same = PassagePair.objects.filter(Q(left=OuterRef("here")) | Q(right=OuterRef("here"))).order_by()
    alike = Subquery(same.values(one=Value(1)).annotate(count=Count("pk")).values("count"))
    pairs = passage_pairs_visible_to(user).filter(mine).annotate(here=here).annotate(alike=alike)
    return pairs.order_by(F("examined_at").asc(nulls_first=True), "alike", "-words", "pk")


def _pair(row: PassagePair, dossier: Dossier) -> Pair:
    left, right = side_by_side(row.left.text, row.right.text)
    sides = [Side(row.left, left, row.left.dossier_id == dossier.pk)]
    sides.append(Side(row.right, right, not sides[0].is_here))
    return Pair(row, sorted(sides, key=lambda side: not side.is_here))


@page("desk.view_dossier", visible=dossiers_shown_to)
@require_safe
def passages(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """The passages of this dossier that look like those of others, and the grants of the same organisation."""
    whole = pairs_of(request.user, obj).select_related(
        "examined_by", *(f"{side}__{of}" for side in ("left", "right") for of in ("version", "dossier__call", "grant"))
    )
    page_obj = Paginator(whole, PER_PAGE).get_page(request.GET.get("page"))
    siren = obj.lead_siret[:9]
    grants = Grant.objects.filter(siren=siren).order_by("-granted_on", "pk")[:GRANTS] if siren else []
    return show_dossier(
        request,
        obj,
        "staff_passages",
        "dossier_passages.html",
        page_obj=page_obj,
        pairs=[_pair(row, obj) for row in page_obj],
        grants=grants,
        may_examine=allowed(request.user, "evaluation.examine_passages", obj),
        lists=GrantFile.objects.count(),
    )


@page("evaluation.examine_passages", visible=dossiers_shown_to)
@require_http_methods(["GET", "HEAD", "POST"])
def examine(request: HttpRequest, obj: Dossier, uuid: Any) -> HttpResponse:
    """One pair, with what the person concludes."""
    rows = pairs_of(request.user, obj).select_related("left__dossier__call", "right__dossier__call")
    row = get_object_or_404(rows.select_related("left__grant", "right__grant", "examined_by"), uuid=uuid)
    form = ExaminedForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.examine_pair(row, **form.cleaned_data, actor=request.user)
        except TransitionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Votre conclusion est gardée. Elle ne décide d’aucun critère : décidez-le.")
            return redirect("admin:staff_passages", ref=obj.ref)
    status = 422 if form.is_bound else 200
    title = f"{obj.ref} – Passages semblables"
    context = {"pair": _pair(row, obj), "form": form, "back": reverse("admin:staff_passages", args=[obj.ref])}
    return show(request, "admin/portal/passages_examine.html", title=title, status=status, dossier=obj, **context)


@page("desk.view_grants")
@require_safe
def grant_lists(request: HttpRequest) -> HttpResponse:
    """What public grants are loaded, when, from what file."""
    page_obj = Paginator(GrantFile.objects.all(), FILES).get_page(request.GET.get("page"))
    total = Grant.objects.count()
    return show(request, "admin/portal/grant_lists.html", title="Subventions publiques", page_obj=page_obj, total=total)
