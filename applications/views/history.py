"""The history of one question, and a text of it taken back."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from ami_portal.kernel import clock
from ami_portal.kernel.http import page
from ami_portal.kernel.permissions import allowed
from ami_portal.workflow import TransitionRefused
from applications import actions, drafts, former, history
from applications.models import Dossier, PastAnswer
from applications.rules import own_dossiers

BY_PAGE = 10


@page("applications.view_dossier", visible=own_dossiers)
@require_http_methods(["GET", "HEAD", "POST"])
def answer_history(request: HttpRequest, obj: Dossier, question: str) -> HttpResponse:
    """Every earlier text of a question, the newest first, beside the present one; take one back."""
    draft = drafts.load(obj)
    asked = former.whole_question(obj, question)
    if asked is None:
        raise Http404
    if request.method == "POST":
        return _take_back(request, obj, question)
    rows = PastAnswer.objects.filter(dossier=obj, question=question).defer("value").order_by("-saved_at", "-pk")
    page_obj = Paginator(history.folded(rows), BY_PAGE).get_page(request.GET.get("page"))
    context = {
        "dossier": obj,
        "question": asked,
        "section": draft.form.section_of(question) if question in draft.form.by_code else None,
        "page_obj": page_obj,
        "texts": history.told(obj, draft, page_obj),
        "present": draft.stored.get(drafts.Address(question)),
        "editable": allowed(request.user, "applications.edit_dossier", obj)
        and actions.may_change_now(obj, question, clock.now()),
    }
    return render(request, "applications/dossier_history.html", context)


def _take_back(request: HttpRequest, dossier: Dossier, question: str) -> HttpResponse:
    rows = PastAnswer.objects.filter(dossier=dossier, question=question).select_related("dossier", "form_revision")
    version = request.POST.get("version", "")
    try:
        past = rows.get(uuid=request.POST.get("text", ""))
    except (PastAnswer.DoesNotExist, ValidationError) as error:
        raise Http404 from error
    try:
        actions.take_back_answer(past, seen_version=int(version) if version.isdigit() else 0, actor=request.user)
    except KeyError as error:
        raise Http404 from error
    except actions.StaleAnswer:
        messages.error(request, "La réponse vient de changer : relisez-la ci-dessous, puis recommencez si besoin.")
    except TransitionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Ce texte est de nouveau la réponse. Celui qu’il remplace est dans l’historique.")
    return redirect("applications:answer_history", ref=dossier.ref, question=question)
