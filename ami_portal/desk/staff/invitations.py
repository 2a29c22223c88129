"""Invitations to a call's jury: who is invited, and before it, the dossiers that they would be in conflict with."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST

from ami_portal.kernel import clock
from ami_portal.kernel.http import page
from ami_portal.ui.forms import TextField
from ami_portal.workflow import TransitionRefused
from applications import reading
from applications.models import Call, Dossier
from evaluation import actions, interests
from evaluation.actions.conflicts import watched_dossiers
from evaluation.actions.inviting import candidate_of
from evaluation.actions.jurors import SaidProfile
from evaluation.conflicts import Found, found_between
from evaluation.forms_profile import IdentityForm, StayForm, rows_of, said_stays
from evaluation.rules import invitations_sent_in

from .pages import attempt, show
from .rules import calls_judged_by, dossiers_worked_on_by


class GuestForm(IdentityForm):
    """Somebody who might sit in a jury."""

    version = None  # type: ignore[assignment]
    first_name = TextField(label="Prénom", max_length=100)
    last_name = TextField(label="Nom", max_length=100)
    email = forms.EmailField(label="Adresse électronique", help_text="Format attendu : nom@domaine.fr")
    field_order = ("first_name", "last_name", "email", "orcid")


@dataclass(frozen=True)
class Tied:
    """A dossier with which somebody would be in conflict, and how."""

    dossier: Dossier
    conflicts: tuple[Found, ...]


@page("evaluation.invite_juror", visible=calls_judged_by, by="code")
@require_http_methods(["GET", "HEAD", "POST"])
def invitations(request: HttpRequest, obj: Call) -> HttpResponse:
    """The guests of a call; what somebody is tied to is looked for first, then the same form invites."""
    data = request.POST if request.method == "POST" else None
    form, stays = GuestForm(data), rows_of(StayForm, data, [], "organismes")
    tied: list[Tied] | None = None
    if request.method == "POST" and form.is_valid() and stays.is_valid():
        known = SaidProfile(form.cleaned_data["orcid"], said_stays(stays))
        if "inviter" in request.POST and _invite(request, obj, form, known):
            return redirect("admin:staff_invitations", code=obj.code)
        tied = tied_to(request.user, obj, form.cleaned_data, known)
    context = {
        "call": obj,
        "form": form,
        "stays": stays,
        "tied": tied,
        "invitations": invitations_sent_in(request.user, obj).select_related("invited_by"),
    }
    wrong = (request.method == "POST" and tied is None) or bool(form.errors)
    title = f"Inviter au jury – {obj.code}"
    return show(request, "admin/portal/invitations.html", title=title, status=422 if wrong else 200, **context)


def _invite(request: HttpRequest, call: Call, form: GuestForm, known: SaidProfile) -> bool:
    """Send the invitation; a refusal becomes the form's error."""
    who = {name: form.cleaned_data[name] for name in ("email", "first_name", "last_name")}
    try:
        actions.invite_juror(call, **who, known=known, actor=request.user)
    except TransitionRefused as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, f"{who['first_name']} {who['last_name']} reçoit une invitation.")
    return True


def tied_to(user: Any, call: Call, who: dict[str, Any], known: SaidProfile) -> list[Tied]:
    """The dossiers of a call that somebody would be in conflict with, less those that the reader has a part in."""
    candidate = candidate_of(who["email"], who["first_name"], who["last_name"], known)
    domains, today = interests.circle_of([]).domains, clock.today()
    shown = watched_dossiers().filter(call=call, pk__in=dossiers_worked_on_by(user).values("pk")).order_by("ref")
    found = []
    for dossier in shown:
        if versions := dossier.versions.all():
            subject = interests.subject_of(dossier, reading.frozen(versions[0]), domains)
            if conflicts := found_between(candidate, subject, on=today):
                found.append(Tied(dossier, conflicts))
    return found


@page("evaluation.invite_juror", visible=calls_judged_by, by="code")
@require_POST
def withdraw(request: HttpRequest, obj: Call, uuid: UUID) -> HttpResponse:
    """Take back an invitation that waits."""
    invitation = get_object_or_404(invitations_sent_in(request.user, obj), uuid=uuid)
    said = f"L’invitation de {invitation.get_full_name()} est retirée."
    attempt(request, said, actions.withdraw_invitation, invitation)
    return redirect("admin:staff_invitations", code=obj.code)
