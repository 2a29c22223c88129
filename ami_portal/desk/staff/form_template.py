"""The template of a file question: the operator's file, the rules that are read from it, kept or corrected by hand."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from ami_portal.documents import given, store
from ami_portal.documents.enums import Verdict
from ami_portal.documents.models import Document
from ami_portal.documents.store import FileRefused
from ami_portal.kernel.http import page
from ami_portal.questionnaire import editing
from ami_portal.questionnaire.editing import Node, Place
from ami_portal.ui.forms import PortalForm, TextField
from ami_portal.workflow import TransitionRefused
from applications import actions
from applications.actions.building import NO_DRAFT
from applications.models import Call

from .builder import CONFIGURE, draft_of
from .pages import show
from .rules import calls_visible_to

LINES = forms.Textarea(attrs={"rows": 5})


class TemplateFileForm(PortalForm):
    """A template to deposit."""

    file = forms.FileField(
        label="Fichier du modèle",
        help_text="Un fichier Word (.docx) ou Excel (.xlsx). Il est contrôlé comme tout fichier déposé, sans macro.",
        error_messages={"required": "Choisissez un fichier."},
    )


class TemplateRulesForm(PortalForm):
    """What each deposited file is held against: read from the template, then as staff say."""

    headings = TextField(
        label="Parties que chaque fichier doit avoir, suivies d’un texte",
        required=False,
        max_length=12_000,
        widget=LINES,
        help_text="Une par ligne. Une partie laissée telle que dans le modèle n’est pas remplie.",
    )
    filled_tables = forms.BooleanField(
        label="Chaque cellule des tableaux est remplie",
        required=False,
        help_text="Un tableau du modèle qui manque est dit aussi.",
    )
    tabs = TextField(
        label="Onglets que chaque classeur doit avoir",
        required=False,
        max_length=4_000,
        widget=LINES,
        help_text="Un par ligne. Un onglet laissé tel que dans le modèle n’est pas rempli.",
    )
    filled_tabs = forms.BooleanField(label="Chaque onglet est rempli", required=False)
    blocking = forms.BooleanField(
        label="Un écart empêche de déposer le dossier",
        required=False,
        help_text="Sinon, il est seulement signalé au porteur, puis à l’instruction.",
    )

    def rules(self) -> dict[str, Any]:
        """The rules of a valid form, without those that ask nothing."""
        said = {name: self.cleaned_data[name] for name in self.fields}
        for name in ("headings", "tabs"):
            said[name] = [line.strip() for line in str(said[name]).split("\n") if line.strip()]
        return {name: value for name, value in said.items() if value}


def _initial(rules: dict[str, Any]) -> dict[str, Any]:
    return {name: "\n".join(value) if isinstance(value, list) else value for name, value in rules.items()}


@page(CONFIGURE, visible=calls_visible_to, by="code")
@require_http_methods(["GET", "HEAD", "POST"])
def template(request: HttpRequest, obj: Call, question: str) -> HttpResponse:
    """Deposit a template; once it is controlled, keep or correct the rules that it suggests; or do without one."""
    draft = draft_of(obj)
    if draft is None:
        messages.error(request, NO_DRAFT)
        return redirect("admin:staff_form", code=obj.code)
    try:
        node = editing.node_at(draft.definition, Place(question=question))
    except KeyError as error:
        raise Http404 from error
    if node["type"] != "file":
        raise Http404
    if request.method != "POST":
        return _show(request, obj, node)
    act = request.POST.get("act", "")
    return _deposit(request, obj, node) if act == "deposit" else _keep(request, obj, node, without=act == "without")


def _deposit(request: HttpRequest, call: Call, node: Node) -> HttpResponse:
    form = TemplateFileForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            actions.deposit_template(call, node["code"], form.cleaned_data["file"], actor=request.user)
        except (FileRefused, TransitionRefused) as refusal:
            form.add_error("file", str(refusal))
        else:
            messages.success(request, "Le modèle est reçu. Son contrôle prend quelques secondes ; rien n’est publié.")
            return redirect("admin:staff_form_template", code=call.code, question=node["code"])
    return _show(request, call, node, file_form=form, status=422)


def _keep(request: HttpRequest, call: Call, node: Node, *, without: bool) -> HttpResponse:
    """The rules as they were typed, with the template that is shown; or without one."""
    form = TemplateRulesForm(request.POST)
    document = None if without else _shown(call, node, request.POST.get("document", ""))
    if form.is_valid():
        try:
            seen = request.POST.get("seen", "")
            actions.name_template(call, node["code"], document, form.rules(), seen=seen, actor=request.user)
        except TransitionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Enregistré dans la révision en préparation.")
            return redirect("admin:staff_form_question", code=call.code, question=node["code"])
    return _show(request, call, node, rules_form=form, status=422)


def _shown(call: Call, node: Node, uuid: str) -> Document | None:
    """The template that the page showed. 404 for any other file."""
    for document in (given.last_for(call.code, node["code"]), _named(node)):
        if document is not None and str(document.uuid) == uuid:
            return document
    if uuid:
        raise Http404
    return None


def _named(node: Node) -> Document | None:
    """The template that the revision under work already names."""
    named = node.get("file_rules", {}).get("template")
    return given.find(given.Template(**named)) if isinstance(named, dict) else None


def _show(
    request: HttpRequest,
    call: Call,
    node: Node,
    *,
    file_form: TemplateFileForm | None = None,
    rules_form: TemplateRulesForm | None = None,
    status: int = 200,
) -> HttpResponse:
    named, last = _named(node), given.last_for(call.code, node["code"])
    document = last if last and (named is None or last.pk > named.pk) else named
    rules = {key: value for key, value in node.get("file_rules", {}).items() if key in given.READ}
    facts = document.examination.facts if document and document.verdict == Verdict.ACCEPTED else {}
    is_new = bool(document and facts and document != named)
    if is_new:
        rules = {"blocking": rules.get("blocking", False), **given.rules_of(facts)}
    return show(
        request,
        "admin/portal/form_template.html",
        title=f"{call.code} – Modèle de « {node['label']} »",
        status=status,
        call=call,
        node=node,
        seen=request.POST.get("seen") or editing.digest(node),
        document=document,
        is_new=is_new,
        facts=facts,
        file_form=file_form or TemplateFileForm(),
        rules_form=rules_form or TemplateRulesForm(initial=_initial(rules)),
    )


@page(CONFIGURE, visible=calls_visible_to, by="code")
@require_safe
def template_file(request: HttpRequest, obj: Call, question: str) -> HttpResponse:
    """The last template deposited for a question, before it is published. 404 until it is accepted."""
    document = given.last_for(obj.code, question)
    if document is None or document.verdict != Verdict.ACCEPTED:
        raise Http404
    return store.serve(document)
