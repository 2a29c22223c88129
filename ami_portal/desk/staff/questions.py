"""The questions of visitors: the queue, and one question to answer for all, put aside or merge with another."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Case, QuerySet, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_safe

from ami_portal.kernel.http import page
from ami_portal.workflow import TransitionRefused
from applications import actions
from applications.enums import QuestionState
from applications.models import VisitorQuestion

from .forms import AnswerForm, IgnoreForm, MergeForm
from .pages import show
from .rules import calls_visible_to

BY_PAGE = 50
DONE = {
    "answer": "La réponse est publiée ; ceux qui rédigent l’apprendront avec les réponses du jour.",
    "ignore": "La question est écartée.",
    "merge": "La question est rattachée à l’autre.",
}


def _questions(user: Any) -> QuerySet[VisitorQuestion]:
    return VisitorQuestion.objects.filter(call__in=calls_visible_to(user)).select_related("call", "duplicate_of__call")


@page("applications.answer_question")
@require_safe
def questions(request: HttpRequest) -> HttpResponse:
    """Every question: those that wait first, the oldest in head, then the last dealt with."""
    waiting_first = Case(When(state=QuestionState.WAITING, then=0), default=1)
    waiting_since = Case(When(state=QuestionState.WAITING, then="asked_at"))
    rows = _questions(request.user).order_by(waiting_first, waiting_since, "-decided_at", "pk")
    page_obj = Paginator(rows, BY_PAGE).get_page(request.GET.get("page"))
    return show(request, "admin/portal/questions.html", title="Questions du public", page_obj=page_obj)


@page("applications.answer_question")
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """One question and its three ways out; what is refused stays as typed."""
    asked = get_object_or_404(_questions(request.user), call__code=code, number=number)
    act = request.POST.get("act", "")
    bound = _forms(asked, act, request.POST)
    if request.method == "POST":
        if act not in DONE:
            raise Http404
        form = bound[act]
        if form.is_valid() and _do(request, asked, act, form):
            return redirect("admin:staff_questions")
    return show(
        request,
        "admin/portal/question.html",
        title=f"Question {asked.number} – {code}",
        status=422 if request.method == "POST" else 200,
        asked=asked,
        act=act,
        forms=bound,
        duplicates=asked.duplicates.all(),
    )


def _forms(asked: VisitorQuestion, act: str, data: Any) -> dict[str, forms.Form]:
    """The form of each act, the one that was sent filled with what was typed."""
    sent = {name: data if name == act else None for name in DONE}
    initial = {"wording": asked.question or asked.asked, "answer": asked.answer}
    others = VisitorQuestion.objects.filter(
        call=asked.call_id, state__in=[QuestionState.WAITING, QuestionState.ANSWERED]
    ).exclude(pk=asked.pk)
    return {
        "answer": AnswerForm(sent["answer"], initial=initial),
        "ignore": IgnoreForm(sent["ignore"]),
        "merge": MergeForm(others.order_by("-number"), sent["merge"]),
    }


def _do(request: HttpRequest, asked: VisitorQuestion, act: str, form: forms.Form) -> bool:
    acts: dict[str, Callable[..., None]] = {
        "answer": actions.answer_question,
        "ignore": actions.ignore_question,
        "merge": actions.merge_question,
    }
    try:
        acts[act](asked, **form.cleaned_data, actor=request.user)
    except TransitionRefused as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, DONE[act])
    return True
