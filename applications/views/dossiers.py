"""My dossiers: the list, a new one, the overview of one."""

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from ami_portal.kernel import clock
from ami_portal.kernel.http import page
from ami_portal.workflow import TransitionRefused
from applications import actions, agenda, completion, drafts, presence
from applications.conversation import unread_by, with_unread
from applications.enums import WRITERS, DossierState, MemberRole
from applications.former import former_answers
from applications.models import Call, Dossier
from applications.news import news_of
from applications.rules import calls_public, dossiers_to_claim, own_dossiers, sealing_of
from applications.sharing import given_in, outline, team_of
from applications.story import standing, steps

BY_PAGE = 20


@page("signed_in")
@require_GET
def dossier_list(request: HttpRequest) -> HttpResponse:
    """The dossiers of a person, and the calls in which they may start one."""
    at = clock.now()
    dossiers = with_unread(own_dossiers(request.user), unread_by(request.user)).order_by("-created_at", "-pk")
    page_obj = Paginator(dossiers, BY_PAGE).get_page(request.GET.get("page"))
    cards = [(dossier, standing(dossier, dossier.seen_role, at)) for dossier in page_obj]
    running = Call.objects.filter(opens_at__lte=at, closes_at__gt=at).order_by("closes_at")
    open_calls = [call for call in running if call.is_open(at)]  # between two rounds, none can be started
    context = {"page_obj": page_obj, "cards": cards, "open_calls": open_calls, "now": at}
    context["to_claim"] = list(dossiers_to_claim(request.user).order_by("pk"))
    return render(request, "applications/dossier_list.html", context)


@page("applications.start_dossier")
@require_http_methods(["GET", "HEAD", "POST"])
def dossier_start(request: HttpRequest, code: str) -> HttpResponse:
    """Say what a dossier is; start one. An own draft in which nothing is written yet is taken up again."""
    call = get_object_or_404(calls_public(), code=code)
    at = clock.now()
    if request.method == "POST":
        mine = own_dossiers(request.user).filter(seen_role=MemberRole.OWNER)
        empty = mine.filter(call=call, state=DossierState.DRAFT, answers=None, rows=None, attachments=None)
        try:
            dossier = empty.first() or actions.start_dossier(call, actor=request.user)
        except TransitionRefused as refusal:
            messages.error(request, str(refusal))
            return redirect("applications:dossier_list")
        return redirect("applications:dossier_detail", ref=dossier.ref)
    return render(request, "applications/dossier_start.html", {"call": call, "is_open": call.is_open(at)})


@page("applications.view_dossier", visible=own_dossiers)
@require_GET
def dossier_detail(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """The overview: where the dossier stands, what is missing, its documents, its team."""
    return render(request, "applications/dossier_detail.html", overview(obj, request.user))


@page("applications.view_dossier", visible=own_dossiers)
@require_GET
def dossier_calendar(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """The calendar of the call with the closing of this dossier, for an agenda."""
    address = settings.PORTAL_URL + reverse("call_detail", args=[obj.call.code])
    return agenda.response(f"{obj.ref}.ics", agenda.of_dossier(obj, address=address))


def overview(dossier: Dossier, user: Any) -> dict[str, Any]:
    """The context of the overview, in a constant number of queries."""
    at = clock.now()
    draft = drafts.load(dossier, language=user.language)
    if dossier.is_draft:
        actions.note_progress(dossier, draft.completeness.percent)
    role = getattr(dossier, "seen_role", None)
    team = team_of(dossier)
    given = given_in(team, draft, user)
    sealing = sealing_of(dossier) if dossier.is_draft else None
    stands = standing(dossier, role, at)
    if sealing and not sealing.settled_at and dossier.is_closed(at):
        stands = replace(stands, sentence="L’appel est clos. Le dépôt demandé à la clôture est en cours d’exécution.")
    return {
        "dossier": dossier,
        "call": dossier.call,
        "completeness": draft.completeness,
        "news": news_of(dossier, user, at),
        "former": former_answers(dossier, draft),
        "standing": stands,
        "sealing": sealing,
        "running": completion.running(dossier, draft),
        "steps": steps(dossier, at),
        "editable": dossier.is_editable(at) and role in WRITERS,
        "is_open": dossier.is_open(at),
        "is_owner": role == MemberRole.OWNER,
        "versions": completion.versions_of(dossier),
        "team": team,
        "others": presence.others(dossier, team, user) if dossier.is_editable(at) else [],
        "given": list(given.values()),
        "mine": [one for one in given.values() if one.is_mine],
        "ready": sum(one.is_ready for one in given.values()),
        "outline": outline(draft, given),
        "unread": unread_by(user).filter(dossier=dossier).count(),
        "datasets": dossier.dossier_datasets.select_related("version__dataset"),
        "first_missing": draft.completeness.missing[0] if draft.completeness.missing else None,
    }
