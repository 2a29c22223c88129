"""The sections given to members: from the team page, several at once; from the page of a section, by its buttons."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from ami_portal.kernel.http import page
from ami_portal.workflow import TransitionRefused
from applications import actions
from applications.models import Dossier
from applications.rules import own_dossiers

SOON = "Un courriel le dira à qui elle concerne dans quelques minutes."
SOON_ALL = "Un courriel le dira à chacun dans quelques minutes."


@page("applications.give_section", visible=own_dossiers)
@require_POST
def sections_give(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """Give and take back the sections whose holder was changed on the page; the others stay as they are now."""
    data, wanted = request.POST, {}
    for section in obj.form_revision.form.sections:
        email = data.get(f"give.{section.code}")
        if email is not None and email != data.get(f"seen.{section.code}"):
            wanted[section.code] = email
    try:
        actions.share_sections(obj, wanted, actor=request.user)
    except TransitionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"La répartition est enregistrée. {SOON_ALL}" if wanted else "Rien n’a changé.")
    return redirect(reverse("applications:dossier_team", kwargs={"ref": obj.ref}) + "#rubriques")


def act_on(request: HttpRequest, dossier: Dossier, section: str) -> None:
    """What the buttons of a section's page ask besides saving: who has it, whether it is ready."""
    data, actor = request.POST, request.user
    try:
        if "section_give" in data:
            actions.share_sections(dossier, {section: data.get("give_to", "")}, actor=actor)
            messages.success(request, f"C’est noté. {SOON}")
        elif data.get("section_ready") == "1":
            missing = actions.mark_section_ready(dossier, section, actor=actor)
            messages.success(request, f"Cette rubrique est dite prête à relire{_missing(missing)}.")
        elif "section_ready" in data:
            actions.unmark_section_ready(dossier, section, actor=actor)
            messages.success(request, "Cette rubrique n’est plus dite prête.")
    except TransitionRefused as refusal:
        messages.error(request, str(refusal))


def _missing(count: int) -> str:
    """« ; il y manque encore 3 points », or nothing."""
    return f" ; il y manque encore {count} point{'s' if count > 1 else ''}" if count else ""
