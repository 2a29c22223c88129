"""The way into a jury: the invitation and the charter that goes with it, answered by the person invited."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from ami_portal.accounts.enums import Role
from ami_portal.accounts.models import User
from ami_portal.kernel.http import page
from ami_portal.workflow import TransitionRefused
from evaluation import actions
from evaluation.enums import InvitationState
from evaluation.forms import InvitationAnswerForm
from evaluation.models import JuryInvitation
from evaluation.rules import charter_in_force, invitations_to

from . import people


def _invitations(user: Any) -> Any:
    return invitations_to(user).select_related("call", "invited_by")


@transaction.atomic
def join_jury(invitation: JuryInvitation, *, charter_sha256: str, actor: User) -> None:
    """Accept an invitation: the role of juror, the charter and the profile come together, or not at all."""
    try:
        people.grant_role(actor, Role.JUROR, actor=actor)
    except people.GrantRefused as refusal:
        raise TransitionRefused(str(refusal)) from refusal
    actions.accept_invitation(invitation, charter_sha256=charter_sha256, actor=actor)


@page("evaluation.answer_invitation", visible=_invitations, by="uuid")
@require_http_methods(["GET", "HEAD", "POST"])
def jury_invitation(request: HttpRequest, obj: JuryInvitation) -> HttpResponse:
    """What is asked, the charter, and the answer."""
    charter = charter_in_force(obj.call)
    form = InvitationAnswerForm(charter, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            return _answer(request, obj, form)
        except TransitionRefused as refusal:
            form.add_error(None, str(refusal))
    context = {"invitation": obj, "call": obj.call, "charter": charter, "form": form}
    context["is_open"] = obj.state == InvitationState.WAITING
    return render(request, "desk/jury_invitation.html", context, status=422 if form.errors else 200)


def _answer(request: HttpRequest, invitation: JuryInvitation, form: InvitationAnswerForm) -> HttpResponse:
    said = form.cleaned_data
    if said["choice"] == InvitationState.ACCEPTED:
        join_jury(invitation, charter_sha256=said["sha256"], actor=request.user)
        messages.success(request, "Vous êtes membre du jury. Complétez votre profil : il évite des liens d’intérêts.")
        return redirect("evaluation:juror_profile")
    actions.decline_invitation(invitation, answer=said["answer"], actor=request.user)
    messages.success(request, "Votre réponse est transmise. Merci de l’avoir donnée.")
    return redirect("my_home")
