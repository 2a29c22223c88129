"""The queue of what waits for a decision, oldest first by its legal clock; from one dossier to the next by one key."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from ami_portal.accounts.enums import Role
from ami_portal.accounts.rules import holds
from ami_portal.kernel import clock
from ami_portal.kernel.http import page
from applications.models import Call, Dossier
from evaluation import duties
from evaluation.enums import Awaited, QueueAct
from evaluation.models import DecisionProposal, EligibilityItem, QueueEntry
from evaluation.rules import queue_visible_to

from .board import HEAVY
from .criterion import first_url, kept_filters, kept_query
from .pages import dossiers_shown_to, show

BY_PAGE = 25
MINE = "moi"


@page("desk.view_queue")
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """The oldest first, a page at a time; nothing is counted, so that the page costs the same however long it is."""
    chosen = kept_filters(request)
    rows = _filtered(request, chosen).select_related("dossier", "call").defer(*(f"call__{name}" for name in HEAVY))
    number = _page_number(request)
    found = list(rows[(number - 1) * BY_PAGE : number * BY_PAGE + 1])
    today, kept = clock.today(), urlencode(chosen)
    return show(
        request,
        "admin/portal/queue.html",
        title="À décider",
        rows=[
            {
                "entry": entry,
                "url": _open_url(entry.dossier, chosen),
                "is_late": bool(entry.due_on and entry.due_on < today),
            }
            for entry in found[:BY_PAGE]
        ],
        chosen=chosen,
        calls=Call.objects.order_by("code").values_list("code", flat=True),
        acts=QueueAct.choices,
        number=number,
        earlier=f"?{kept}&page={number - 1}" if number > 1 else "",
        later=f"?{kept}&page={number + 1}" if len(found) > BY_PAGE else "",
    )


@page("evaluation.decide_criterion", visible=dossiers_shown_to)
@require_safe
def instruct(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """Open a dossier where it waits: at its first criterion that the person can decide, or where it is declared."""
    entry = get_object_or_404(queue_visible_to(request.user), dossier=obj)
    return redirect(_place(obj, entry, request.user) + kept_query(request))


@page("evaluation.decide_criterion", visible=dossiers_shown_to)
@require_safe
def following(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """Go to the dossier that comes after this one in the queue, with the same filters; at its end, to the queue."""
    chosen = kept_filters(request)
    rows = _filtered(request, chosen)
    here = QueueEntry.objects.filter(dossier=obj).first()
    entry = rows.filter(_after(here)).first() if here else rows.first()
    if entry is None:
        return redirect(reverse("admin:staff_queue") + kept_query(request))
    return redirect(_open_url(entry.dossier, chosen))


def _page_number(request: HttpRequest) -> int:
    typed = request.GET.get("page", "1")
    if not typed.isdecimal() or not 1 <= int(typed) <= 10_000:
        raise Http404
    return int(typed)


def _open_url(dossier: Dossier, chosen: dict[str, str]) -> str:
    query = f"?{urlencode(chosen)}" if chosen else ""
    return reverse("admin:staff_instruct", args=[dossier.ref]) + query


def _place(dossier: Dossier, entry: QueueEntry, user: Any) -> str:
    if entry.awaits == Awaited.ANSWER:
        return reverse("admin:staff_appeals", args=[dossier.ref])
    if entry.awaits == Awaited.DECLARATION:
        return reverse("admin:staff_dossier", args=[dossier.ref])
    return first_url(dossier, user)


def _filtered(request: HttpRequest, chosen: dict[str, str]) -> QuerySet[QueueEntry]:
    """An unknown value finds nothing rather than everything."""
    rows = queue_visible_to(request.user)
    if call := chosen.get("appel"):
        rows = rows.filter(call__code=call)
    if act := chosen.get("acte"):
        rows = rows.filter(act=act)
    if who := chosen.get("qui"):
        rows = rows.filter(_mine(request.user)) if who == MINE else rows.none()
    return rows


def _mine(user: Any) -> Q:
    """What this person can do now: a criterion of their duties that they have not proposed, or a declaration."""
    names = [*user.roles, *([duties.STAFF] if holds(user, Role.INSTRUCTOR) else [])]
    named = Q(criterion__decided_by__in=names) | Q(criterion__overruled_by__in=names)
    own = DecisionProposal.objects.filter(item=OuterRef("pk"), outcome="", proposed_by=user)
    items = EligibilityItem.objects.filter(
        named, ~Exists(own), version__dossier=OuterRef("dossier"), version__withdrawn_at=None, decision=""
    )
    found = Q(Exists(items.filter(criterion__act=OuterRef("act"))))
    return found | Q(awaits__in=[Awaited.DECLARATION, Awaited.ANSWER]) if holds(user, Role.INSTRUCTOR) else found


def _after(here: QueueEntry) -> Q:
    """The entries that come after this one, in the order of the queue."""
    same = Q(since__gt=here.since) | Q(since=here.since, pk__gt=here.pk)
    if here.due_on is None:
        return Q(due_on=None) & same
    return Q(due_on__gt=here.due_on) | Q(due_on=None) | Q(due_on=here.due_on) & same
