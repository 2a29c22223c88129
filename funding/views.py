"""The laureate's pages: their conventions, one convention, its documents."""

from django.core.paginator import Paginator
from django.db.models import Min, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ami_portal.accounts.rules import is_staff_member
from ami_portal.audit import trail
from ami_portal.documents import store
from ami_portal.documents.enums import Verdict
from ami_portal.documents.models import Document
from ami_portal.kernel import clock
from ami_portal.kernel.http import page
from ami_portal.kernel.permissions import SIGNED_IN

from . import reading
from .enums import InstalmentState
from .ledger import with_balances
from .models import Convention
from .rules import conventions_visible_to, own_conventions

PER_PAGE = 20


@page(SIGNED_IN)
@require_safe
def convention_list(request: HttpRequest) -> HttpResponse:
    """One's own conventions, the last first, each with the day of its next payment."""
    upcoming = Min("instalments__due_on", filter=~Q(instalments__state=InstalmentState.PAID))
    mine = with_balances(own_conventions(request.user)).select_related("dossier").annotate(next_due_on=upcoming)
    page_obj = Paginator(mine.order_by("-prepared_at", "-pk"), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "funding/convention_list.html", {"page_obj": page_obj})


@page("funding.view_convention", visible=conventions_visible_to)
@require_safe
def convention_detail(request: HttpRequest, obj: Convention) -> HttpResponse:
    """Where the convention stands: the line of its months, amounts, schedule, what comes next, documents."""
    convention = (
        Convention.objects.select_related("dossier__call", "document", "signed_document")
        .defer("dossier__call__texts", "dossier__call__purpose")
        .get(pk=obj.pk)
    )
    followed = reading.follow(convention, today=clock.today())
    return render(
        request,
        "funding/convention_detail.html",
        {"convention": convention, "followed": followed, "contact": convention.dossier.call.contact},
    )


@page("funding.view_convention", visible=conventions_visible_to)
@require_safe
def convention_pdf(request: HttpRequest, obj: Convention) -> HttpResponse:
    """The convention to sign, as a download."""
    return serve(request, obj, obj.document)


@page("funding.view_convention", visible=conventions_visible_to)
@require_safe
def signed_copy(request: HttpRequest, obj: Convention) -> HttpResponse:
    """The signed copy, as a download."""
    return serve(request, obj, obj.signed_document)


def serve(request: HttpRequest, convention: Convention, document: Document | None) -> HttpResponse:
    """A document of a convention once it may be read, 404 before; the journal says who of the staff took it."""
    if document is None or document.verdict != Verdict.ACCEPTED:
        raise Http404
    if is_staff_member(request.user):
        trail.record(
            "convention.read_file",
            subject=convention.ref,
            actor=request.user,
            at=clock.now(),
            filename=document.filename,
        )
    return store.serve(document)
