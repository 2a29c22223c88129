"""The laureate reads who is who around its grant, and sends the agreement of its consortium."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from ami_portal.documents.store import FileRefused
from ami_portal.kernel.http import page
from ami_portal.kernel.permissions import allowed
from ami_portal.workflow import TransitionRefused
from funding import actions
from funding.forms import ConsortiumForm
from funding.models import Convention
from funding.parties import parties_of
from funding.rules import conventions_visible_to

from .conventions import serve


@page("funding.view_convention", visible=conventions_visible_to)
@require_http_methods(["GET", "HEAD", "POST"])
def convention_parties(request: HttpRequest, obj: Convention) -> HttpResponse:
    """Who leads, manages, signs, takes part; the agreement of the consortium."""
    convention = Convention.objects.select_related("dossier__call").get(pk=obj.pk)
    may_send = allowed(request.user, "funding.send_piece", convention) and not convention.closed_at
    form = ConsortiumForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if request.method == "POST" and form.is_valid():
        try:
            actions.send_consortium_agreement(obj, form.cleaned_data["document"], actor=request.user)
        except FileRefused as refusal:
            form.add_error("document", str(refusal))
        except TransitionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "L’accord de consortium est envoyé.")
            return redirect("funding:convention_parties", ref=obj.ref)
    context = {"convention": convention, "parties": parties_of(convention), "form": form, "may_send": may_send}
    return render(request, "funding/convention_parties.html", context, status=422 if form.is_bound else 200)


@page("funding.view_convention", visible=conventions_visible_to)
@require_safe
def delegation_pdf(request: HttpRequest, obj: Convention, number: int) -> HttpResponse:
    """The delegation of a signatory, by the number of the party; as a download."""
    party = get_object_or_404(obj.parties.select_related("delegation"), number=number)
    return serve(request, obj, party.delegation)


@page("funding.view_convention", visible=conventions_visible_to)
@require_safe
def consortium_pdf(request: HttpRequest, obj: Convention) -> HttpResponse:
    """The last agreement of the consortium, as a download."""
    last = obj.consortium_agreements.select_related("document").order_by("pk").last()
    if last is None:
        raise Http404
    return serve(request, obj, last.document)
