"""A juror's own page: their profile, which the portal compares with the dossiers."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from ami_portal.accounts.models import User
from ami_portal.kernel.http import page
from ami_portal.workflow import TransitionRefused
from evaluation import actions
from evaluation.actions.jurors import StaleProfile
from evaluation.forms_profile import ProfileForms
from evaluation.rules import jurors_kept_by


@page("evaluation.list_reviews")
@require_http_methods(["GET", "HEAD", "POST"])
def juror_profile(request: HttpRequest) -> HttpResponse:
    """Organisations, ORCID, fields, load and absences, on one page with one button."""
    juror = jurors_kept_by(request.user).get(pk=request.user.pk)
    forms = ProfileForms(juror, request.POST if request.method == "POST" else None)
    if request.method == "POST" and forms.is_valid() and save_profile(request, juror, forms):
        messages.success(request, "Votre profil est enregistré.")
        return redirect("evaluation:juror_profile")
    status = 422 if request.method == "POST" else 200
    return render(request, "evaluation/juror_profile.html", {"forms": forms, "juror": juror}, status=status)


def save_profile(request: HttpRequest, juror: User, forms: ProfileForms) -> bool:
    """Record what valid forms say. A refusal becomes the first form's error; what was typed stays, and where the
    profile changed meanwhile the next save is made on it as it is now."""
    try:
        actions.set_profile(
            juror, forms.said(), seen_version=forms.identity.cleaned_data["version"], actor=request.user
        )
    except TransitionRefused as refusal:
        forms.identity.add_error(None, str(refusal))
        if isinstance(refusal, StaleProfile):
            forms.show_stored(juror)
        return False
    return True
