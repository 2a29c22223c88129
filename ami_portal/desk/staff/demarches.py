"""The démarche of a call: what was imported of it, what could not be and why, the passes and the next one."""

from itertools import islice

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from ami_portal.gateways.demarches_simplifiees import is_configured
from ami_portal.kernel import clock
from ami_portal.kernel.http import page
from ami_portal.kernel.permissions import allowed
from applications import actions
from applications.actions.writing_back import to_write
from applications.demarches.writing import Wanted
from applications.enums import RemoteActKind
from applications.models import Call, RemoteAct, RemoteDossier, SyncPass

from .pages import show
from .rules import calls_visible_to

BY_PAGE, PASSES = 50, 10


@page("desk.view_dossier", visible=calls_visible_to, by="code")
@require_safe
def demarche(request: HttpRequest, obj: Call) -> HttpResponse:
    """Dossiers in fault, with each field; those deleted there; what is written there, and would be; the last passes.

    Never a dossier of one's own.
    """
    at = clock.now()
    remotes = RemoteDossier.objects.filter(~Q(email=request.user.email), call=obj)
    faulty = remotes.filter(faults__isnull=False).distinct().select_related("dossier").prefetch_related("faults")
    passes = SyncPass.objects.filter(call=obj)
    return show(
        request,
        "admin/portal/demarche.html",
        title=f"{obj.code} – Démarches Simplifiées",
        call=obj,
        page_obj=Paginator(faulty.order_by("number"), BY_PAGE).get_page(request.GET.get("page")),
        gone=remotes.filter(gone_at__isnull=False).select_related("dossier").order_by("number")[:BY_PAGE],
        counts=remotes.aggregate(imported=Count("dossier"), all=Count("pk")),
        passes=passes[:PASSES],
        to_write=[(row, one, RemoteActKind(one.act).label) for row, one in _to_write(obj, request.user.email)],
        written=RemoteAct.objects.filter(~Q(remote__email=request.user.email), remote__call=obj)
        .select_related("remote__dossier")
        .order_by("-tried_at", "-pk")[:BY_PAGE],
        last_success=passes.filter(ended_at__isnull=False).first(),
        next_at=actions.next_sync_at(obj, at) if obj.demarches and is_configured() else None,
        is_configured=is_configured(),
        may_sync=bool(obj.demarches) and is_configured() and allowed(request.user, "applications.sync_demarche", obj),
        now=at,
    )


def _to_write(call: Call, email: str) -> list[tuple[RemoteDossier, Wanted]]:
    """What is left to write there, without what is about a dossier of one's own."""
    return [(row, one) for row, one in islice(to_write(call), BY_PAGE) if row.email != email]


@page("applications.sync_demarche", visible=calls_visible_to, by="code")
@require_POST
def sync(request: HttpRequest, obj: Call) -> HttpResponse:
    """Ask for a pass now."""
    if obj.demarches and is_configured():
        actions.ask_sync(obj)
        messages.success(request, "La synchronisation est demandée : rechargez la page dans une minute.")
    else:
        messages.error(request, "Cet appel n’a pas de démarche, ou le portail n’a pas de jeton.")
    return redirect("admin:staff_demarche", code=obj.code)
