"""The laureate's pages: their conventions, one convention, its documents, and the way to give a grant up."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Min, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from ami_portal.accounts.rules import is_staff_member
from ami_portal.audit import trail
from ami_portal.documents import store
from ami_portal.documents.enums import Verdict
from ami_portal.documents.models import Document
from ami_portal.documents.store import FileRefused
from ami_portal.kernel import clock
from ami_portal.kernel.http import page
from ami_portal.kernel.permissions import SIGNED_IN, allowed
from ami_portal.workflow import TransitionRefused
from applications.enums import DossierState
from applications.models import Dossier, PieceRenewal
from applications.pieces import Event
from applications.rules import own_dossiers
from funding import actions, reading
from funding.actions.claims import claimable
from funding.actions.renouncing import obstacle, whom_to_call
from funding.forms import PieceForm, RenouncementForm
from funding.ledger import with_balances
from funding.models import Convention
from funding.path_reading import follow_path
from funding.pieces import awaited
from funding.rules import conventions_visible_to, own_conventions
from funding.spending import spending

PER_PAGE = 20


@page(SIGNED_IN)
@require_safe
def convention_list(request: HttpRequest) -> HttpResponse:
    """One's own conventions, the last first, each with the day of its next payment."""
    upcoming = Min("instalments__due_on", filter=~Q(instalments__state__in=reading.DONE))
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
    pieces = awaited(convention)
    followed = reading.follow(convention, today=clock.today(), pieces=pieces)
    dossier = convention.dossier
    may_renounce = dossier.state == DossierState.LAUREATE and allowed(request.user, "funding.renounce_grant", dossier)
    return render(
        request,
        "funding/convention_detail.html",
        {
            "convention": convention,
            "followed": followed,
            "contact": dossier.call.contact,
            "has_path": bool(dossier.call.regulation.get("path")) and not convention.closed_at,
            "followed_path": follow_path(convention, today=clock.today()),
            **spending(convention),
            "pieces": pieces,
            "claimable": claimable(convention),
            "may_send": allowed(request.user, "funding.send_piece", convention),
            "may_renounce": may_renounce and not followed.paid_count,
            "has_text": convention.texts.exists(),
            "suspension": convention.suspensions.filter(resumed_on=None).first(),
            "has_copies": convention.signed_copies.exists(),
        },
    )


@page("funding.send_piece", visible=own_conventions)
@require_http_methods(["GET", "HEAD", "POST"])
def convention_piece(request: HttpRequest, obj: Convention, kind: str) -> HttpResponse:
    """Send a supporting document again; those already sent."""
    asked = next((one for one in obj.dossier.call.piece_kinds if one.code == kind), None)
    if asked is None or not set(asked.valid_at) - {Event.DEPOSIT}:
        raise Http404
    form = PieceForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            actions.send_piece(obj, kind, said["document"], issued_on=said["issued_on"], actor=request.user)
        except FileRefused as refusal:
            form.add_error("document", str(refusal))
        except TransitionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"« {asked.label} » est envoyée. Une personne la vérifie avant qu’elle compte.")
            return redirect("funding:convention_detail", ref=obj.ref)
    sent = PieceRenewal.objects.filter(dossier=obj.dossier, kind=kind).select_related("document").order_by("-pk")
    held = next((one for one in awaited(obj) if one.piece.kind.code == kind), None)
    context = {"convention": obj, "kind": asked, "form": form, "sent": sent, "held": held}
    return render(request, "funding/convention_piece.html", context, status=422 if form.is_bound else 200)


@page("funding.renounce_grant", visible=own_dossiers)
@require_http_methods(["GET", "HEAD", "POST"])
def grant_renounce(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """Give the grant up, after a page that says what follows; or why it is not possible, and whom to call."""
    form = RenouncementForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.renounce_grant(obj, reason=form.cleaned_data["reason"], actor=request.user)
        except TransitionRefused as refusal:
            messages.error(request, str(refusal))
            return redirect("funding:grant_renounce", ref=obj.ref)
        messages.success(request, f"Vous avez renoncé à l’aide attribuée au dossier {obj.ref}.")
        return redirect("evaluation:dossier_outcome", ref=obj.ref)
    convention = Convention.objects.filter(dossier=obj).first()
    return render(
        request,
        "funding/grant_renounce.html",
        {
            "dossier": obj,
            "convention": convention,
            "form": form,
            "is_laureate": obj.state == DossierState.LAUREATE,
            "obstacle": obstacle(obj, convention),
            "contact": whom_to_call(obj.call),
        },
        status=422 if form.is_bound and form.errors else 200,
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
