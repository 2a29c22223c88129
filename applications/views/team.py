"""The team of a dossier."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from ami_portal.kernel import clock
from ami_portal.kernel.http import page
from ami_portal.workflow import TransitionRefused
from applications import actions, drafts
from applications.enums import MemberRole
from applications.forms import InvitationForm
from applications.models import Dossier
from applications.rules import can_invite, own_dossiers, sealing_of
from applications.sharing import can_be_shared, given_in, outline, team_of


@page("applications.view_dossier", visible=own_dossiers)
@require_http_methods(["GET", "HEAD", "POST"])
def dossier_team(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """Who may read and write the dossier; the owner invites."""
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _invite(request, obj, form.cleaned_data["email"], form.cleaned_data["role"])
        return redirect("applications:dossier_team", ref=obj.ref)
    draft, team = drafts.load(obj), team_of(obj)
    given = given_in(team, draft, request.user)
    is_owner = can_invite(request.user, obj)
    context = {
        "dossier": obj,
        "team": team,
        "editors": [mate for mate in team if mate.can_hold],
        "outline": outline(draft, given),
        "given": given,
        "form": form,
        "is_owner": is_owner,
        "frozen": actions.refusal_to_change_team(obj, clock.now()),
        "editable": is_owner and can_be_shared(obj, clock.now()),
    }
    return render(request, "applications/dossier_team.html", context)


def _invite(request: HttpRequest, dossier: Dossier, email: str, role: str) -> None:
    held = _titles_held(dossier, email) if role == MemberRole.READER else []
    try:
        member = actions.invite_member(dossier, email, role, actor=request.user)
    except TransitionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        said = [f"{member.email} est dans l’équipe et reçoit un courriel.", *_given_back(held)]
        messages.success(request, " ".join(said))


def _titles_held(dossier: Dossier, email: str) -> list[str]:
    """The sections that a member holds, in the words of the form."""
    held = set(dossier.given_sections.filter(member__email=email.strip().lower()).values_list("section", flat=True))
    return [section.title for section in dossier.form_revision.form.sections if section.code in held]


def _given_back(titles: list[str]) -> list[str]:
    return [f"Ses rubriques vous reviennent : {', '.join(titles)}."] if titles else []


@page("applications.hand_over_dossier", visible=own_dossiers)
@require_http_methods(["GET", "HEAD", "POST"])
def dossier_hand_over(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """What changes when an editor becomes the owner, and the button; they are named by their address."""
    asked = request.POST if request.method == "POST" else request.GET
    member = get_object_or_404(obj.members.select_related("dossier"), email=asked.get("email", ""))
    if request.method == "POST":
        try:
            actions.hand_over_dossier(member, actor=request.user)
        except TransitionRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"{member.email} est le porteur du dossier. Vous en restez rédacteur.")
        return redirect("applications:dossier_team", ref=obj.ref)
    can_take = member.role == MemberRole.EDITOR and actions.has_account(member)
    mates = {mate.email: mate for mate in team_of(obj)}
    context = {
        "dossier": obj,
        "mate": mates[member.email],
        "can_take": can_take,
        "is_given": any(mate.member.given_sections.all() for mate in mates.values()),
        "sealing": sealing_of(obj),
        "frozen": actions.refusal_to_change_team(obj, clock.now()),
    }
    return render(request, "applications/dossier_hand_over.html", context)


@page("applications.invite_member", visible=own_dossiers)
@require_POST
def member_remove(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """End someone's right on the dossier; they are named by their address."""
    member = get_object_or_404(obj.members.select_related("dossier"), email=request.POST.get("email", ""))
    held = _titles_held(obj, member.email)
    try:
        actions.remove_member(member, actor=request.user)
    except TransitionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        back = "Pour revenir en arrière, invitez de nouveau."
        messages.success(request, " ".join([f"{member.email} n’est plus dans l’équipe.", *_given_back(held), back]))
    return redirect("applications:dossier_team", ref=obj.ref)
