"""The pages of the form builder where one section, one question or one column is written."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from ami_portal.kernel.http import page
from ami_portal.questionnaire import editing
from ami_portal.questionnaire.editing import Definition, Node, Place
from ami_portal.workflow import TransitionRefused
from applications import actions
from applications.actions.building import NO_DRAFT, Change, StaleNode, problem_of, taken_codes
from applications.models import Call, FormDraft

from .builder import CONFIGURE, applicant_view, draft_of
from .builder_forms import ColumnForm, NodeForm, QuestionForm, SectionForm
from .logic_forms import names_known
from .pages import show
from .rules import calls_visible_to

METHODS = ["GET", "HEAD", "POST"]
guarded = page(CONFIGURE, visible=calls_visible_to, by="code")


@guarded
@require_http_methods(METHODS)
def section_add(request: HttpRequest, obj: Call) -> HttpResponse:
    """A new section."""
    return _write(request, obj, SectionForm, parent=Place())


@guarded
@require_http_methods(METHODS)
def section(request: HttpRequest, obj: Call, section: str) -> HttpResponse:
    """The words of a section."""
    return _write(request, obj, SectionForm, place=Place(section))


@guarded
@require_http_methods(METHODS)
def question_add(request: HttpRequest, obj: Call, section: str) -> HttpResponse:
    """A new question, the last of its section."""
    return _write(request, obj, QuestionForm, parent=Place(section))


@guarded
@require_http_methods(METHODS)
def question(request: HttpRequest, obj: Call, question: str) -> HttpResponse:
    """A question, and the columns of a table."""
    return _write(request, obj, QuestionForm, place=Place(question=question))


@guarded
@require_http_methods(METHODS)
def column_add(request: HttpRequest, obj: Call, question: str) -> HttpResponse:
    """A new column, the last of its table."""
    return _write(request, obj, ColumnForm, parent=Place(question=question))


@guarded
@require_http_methods(METHODS)
def column(request: HttpRequest, obj: Call, question: str, column: str) -> HttpResponse:
    """A column of a table."""
    return _write(request, obj, ColumnForm, place=Place(question=question, column=column))


def _write(
    request: HttpRequest, call: Call, maker: type[NodeForm], *, place: Place | None = None, parent: Place = editing.ROOT
) -> HttpResponse:
    """Show one node; write it when its form is valid and nobody wrote it meanwhile. What was typed is never lost."""
    draft = draft_of(call)
    if draft is None:
        messages.error(request, NO_DRAFT)
        return redirect("admin:staff_form", code=call.code)
    try:
        node = editing.node_at(draft.definition, place) if place else None
        form = _form(maker, request.POST or None, draft.definition, place, parent, node)
    except KeyError as error:
        raise Http404 from error
    page_of = partial(_page, request, call, draft, form, place or parent)
    seen = request.POST.get("seen") or (editing.digest(node) if node else "")
    if request.method != "POST":
        return page_of(seen)
    is_preview = bool(request.headers.get("X-Apercu"))
    if not form.is_valid():
        return _wrong(_said(form)) if is_preview else page_of(seen, status=422)
    change = _change(draft, form, place, parent, seen)
    if is_preview:
        return _preview(request, call, draft.definition, change)
    try:
        actions.edit_form_draft(call, change, actor=request.user)
    except StaleNode as stale:
        theirs = _form(maker, None, draft.definition, place, parent, stale.node)
        return page_of(editing.digest(stale.node), status=409, stale=stale, stored=_unlike(form, theirs))
    except TransitionRefused as refusal:
        form.add_error(None, str(refusal))
        return page_of(seen, status=422)
    messages.success(request, "Enregistré dans la révision en préparation.")
    return redirect(_next(call, change))


def _page(
    request: HttpRequest,
    call: Call,
    draft: FormDraft,
    form: NodeForm,
    where: Place,
    seen: str,
    *,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """The page of a node: its form, the columns of a table, the applicant's view of its section."""
    kind = type(form).__name__.removesuffix("Form").lower()
    return show(
        request,
        "admin/portal/form_node.html",
        title=f"{call.code} – {form.node[form.name_key] if form.node else 'Nouvel élément'}",
        status=status,
        call=call,
        form=form,
        node=form.node,
        kind=kind,
        seen=seen,
        columns=_columns(form.node),
        names=_names(draft, form, where),
        back=_back(call, draft, where),
        view=applicant_view(call, draft.definition, _section_of(draft, where)),
        **context,
    )


def _form(
    maker: type[NodeForm], data: Any, definition: Definition, place: Place | None, parent: Place, node: Node | None
) -> NodeForm:
    """The form of a node, with what is heard on the same page. Raises KeyError when its place is not there."""
    if place:
        nodes, rank = editing.siblings(definition, place)
        others = [one[maker.name_key] for number, one in enumerate(nodes) if number != rank]
    else:
        held = "columns" if parent.question else "questions"
        nodes = editing.node_at(definition, parent).get(held, []) if parent.code else definition["sections"]
        others = [one[maker.name_key] for one in nodes]
    more = {"before": _before(definition, place, parent)} if maker is QuestionForm else {}
    return maker(data, node=node, others=others, **more)


def _before(definition: Definition, place: Place | None, parent: Place) -> Iterable[Node]:
    """The questions asked before a place: those on which a condition may hang."""
    for one in definition["sections"]:
        for node in one["questions"]:
            if place and node["code"] == place.question:
                return
            if node["type"] not in ("table", "file"):
                yield node
        if one["code"] == parent.section:
            return


def _change(draft: FormDraft, form: NodeForm, place: Place | None, parent: Place, seen: str) -> Change:
    if place:
        node = form.to_node(place.code)
        return Change("change", place, partial(editing.replaced, place=place, node=node), seen)
    code = editing.fresh_code(form.cleaned_data["label"], taken_codes(draft, parent))
    new = Place(question=parent.question, column=code) if parent.question else Place(parent.section or code)
    if parent.section:
        new = Place(question=code)
    return Change("add", new, partial(editing.added, parent=parent, node=form.to_node(code)))


def _preview(request: HttpRequest, call: Call, definition: Definition, change: Change) -> HttpResponse:
    """The applicant's view as it would be, nothing written."""
    changed = change.apply(definition)
    if problem := problem_of(changed):
        return _wrong(problem)
    view = applicant_view(call, changed, editing.section_of(changed, change.place))
    return render(request, "admin/portal/_form_view.html", {"view": view})


def _wrong(words: str) -> HttpResponse:
    """Why nothing can be shown yet, said while one types."""
    return HttpResponse(words, status=422, content_type="text/plain; charset=utf-8")


def _said(form: NodeForm) -> str:
    """The first thing to mend in a form, with the name of its field."""
    name, errors = next(iter(form.errors.items()))
    return f"{form[name].label} : {errors[0]}" if name in form.fields else str(errors[0])


def _next(call: Call, change: Change) -> str:
    """Where to go once it is written: to the table for a column or a bare table, to the section otherwise."""
    place, fresh = change.place, draft_of(call)
    form = reverse("admin:staff_form", args=[call.code])
    if fresh is None:  # published meanwhile
        return form
    node = editing.node_at(fresh.definition, place)
    if place.column or (node.get("type") == "table" and not node.get("columns")):
        return reverse("admin:staff_form_question", args=[call.code, place.question])
    return (
        f"{form}?rubrique={editing.section_of(fresh.definition, place)}#{'n' if place.question else 's'}-{place.code}"
    )


def _unlike(form: NodeForm, theirs: NodeForm) -> list[tuple[str, Any]]:
    """What a colleague stored meanwhile, field by field, where it is not what was typed here."""
    return [
        (str(bound.label), theirs[bound.name].value() or "(vide)")
        for bound in form
        if str(theirs[bound.name].value() or "") != str(bound.value() or "")
    ]


def _columns(node: Node | None) -> list[dict[str, Any]] | None:
    if node is None or node.get("type") != "table":
        return None
    return [{**one, "mark": editing.digest(one, whole=True)} for one in node.get("columns", [])]


def _names(draft: FormDraft, form: NodeForm, where: Place) -> list[tuple[str, str]]:
    """What a formula may cite here: the columns of the table, and the questions that have one answer."""
    asked = [one for section in draft.definition["sections"] for one in section["questions"]]
    table = next((one for one in asked if one["code"] == where.question), {})
    single = [one for one in asked if one["type"] not in ("table", "file") and one["code"] != where.question]
    return names_known(table.get("columns", ()), single)


def _section_of(draft: FormDraft, place: Place) -> str:
    return editing.section_of(draft.definition, place) if place.code else ""


def _back(call: Call, draft: FormDraft, place: Place) -> str:
    url = reverse("admin:staff_form", args=[call.code])
    return f"{url}?rubrique={_section_of(draft, place)}" if place.code else url
