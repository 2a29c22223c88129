"""The laureate sends what it signed, and reads what its signatures prove."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from ami_portal.documents.store import FileRefused
from ami_portal.kernel.http import page
from ami_portal.kernel.permissions import allowed
from ami_portal.workflow import TransitionRefused
from funding import actions
from funding.enums import ConventionState, CopyState, Party
from funding.forms import CopyForm
from funding.models import Convention
from funding.rules import conventions_visible_to
from funding.signatures import copies_of

from .conventions import serve


@page("funding.view_convention", visible=conventions_visible_to)
@require_http_methods(["GET", "HEAD", "POST"])
def convention_signature(request: HttpRequest, obj: Convention) -> HttpResponse:
    """How to sign, what was sent, what it proves."""
    convention = Convention.objects.select_related("dossier__call", "document").get(pk=obj.pk)
    found = copies_of(convention)
    is_done = any(one.copy.party == Party.BENEFICIARY and one.copy.state == CopyState.ACCEPTED for one in found)
    may_send = (
        convention.state == ConventionState.FROZEN
        and convention.document is not None
        and not is_done
        and allowed(request.user, "funding.send_signed_copy", convention)
    )
    form = CopyForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        sent = {"party": Party.BENEFICIARY, "is_paper": said["is_paper"], "actor": request.user}
        try:
            actions.send_signed_copy(obj, said["document"], **sent)
        except FileRefused as refusal:
            form.add_error("document", str(refusal))
        except TransitionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Le document signé est envoyé. Ses signatures sont vérifiées dans l’instant.")
            return redirect("funding:convention_signature", ref=obj.ref)
    context = {"convention": convention, "form": form, "copies": found, "may_send": may_send}
    return render(request, "funding/convention_signature.html", context, status=422 if form.is_bound else 200)


@page("funding.view_convention", visible=conventions_visible_to)
@require_safe
def copy_pdf(request: HttpRequest, obj: Convention, number: int) -> HttpResponse:
    """A signed copy, as a download."""
    copy = get_object_or_404(obj.signed_copies.select_related("document"), number=number)
    return serve(request, obj, copy.document)


@page("funding.view_convention", visible=conventions_visible_to)
@require_safe
def signature_record(request: HttpRequest, obj: Convention) -> HttpResponse:
    """The sealed record of the signatures, as a download."""
    if obj.signature_record is None:
        raise Http404
    return serve(request, obj, obj.signature_record)
