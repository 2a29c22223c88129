"""Where opinions are advisory: the staff keeps the dataset in the dossier, or refuses it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from ami_portal.kernel.http import page
from applications.models import Dossier
from evaluation import actions

from .dossier import show_opinions
from .following import ruling_form
from .opinion_forms import REFUSE
from .pages import attempt, dossiers_shown_to


@page("evaluation.settle_opinions", visible=dossiers_shown_to)
@require_POST
def ruling(request: HttpRequest, obj: Dossier, code: str) -> HttpResponse:
    """Decide; it may be decided otherwise until the jury's decisions are frozen."""
    opinion = get_object_or_404(obj.opinions.select_related("dataset", "dossier__call"), dataset__code=code)
    form = ruling_form(opinion, request.POST)
    if not form.is_valid():
        return show_opinions(request, obj, status=422, ruling=form)
    refuses = form.cleaned_data["choice"] == REFUSE
    said = "La base est refusée à ce dossier." if refuses else "La base reste dans le dossier."
    attempt(request, said, actions.rule_on_opinion, opinion, refuses=refuses, reason=form.cleaned_data["reason"])
    return redirect("admin:staff_opinions", ref=obj.ref)
