"""The text of a convention on the staff's side: read it, answer and write a version, freeze it, reopen it."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from ami_portal.kernel.http import page
from ami_portal.kernel.permissions import allowed
from ami_portal.ui.forms import ReasonForm
from funding import actions, articles, negotiation
from funding.actions.negotiation import lost_figures
from funding.enums import RemarkState
from funding.forms import FreezeForm, VersionForm
from funding.models import AgreementText, Convention
from funding.rules import conventions_managed_by

from .pages import attempt, get_or_post, show, status_of


def _last(convention: Convention) -> AgreementText | None:
    return convention.texts.order_by("number").last()


@page("funding.follow_conventions", visible=conventions_managed_by)
@require_safe
def text(request: HttpRequest, obj: Convention) -> HttpResponse:
    """A version of the text, what it changes, the remarks on each article."""
    found = negotiation.page_of(obj, request.GET)
    if found is None:
        raise Http404
    may_negotiate = allowed(request.user, "funding.negotiate_convention", obj)
    title = f"Texte de {obj.ref}"
    return show(request, "text.html", title=title, convention=obj, text=found, may_negotiate=may_negotiate)


@page("funding.negotiate_convention", visible=conventions_managed_by)
@get_or_post
def answer(request: HttpRequest, obj: Convention) -> HttpResponse:
    """Every article to edit, every remark to answer: one version, one mail."""
    last = _last(obj)
    if last is None:
        raise Http404
    read = articles.read(last.articles)
    said = negotiation.remarks_of(obj)
    waiting = {code: [one for one in found if one.remark.state == RemarkState.OPEN] for code, found in said.items()}
    remarks = [one.remark for found in waiting.values() for one in found]
    data = request.POST if request.method == "POST" else None
    form = VersionForm(data, articles=read, remarks=remarks, initial={"base": last.number})
    if request.method == "POST" and form.is_valid():
        base, note = form.cleaned_data["base"], form.cleaned_data["note"]
        done = attempt(
            request,
            form,
            lambda: actions.answer_remarks(
                obj, base=base, wanted=form.wanted, note=note, answers=form.answers, actor=request.user
            ),
            f"L’équipe du projet est avertie : le texte de {obj.ref} et vos réponses sont à lire.",
        )
        if done:
            return redirect("admin:funding_convention_text", ref=obj.ref)

    def pairs(code: str) -> list[dict[str, Any]]:
        return [{"said": one, "fields": form.answer_fields(one.remark)} for one in waiting.get(code, ())]

    rows = [{"article": one, "fields": form.fields_of(one), "remarks": pairs(one.code)} for one in read]
    orphans = [pair for code in waiting if code not in {one.code for one in read} for pair in pairs(code)]
    title = f"Répondre ou modifier le texte de {obj.ref}"
    context = {"convention": obj, "form": form, "rows": rows, "orphans": orphans}
    return show(request, "answer.html", title=title, status=status_of(form), **context)


@page("funding.negotiate_convention", visible=conventions_managed_by)
@get_or_post
def freeze(request: HttpRequest, obj: Convention) -> HttpResponse:
    """What will be frozen, and what keeps it from being so; then the act."""
    last = _last(obj)
    form = FreezeForm(request.POST if request.method == "POST" else None, initial={"base": last.number if last else 0})
    if request.method == "POST" and form.is_valid():
        done = attempt(
            request,
            form,
            lambda: actions.freeze_convention(obj, base=form.cleaned_data["base"], actor=request.user),
            f"Le texte de la convention {obj.ref} est figé. Son PDF est en préparation.",
        )
        if done:
            return redirect("admin:funding_convention_change", ref=obj.ref)
    context = {
        "convention": obj,
        "form": form,
        "version": last,
        "lost": lost_figures(obj),
        "waiting": obj.remarks.filter(state=RemarkState.OPEN).count(),
        "back_url": reverse("admin:funding_convention_change", args=[obj.ref]),
    }
    return show(request, "freeze.html", title=f"Figer le texte de {obj.ref}", status=status_of(form), **context)


@page("funding.negotiate_convention", visible=conventions_managed_by)
@get_or_post
def reopen(request: HttpRequest, obj: Convention) -> HttpResponse:
    """Take a frozen text back to negotiation, for a reason."""
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        done = attempt(
            request,
            form,
            lambda: actions.reopen_convention(obj, reason=form.cleaned_data["reason"], actor=request.user),
            f"La négociation de la convention {obj.ref} est reprise.",
        )
        if done:
            return redirect("admin:funding_convention_change", ref=obj.ref)
    title = f"Reprendre la négociation de {obj.ref}"
    return show(request, "reopen.html", title=title, status=status_of(form), convention=obj, form=form)
