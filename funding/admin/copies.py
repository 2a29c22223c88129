"""Signed copies on the staff's side: those that came, what they prove, what is decided of each."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_safe

from ami_portal.kernel.http import page
from ami_portal.kernel.permissions import allowed
from funding import actions
from funding.enums import ConventionState, CopyState, Party
from funding.forms import AcceptForm, ReceivedCopyForm, RefuseForm
from funding.models import Convention, SignedCopy
from funding.rules import conventions_managed_by
from funding.signatures import copies_of, evidence
from funding.views.conventions import serve

from .pages import attempt, get_or_post, sent, show, status_of


@page("funding.follow_conventions", visible=conventions_managed_by)
@get_or_post
def signatures(request: HttpRequest, obj: Convention) -> HttpResponse:
    """The copies with what they prove; the file of a party, by who may."""
    convention = Convention.objects.select_related("document").get(pk=obj.pk)
    is_open = convention.state == ConventionState.FROZEN and convention.document is not None
    may_record = is_open and allowed(request.user, "funding.record_signature", convention)
    form = ReceivedCopyForm(*sent(request), initial={"party": Party.OPERATOR})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        given: dict[str, Any] = {"party": said["party"], "is_paper": said["is_paper"], "actor": request.user}
        done = attempt(
            request,
            form,
            lambda: actions.send_signed_copy(obj, said["document"], **given),
            "La copie signée est reçue. Ses signatures sont vérifiées dans l’instant.",
        )
        if done:
            return redirect("admin:funding_convention_signatures", ref=obj.ref)
    found = copies_of(convention)
    accepted = [one.copy.party for one in found if one.copy.state == CopyState.ACCEPTED]
    context = {"convention": convention, "form": form, "copies": found, "may_record": may_record}
    context |= {"missing": [Party(party).of for party in Party.values if party not in accepted], "accepted": accepted}
    return show(request, "signatures.html", title=f"Signatures de {obj.ref}", status=status_of(form), **context)


def _copy(convention: Convention, number: int) -> SignedCopy:
    rows = convention.signed_copies.select_related("document", "convention", "amendment", "sent_by", "decided_by")
    return get_object_or_404(rows, number=number)


def _back(copy: SignedCopy) -> HttpResponse:
    """To the page of what was signed."""
    ref = copy.convention.ref
    if copy.amendment:
        return redirect("admin:funding_convention_amendment", ref=ref, number=copy.amendment.number)
    return redirect("admin:funding_convention_signatures", ref=ref)


@page("funding.record_signature", visible=conventions_managed_by)
@get_or_post
def accept(request: HttpRequest, obj: Convention, number: int) -> HttpResponse:
    """What a copy proves, then its acceptance."""
    copy = _copy(obj, number)
    form = AcceptForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        confirmed = form.cleaned_data["confirmed"]
        done = attempt(
            request,
            form,
            lambda: actions.accept_copy(copy, confirmed=confirmed, actor=request.user),
            f"La copie signée {Party(copy.party).of} est acceptée.",
        )
        if done:
            return _back(copy)
    title = f"Accepter la copie {number} de {obj.ref}"
    context = {"convention": obj, "found": evidence(copy), "form": form, "received": copy.state == CopyState.RECEIVED}
    return show(request, "accept_copy.html", title=title, status=status_of(form), **context)


@page("funding.record_signature", visible=conventions_managed_by)
@get_or_post
def refuse(request: HttpRequest, obj: Convention, number: int) -> HttpResponse:
    """What a copy proves, then its refusal, with a reason."""
    copy = _copy(obj, number)
    form = RefuseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        done = attempt(
            request,
            form,
            lambda: actions.refuse_copy(copy, reason=form.cleaned_data["reason"], actor=request.user),
            "La copie signée est refusée ; l’équipe du projet en est avertie si elle est la sienne.",
        )
        if done:
            return _back(copy)
    title = f"Refuser la copie {number} de {obj.ref}"
    context = {"convention": obj, "found": evidence(copy), "form": form, "received": copy.state == CopyState.RECEIVED}
    return show(request, "refuse_copy.html", title=title, status=status_of(form), **context)


@page("funding.follow_conventions", visible=conventions_managed_by)
@require_safe
def copy_pdf(request: HttpRequest, obj: Convention, number: int) -> HttpResponse:
    """A signed copy."""
    return serve(request, obj, _copy(obj, number).document)
