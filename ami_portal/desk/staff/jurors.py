"""A juror's profile in the hands of the jury's secretary."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from ami_portal.kernel.http import page
from applications.models import Call
from evaluation.forms_profile import ProfileForms
from evaluation.rules import jurors_kept_by
from evaluation.views.profile import save_profile

from .pages import show
from .rules import calls_judged_by


@page("evaluation.assign_juror", visible=calls_judged_by, by="code")
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest, obj: Call, pk: int) -> HttpResponse:
    """The same forms as the juror's own page."""
    juror = get_object_or_404(jurors_kept_by(request.user), pk=pk)
    forms = ProfileForms(juror, request.POST if request.method == "POST" else None)
    if request.method == "POST" and forms.is_valid() and save_profile(request, juror, forms):
        messages.success(request, f"Le profil de {juror.get_full_name()} est enregistré.")
        return redirect("admin:staff_seats", code=obj.code)
    context = {"call": obj, "juror": juror, "forms": forms}
    status = 422 if request.method == "POST" else 200
    return show(request, "admin/portal/juror.html", title=juror.get_full_name(), status=status, **context)
