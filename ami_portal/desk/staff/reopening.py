"""A submitted review taken up again: what was asked, what reopening does, the act or its refusal."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from ami_portal.kernel.http import page
from applications.models import Dossier
from evaluation import actions
from evaluation.enums import ReviewState
from evaluation.forms import ReopeningForm
from evaluation.models import Reopening

from .pages import attempt, dossiers_shown_to, show
from .reviews import review_of

DECLINE = "refuser"
"""The name that the button which leaves the review as it is sends."""


@page("evaluation.reopen_review", visible=dossiers_shown_to)
@require_http_methods(["GET", "HEAD", "POST"])
def reopen(request: HttpRequest, obj: Dossier, juror: str) -> HttpResponse:
    """Reopen a review with a reason, or answer its juror that it stays; what was typed stays on the page."""
    review = review_of(request, obj, juror, ReviewState.SUBMITTED)
    if review.juror == request.user:
        raise Http404
    form = ReopeningForm(request.POST if request.method == "POST" else None, label="Motif, que le membre du jury lira")
    if request.method == "POST" and form.is_valid():
        said = {"reason": form.cleaned_data["reason"]}
        if DECLINE in request.POST:
            done = "L’évaluation reste telle qu’elle est remise ; son auteur en est prévenu."
            attempt(request, done, actions.decline_reopening, review, **said)
        else:
            done = "L’évaluation est rouverte ; son auteur en est prévenu. Ce qu’elle disait reste lisible ici."
            attempt(request, done, actions.reopen_review, review, **said)
        return redirect("admin:staff_reviews", ref=obj.ref)
    return show(
        request,
        "admin/portal/review_reopen.html",
        title=f"{obj.ref} – Rouvrir une évaluation",
        status=422 if form.is_bound else 200,
        dossier=obj,
        review=review,
        asked=Reopening.objects.filter(review=review, is_granted=None).first(),
        form=form,
    )
