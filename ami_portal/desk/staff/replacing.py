"""A review that does not come is given to somebody else: who may take it, what that does, the act."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from ami_portal.kernel.http import page
from applications.models import Dossier
from evaluation import actions
from evaluation.actions.progress import WAITING
from evaluation.seating import jurors

from .forms_jury import ReplaceForm
from .pages import attempt, dossiers_shown_to, show
from .reviews import available, review_of


@page("evaluation.assign_juror", visible=dossiers_shown_to)
@require_http_methods(["GET", "HEAD", "POST"])
def replace(request: HttpRequest, obj: Dossier, juror: str) -> HttpResponse:
    """Choose who takes the review, and say why; what was typed stays on the page."""
    review = review_of(request, obj, juror, *WAITING)
    found = available(obj, set(obj.reviews.values_list("juror_id", flat=True)))
    free = [one for one in found if not one.conflict]
    form = ReplaceForm(free, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        chosen = get_object_or_404(jurors(), email=form.cleaned_data["juror"])
        done = f"Le dossier est confié à {chosen.get_full_name()} à la place de {review.juror.get_full_name()}."
        attempt(request, done, actions.replace_juror, review, chosen, reason=form.cleaned_data["reason"])
        return redirect("admin:staff_reviews", ref=obj.ref)
    return show(
        request,
        "admin/portal/review_replace.html",
        title=f"{obj.ref} – Remplacer un évaluateur",
        status=422 if form.is_bound else 200,
        dossier=obj,
        review=review,
        marked=review.scores.count(),
        free=free,
        apart=[one for one in found if one.conflict],
        form=form,
    )
