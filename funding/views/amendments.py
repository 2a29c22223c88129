"""The laureate reads its amendments and its terms on any day, signs, moves costs within the tolerance."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from ami_portal.documents.store import FileRefused
from ami_portal.kernel import clock
from ami_portal.kernel.http import page
from ami_portal.kernel.permissions import allowed
from ami_portal.workflow import TransitionRefused
from funding import actions, amending
from funding.consolidation import categories_of, first_budget, regulation_of, terms_of
from funding.enums import AmendmentState, ConventionState, CopyState, Party
from funding.forms import CopyForm, TermsForm, TransferForm
from funding.models import Amendment, Convention
from funding.rules import conventions_visible_to, own_conventions
from funding.signatures import copies_of

from .conventions import serve


@page("funding.view_convention", visible=conventions_visible_to)
@require_safe
def convention_terms(request: HttpRequest, obj: Convention) -> HttpResponse:
    """The terms on a day, with all that changed them: amendments, transfers, suspensions, the termination."""
    if obj.signed_on is None:
        raise Http404
    convention = Convention.objects.select_related("dossier__call").get(pk=obj.pk)
    form = TermsForm(request.GET if "au" in request.GET else None)
    day = form.cleaned_data["au"] if form.is_bound and form.is_valid() else clock.today()
    terms = terms_of(convention, day)
    rows = amending.rows(categories_of(convention), first_budget(convention), terms.budget)
    may_transfer = (
        convention.state == ConventionState.SIGNED
        and amending.tolerance(regulation_of(convention)) > 0
        and allowed(request.user, "funding.transfer_costs", convention)
    )
    context: dict[str, Any] = {"convention": convention, "form": form, "on": day, "terms": terms, "budget": rows}
    context |= {"labels": categories_of(convention), "may_transfer": may_transfer, **history_of(convention)}
    return render(request, "funding/convention_terms.html", context, status=422 if form.errors else 200)


def history_of(convention: Convention) -> dict[str, Any]:
    """What became of a convention since its signature."""
    labels = categories_of(convention)
    transfers = [
        {"row": one, "source": labels.get(one.source, one.source), "target": labels.get(one.target, one.target)}
        for one in convention.transfers.all()
    ]
    return {
        "amendments": list(convention.amendments.all()),
        "transfers": transfers,
        "suspensions": list(convention.suspensions.all()),
        "termination": getattr(convention, "termination", None),
    }


@page("funding.transfer_costs", visible=own_conventions)
@require_http_methods(["GET", "HEAD", "POST"])
def convention_transfer(request: HttpRequest, obj: Convention) -> HttpResponse:
    """Move costs from a category to another, within the tolerance of the regulation."""
    if obj.signed_on is None:
        raise Http404
    categories, rules = categories_of(obj), regulation_of(obj)
    form = TransferForm(request.POST if request.method == "POST" else None, categories=categories)
    if request.method == "POST" and form.is_valid():
        try:
            actions.transfer_costs(obj, form.wanted, reason=form.cleaned_data["reason"], actor=request.user)
        except TransitionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Le transfert est enregistré : votre budget en tient compte dès aujourd’hui.")
            return redirect("funding:convention_terms", ref=obj.ref)
    terms = terms_of(obj, clock.today())
    context = {
        "convention": obj,
        "form": form,
        "tolerance": amending.share(amending.tolerance(rules)),
        "budget": amending.rows(categories, first_budget(obj), terms.budget),
        "terms": terms,
    }
    return render(request, "funding/convention_transfer.html", context, status=422 if form.is_bound else 200)


def amendment_of(convention: Convention, number: int) -> Amendment:
    """An amendment of a convention, or 404."""
    rows = convention.amendments.select_related("convention__dossier__call", "document", "signed_document")
    return get_object_or_404(rows, number=number)


@page("funding.view_convention", visible=conventions_visible_to)
@require_http_methods(["GET", "HEAD", "POST"])
def amendment_detail(request: HttpRequest, obj: Convention, number: int) -> HttpResponse:
    """What an amendment changes, its document, what was signed."""
    amendment = amendment_of(obj, number)
    found = copies_of(obj, amendment)
    is_done = any(one.copy.party == Party.BENEFICIARY and one.copy.state == CopyState.ACCEPTED for one in found)
    may_send = (
        amendment.state == AmendmentState.PREPARED
        and amendment.document is not None
        and not is_done
        and allowed(request.user, "funding.send_signed_copy", obj)
    )
    form = CopyForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        sent: dict[str, Any] = {"party": Party.BENEFICIARY, "is_paper": said["is_paper"], "amendment": amendment}
        try:
            actions.send_signed_copy(obj, said["document"], **sent, actor=request.user)
        except FileRefused as refusal:
            form.add_error("document", str(refusal))
        except TransitionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Le document signé est envoyé. Ses signatures sont vérifiées dans l’instant.")
            return redirect("funding:amendment_detail", ref=obj.ref, number=number)
    context = {"convention": obj, "amendment": amendment, "copies": found, "form": form, "may_send": may_send}
    context |= {"budget": amending.context(amendment)["budget"]}
    return render(request, "funding/amendment_detail.html", context, status=422 if form.is_bound else 200)


@page("funding.view_convention", visible=conventions_visible_to)
@require_safe
def amendment_pdf(request: HttpRequest, obj: Convention, number: int) -> HttpResponse:
    """The document of an amendment, as a download."""
    return serve(request, obj, amendment_of(obj, number).document)
