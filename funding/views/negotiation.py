"""The laureate reads the text of its convention, version beside version, asks and proposes."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from ami_portal.kernel.http import page
from ami_portal.kernel.permissions import allowed
from ami_portal.workflow import TransitionRefused
from funding import actions, articles
from funding.enums import ConventionState, RemarkKind
from funding.forms import RemarkForm
from funding.models import Convention
from funding.negotiation import page_of
from funding.rules import conventions_visible_to, own_conventions


@page("funding.view_convention", visible=conventions_visible_to)
@require_safe
def convention_text(request: HttpRequest, obj: Convention) -> HttpResponse:
    """A version of the text, with what it changes and the remarks on each article."""
    convention = Convention.objects.select_related("dossier__call").get(pk=obj.pk)
    text = page_of(convention, request.GET)
    if text is None:
        raise Http404
    is_negotiated = convention.state == ConventionState.PREPARED and text.is_last
    may_remark = is_negotiated and allowed(request.user, "funding.make_remark", convention)
    context = {"convention": convention, "text": text, "may_remark": may_remark}
    return render(request, "funding/convention_text.html", context)


@page("funding.make_remark", visible=own_conventions)
@require_http_methods(["GET", "HEAD", "POST"])
def convention_remark(request: HttpRequest, obj: Convention, article: str) -> HttpResponse:
    """A question on an article, or a proposal of its text."""
    last = obj.texts.order_by("number").last()
    found = next((one for one in articles.read(last.articles if last else ()) if one.code == article), None)
    if last is None or found is None:
        raise Http404
    first = {"base": last.number, "proposed": found.text, "kind": RemarkKind.CHANGE}
    form = RemarkForm(request.POST if request.method == "POST" else None, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            actions.make_remark(obj, article, **form.cleaned_data, actor=request.user)
        except TransitionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Votre remarque sur « {found.title} » est envoyée au gestionnaire.")
            return redirect("funding:convention_text", ref=obj.ref)
    context = {"convention": obj, "article": found, "form": form}
    return render(request, "funding/convention_remark.html", context, status=422 if form.is_bound else 200)
