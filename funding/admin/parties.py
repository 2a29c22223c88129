"""The parties around a grant on the staff's side: name one, take a partner out."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from ami_portal.kernel.http import page
from ami_portal.kernel.permissions import allowed
from ami_portal.ui.forms import ConfirmForm
from funding import actions
from funding.enums import ConventionState, PartyRole
from funding.forms import PartyForm
from funding.models import Convention
from funding.parties import parties_of
from funding.rules import conventions_managed_by

from .pages import attempt, get_or_post, sent, show, status_of


@page("funding.follow_conventions", visible=conventions_managed_by)
@get_or_post
def parties(request: HttpRequest, obj: Convention) -> HttpResponse:
    """Who is who; the next one to name."""
    over = (ConventionState.CLOSED, ConventionState.TERMINATED)
    may_name = allowed(request.user, "funding.name_parties", obj) and obj.state not in over
    form = PartyForm(*sent(request), initial={"role": PartyRole.SIGNATORY})
    if request.method == "POST" and form.is_valid():
        done = attempt(
            request,
            form,
            lambda: actions.name_party(obj, form.cleaned_data["role"], form.named, actor=request.user),
            f"{form.named.name} est nommé dans ce rôle.",
        )
        if done:
            return redirect("admin:funding_convention_parties", ref=obj.ref)
    context = {"convention": obj, "parties": parties_of(obj), "form": form, "may_name": may_name}
    return show(request, "parties.html", title=f"Parties à {obj.ref}", status=status_of(form), **context)


@page("funding.name_parties", visible=conventions_managed_by)
@get_or_post
def end_party(request: HttpRequest, obj: Convention, number: int) -> HttpResponse:
    """Take a party out."""
    party = get_object_or_404(obj.parties.select_related("convention"), number=number)
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        attempt(
            request,
            None,
            lambda: actions.end_party(party, actor=request.user),
            f"{party.name} n’est plus {party.get_role_display().lower()}.",
        )
        return redirect("admin:funding_convention_parties", ref=obj.ref)
    title = f"Retirer {party.name}"
    words = f"{party.get_role_display()} de la convention {obj.ref}. Le rôle est gardé avec ses dates."
    context = {"convention": obj, "form": form, "words": words, "button": f"Retirer {party.name}"}
    return show(request, "interrupt.html", title=title, status=status_of(form), **context)
