"""A call as the portal knows it, with the pages that edit it; and its questions and answers, which instructors keep."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.forms import formset_factory
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_safe

from ami_portal.desk.public import moves
from ami_portal.kernel import clock
from ami_portal.kernel.http import page
from ami_portal.kernel.permissions import allowed
from applications.enums import DossierState
from applications.models import Call
from evaluation.models import SelectionHeading

from .acts import answer_questions
from .chapters import chapters_of
from .forms import QuestionForm
from .lists import ListOnlyAdmin
from .pages import attempt, show
from .rules import calls_visible_to

EXTRA_ROWS, MAX_ROWS = 2, 1000


class CallAdmin(ListOnlyAdmin):
    """The calls; each opens its own page."""

    view_permission = "desk.view_call"
    list_display = ["link", "title", "opens_at", "closes_at", "submitted", "results_published_at"]
    ordering = ["-closes_at"]
    search_fields = ["code", "title"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Call]:
        deposited = ~Q(dossiers__state=DossierState.DRAFT) & Q(dossiers__submitted_at__isnull=False)
        rows = calls_visible_to(request.user).annotate(submitted=Count("dossiers", filter=deposited))
        return rows.only("code", "title", "opens_at", "closes_at", "results_published_at")

    @admin.display(description="code", ordering="code")
    def link(self, call: Call) -> str:
        return format_html('<a href="{}">{}</a>', reverse("admin:staff_call", args=[call.code]), call.code)

    @admin.display(description="dossiers déposés", ordering="submitted")
    def submitted(self, call: Call) -> int:
        return call.submitted


@page("desk.view_call", visible=calls_visible_to, by="code")
@require_safe
def call(request: HttpRequest, obj: Call) -> HttpResponse:
    """Everything that the call's file says, as the portal understood it."""
    form = obj.form_revision.form
    return show(
        request,
        "admin/portal/call.html",
        title=f"{obj.code} – {obj.title}",
        call=obj,
        is_open=obj.is_open(clock.now()),
        criteria=obj.criteria.all(),
        headings=SelectionHeading.objects.filter(call=obj).prefetch_related("points"),
        scale=obj.texts.get("scale") or {},
        datasets=obj.call_datasets.select_related("version__dataset__partner").order_by("version__dataset__code"),
        sections=form.sections,
        faq=obj.faq.all(),
        extensions=obj.extensions.all(),
        may_extend=allowed(request.user, "evaluation.extend_closing", obj),
        moves=moves(obj),
        regulations=obj.regulations.all(),
        loads=obj.loads.select_related("loaded_by").defer("content").order_by("-pk"),
        may_answer=allowed(request.user, "desk.answer_questions", obj),
        may_configure=allowed(request.user, "applications.configure_call", obj),
        chapters=chapters_of(obj),
        may_list=allowed(request.user, "desk.view_dossier"),
        may_judge=allowed(request.user, "evaluation.view_ranking"),
    )


@page("desk.answer_questions", visible=calls_visible_to, by="code")
@require_http_methods(["GET", "POST"])
def questions(request: HttpRequest, obj: Call) -> HttpResponse:
    """The questions and answers, all on one page: an emptied row goes, the order is by number."""
    initial = [{"question": row.question, "answer": row.answer, "position": row.position} for row in obj.faq.all()]
    rows: Any = formset_factory(QuestionForm, extra=EXTRA_ROWS, max_num=200, absolute_max=250)
    formset = rows(request.POST or None, initial=initial, prefix="questions")
    if request.method == "POST" and formset.is_valid():
        attempt(request, "Les questions et réponses sont publiées.", _save, obj, formset)
        return redirect("admin:staff_call", code=obj.code)
    return show(
        request,
        "admin/portal/call_questions.html",
        title=f"{obj.code} – Questions et réponses",
        status=422 if request.method == "POST" else 200,
        call=obj,
        formset=formset,
    )


def _save(call: Call, formset: Any, *, actor: Any) -> None:
    filled = [form.cleaned_data for form in formset if form.cleaned_data.get("question")]
    filled.sort(key=lambda row: row.get("position") or MAX_ROWS)
    answer_questions(call, [(row["question"], row["answer"]) for row in filled], actor=actor)
