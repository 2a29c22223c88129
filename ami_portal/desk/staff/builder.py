"""The form builder: the revision under work beside the applicant's view; order, copies, removals; its publication."""

from contextlib import suppress
from dataclasses import replace
from functools import partial
from types import SimpleNamespace
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST

from ami_portal.desk import calls
from ami_portal.kernel import clock
from ami_portal.kernel.http import page
from ami_portal.questionnaire import editing, offers
from ami_portal.questionnaire.editing import Definition, Place
from ami_portal.questionnaire.outline import when
from ami_portal.workflow import TransitionRefused
from applications import actions, fields
from applications.actions.building import Change, digest_of
from applications.drafts import Draft
from applications.impact import impact_of
from applications.models import Call, FormDraft

from .pages import Confirmation, attempt, show
from .rules import calls_visible_to

CONFIGURE = "applications.configure_call"
EXAMPLE_ROW = "00000000-0000-4000-8000-000000000000"
BY_PAGE = 50


def draft_of(call: Call) -> FormDraft | None:
    """The revision under work, if there is one."""
    return FormDraft.objects.filter(call=call).select_related("base", "edited_by").first()


def applicant_view(call: Call, definition: Definition, section: str) -> dict[str, Any]:
    """What the applicants' own templates show of a section: nothing written, one example row in each table."""
    form = editing.form_of(definition).with_datasets(call.dataset_options)
    shown = next((one for one in form.sections if one.code == section), None)
    if shown is None:
        return {"section": None}
    rows = {question.code: [EXAMPLE_ROW] for question in shown.questions if question.type == "table"}
    draft = Draft(form=form, stored={}, rows=rows, removed={}, attachments={}, call=call)
    blocks = [replace(block, is_shown=True) for block in fields.blocks_of(shown, draft)]
    return {
        "section": shown,
        "blocks": [(block, _source(form, block.question)) for block in blocks],
        "dossier": SimpleNamespace(ref=call.code, call=call),
        "editable": False,
    }


def _source(form: Any, question: Any) -> str:
    """When a question is asked, in words; empty when it always is."""
    return when(question.shown_if, form)


def work_context(call: Call, draft: FormDraft | None, section: str) -> dict[str, Any]:
    """The sections, the questions of the one that is open, and the applicant's view of it."""
    definition = draft.definition if draft else call.form_revision.definition
    codes = [one["code"] for one in definition["sections"]]
    here = section if section in codes else (codes[0] if codes else "")
    return {
        "call": call,
        "draft": draft,
        "sections": [_section(one, number) for number, one in enumerate(definition["sections"])],
        "here": here,
        "last": len(codes) - 1,
        "gaps": editing.gaps(definition),
        "digest": digest_of(draft) if draft else "",
        "view": applicant_view(call, definition, here),
    }


def _section(node: dict[str, Any], rank: int) -> dict[str, Any]:
    questions = [
        {
            "code": one["code"],
            "label": one["label"],
            "kind": offers.offer(one["type"]).label,
            "required": one.get("required", True),
            "columns": len(one.get("columns", ())) if one["type"] == "table" else 0,
            "mark": editing.digest(one, whole=True),
        }
        for one in node["questions"]
    ]
    mark = editing.digest(node, whole=True)
    return {"code": node["code"], "title": node["title"], "rank": rank, "questions": questions, "mark": mark}


@page(CONFIGURE, visible=calls_visible_to, by="code")
@require_http_methods(["GET", "HEAD", "POST"])
def form(request: HttpRequest, obj: Call) -> HttpResponse:
    """The form of a call; on POST, the beginning of its next revision."""
    if request.method == "POST":
        attempt(
            request, "Une révision est en préparation. Rien ne change pour les porteurs.", actions.start_form_draft, obj
        )
        return redirect("admin:staff_form", code=obj.code)
    context = work_context(obj, draft_of(obj), request.GET.get("rubrique", ""))
    closed = obj.is_closed(clock.now())
    return show(request, "admin/portal/form.html", title=f"{obj.code} – Formulaire", closed=closed, **context)


@page(CONFIGURE, visible=calls_visible_to, by="code")
@require_POST
def act(request: HttpRequest, obj: Call) -> HttpResponse:
    """One button, or one drag: `act` says what and on which node. For the page's script the answer is JSON."""
    what, _, rest = request.POST.get("act", "").partition(":")
    names = rest.split(":")
    draft = draft_of(obj)
    try:
        change, place = _change(draft, what, names, request.POST)
        actions.edit_form_draft(obj, change, actor=request.user)
    except (KeyError, ValueError) as error:
        raise Http404 from error
    except TransitionRefused as refusal:
        return _acted(request, obj, Place(), str(refusal), refused=True)
    return _acted(request, obj, place, _said(obj, what, place), refused=False)


def place_of(kind: str, codes: list[str]) -> Place:
    """The place that a button names: `section:code`, `question:code`, `column:table:code`. Raises ValueError."""
    if kind == "section" and codes:
        return Place(codes[0])
    if kind == "question" and codes:
        return Place(question=codes[0])
    if kind == "column" and len(codes) > 1:
        return Place(question=codes[0], column=codes[1])
    raise ValueError(kind)


def _change(draft: FormDraft | None, what: str, names: list[str], data: Any) -> tuple[Change, Place]:
    """The edit that a button asks for. Raises KeyError, ValueError for what no page asks."""
    kind, *codes = names
    place = place_of(kind, codes)
    if draft is None:
        return Change(what, place, lambda definition: definition), place
    _, rank = editing.siblings(draft.definition, place)
    if what in ("up", "down"):
        return Change(
            "move", place, partial(editing.moved, place=place, to=rank + (1 if what == "down" else -1))
        ), place
    if what == "move":
        to = int(data.get("to", ""))
        if kind == "question" and data.get("into"):
            into = str(data["into"])
            edit = partial(editing.placed, question=place.question, section=into, to=to)
        else:
            edit = partial(editing.moved, place=place, to=to)
        return Change("move", place, edit), place
    if what == "duplicate":
        return Change("duplicate", place, partial(editing.duplicated, place=place)), place
    if what == "remove":
        return Change("remove", place, partial(editing.removed, place=place), seen=codes[-1], whole=True), place
    raise ValueError(what)


def _said(call: Call, what: str, place: Place) -> str:
    """What was done, as a screen reader says it: where the node stands now among its neighbours."""
    definition = draft_of(call).definition  # type: ignore[union-attr]  # an edit was just made in it
    if what == "remove":
        return "L’élément est retiré. « Annuler la dernière modification » le remet."
    nodes, rank = editing.siblings(definition, place)
    name = nodes[rank].get("label") or nodes[rank].get("title")
    if what == "duplicate":
        return f"« {name} » est copié, juste après."
    return f"« {name} » est à la place {rank + 1} sur {len(nodes)}."


def _acted(request: HttpRequest, call: Call, place: Place, said: str, *, refused: bool) -> HttpResponse:
    """After an edit: the page again, open at the same section; for the script, its new content and what to announce."""
    draft = draft_of(call)
    section = request.POST.get("rubrique", "")
    if draft and place.code:
        with suppress(KeyError):
            section = editing.section_of(draft.definition, place) or section
    if request.headers.get("Accept") == "application/json":
        html = render_to_string("admin/portal/_form_work.html", work_context(call, draft, section), request)
        return JsonResponse({"said": said, "html": html}, status=422 if refused else 200)
    (messages.error if refused else messages.success)(request, said)
    if place.column:
        return redirect("admin:staff_form_question", code=call.code, question=place.question)
    anchor = f"{'n' if place.question else 's'}-{place.code}"
    return redirect(f"{reverse('admin:staff_form', args=[call.code])}?rubrique={section}#{anchor}")


@page(CONFIGURE, visible=calls_visible_to, by="code")
@require_POST
def undo(request: HttpRequest, obj: Call) -> HttpResponse:
    """Take back the last edit."""
    seen = request.POST.get("seen", "")
    attempt(request, "La dernière modification est annulée.", actions.undo_form_edit, obj, seen=seen)
    section = request.POST.get("rubrique", "")
    return redirect(f"{reverse('admin:staff_form', args=[obj.code])}?{urlencode({'rubrique': section})}")


@page(CONFIGURE, visible=calls_visible_to, by="code")
@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: HttpRequest, obj: Call) -> HttpResponse:
    """Give up the revision under work."""
    back = reverse("admin:staff_form", args=[obj.code])
    if request.method == "POST":
        attempt(request, "La révision est abandonnée.", actions.discard_form_draft, obj)
        return redirect(back)
    return Confirmation(
        title="Abandonner la révision du formulaire",
        verb="Abandonner la révision",
        back=back,
        parent="Formulaire",
        done=("Les modifications en préparation sont effacées.", "Le formulaire publié reste tel qu’il est."),
        fixed=("Une révision abandonnée ne se retrouve pas : il faudrait la refaire.",),
    ).page(request)


@page(CONFIGURE, visible=calls_visible_to, by="code")
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest, obj: Call) -> HttpResponse:
    """What the revision changes and for which drafts; one button publishes it."""
    if request.method == "POST":
        seen = request.POST.get("seen", "")
        done = attempt(request, "La révision est publiée. Les brouillons suivent.", calls.publish_form, obj, seen=seen)
        return redirect("admin:staff_form" if done else "admin:staff_form_publish", code=obj.code)
    draft = draft_of(obj)
    if draft is None:
        messages.error(request, actions.building.NO_DRAFT)
        return redirect("admin:staff_form", code=obj.code)
    impact = impact_of(obj, editing.form_of(draft.definition))
    obstacles = actions.building.obstacles(obj, draft, clock.now())
    return show(
        request,
        "admin/portal/form_publish.html",
        title=f"{obj.code} – Publier la révision",
        call=obj,
        draft=draft,
        digest=digest_of(draft),
        impact=impact,
        page_obj=Paginator(impact.drafts, BY_PAGE).get_page(request.GET.get("page")),
        obstacles=obstacles or calls.form_problems(obj, draft.definition),
    )
