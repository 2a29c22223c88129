"""Amendments, suspension and termination on the staff's side."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from ami_portal.kernel import clock
from ami_portal.kernel.http import page
from ami_portal.kernel.permissions import allowed
from ami_portal.ui.forms import ReasonForm
from funding import actions, amending, ledger
from funding.consolidation import categories_of, regulation_of, terms_of
from funding.enums import AmendmentState, ConventionState, CopyState, Party
from funding.forms import AmendmentForm, InterruptionForm, ReceivedCopyForm, RecordAmendmentForm, TerminationForm
from funding.models import Convention
from funding.rules import conventions_managed_by
from funding.signatures import copies_of
from funding.views.amendments import amendment_of

from .pages import attempt, get_or_post, sent, show, status_of


@page("funding.amend_convention", visible=conventions_managed_by)
@get_or_post
def prepare_amendment(request: HttpRequest, obj: Convention) -> HttpResponse:
    """What an amendment would change, and why."""
    is_signed = obj.state == ConventionState.SIGNED
    terms = terms_of(obj, clock.today())
    data = request.POST if request.method == "POST" else None
    form = AmendmentForm(data, categories=categories_of(obj), terms=terms)
    if request.method == "POST" and form.is_valid():
        done = attempt(
            request,
            form,
            lambda: actions.prepare_amendment(obj, form.wanted, reason=form.cleaned_data["reason"], actor=request.user),
            "L’avenant est préparé ; l’équipe du projet reçoit un courriel dès que son document est prêt.",
        )
        if done:
            return redirect("admin:funding_convention_amendment", ref=obj.ref, number=obj.amendments.count())
    last = amending.last_end(obj, regulation_of(obj)) if obj.signed_on else None
    context = {"convention": obj, "form": form, "terms": terms, "last": last, "is_signed": is_signed}
    return show(request, "prepare_amendment.html", title=f"Avenant à {obj.ref}", status=status_of(form), **context)


@page("funding.follow_conventions", visible=conventions_managed_by)
@get_or_post
def amendment(request: HttpRequest, obj: Convention, number: int) -> HttpResponse:
    """What an amendment changes, its copies with what they prove, the file of a party."""
    found = amendment_of(obj, number)
    is_open = found.state == AmendmentState.PREPARED
    may_amend = is_open and allowed(request.user, "funding.amend_convention", obj)
    form = ReceivedCopyForm(*sent(request), initial={"party": Party.OPERATOR})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        given: dict[str, Any] = {"party": said["party"], "is_paper": said["is_paper"], "amendment": found}
        done = attempt(
            request,
            form,
            lambda: actions.send_signed_copy(obj, said["document"], **given, actor=request.user),
            "La copie signée est reçue. Ses signatures sont vérifiées dans l’instant.",
        )
        if done:
            return redirect("admin:funding_convention_amendment", ref=obj.ref, number=number)
    copies = copies_of(obj, found)
    accepted = [one.copy.party for one in copies if one.copy.state == CopyState.ACCEPTED]
    context = {"convention": obj, "amendment": found, "copies": copies, "form": form, "may_record": may_amend}
    context |= {"missing": [Party(party).of for party in Party.values if party not in accepted]}
    context |= {"budget": amending.context(found)["budget"]}
    title = f"Avenant n° {number} à {obj.ref}"
    return show(request, "amendment.html", title=title, status=status_of(form), **context)


@page("funding.amend_convention", visible=conventions_managed_by)
@get_or_post
def record_amendment(request: HttpRequest, obj: Convention, number: int) -> HttpResponse:
    """Record that both parties have signed."""
    found = amendment_of(obj, number)
    form = RecordAmendmentForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        done = attempt(
            request,
            form,
            lambda: actions.record_amendment(found, **form.cleaned_data, actor=request.user),
            f"L’avenant n° {number} est en vigueur ; l’équipe du projet en est avertie.",
        )
        if done:
            return redirect("admin:funding_convention_amendment", ref=obj.ref, number=number)
    title = f"Enregistrer la signature de l’avenant n° {number} à {obj.ref}"
    context = {"convention": obj, "amendment": found, "form": form, "is_open": found.state == AmendmentState.PREPARED}
    return show(request, "record_amendment.html", title=title, status=status_of(form), **context)


@page("funding.amend_convention", visible=conventions_managed_by)
@get_or_post
def abandon_amendment(request: HttpRequest, obj: Convention, number: int) -> HttpResponse:
    """Give an amendment up, for a reason."""
    found = amendment_of(obj, number)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        done = attempt(
            request,
            form,
            lambda: actions.abandon_amendment(found, reason=form.cleaned_data["reason"], actor=request.user),
            f"L’avenant n° {number} est abandonné.",
        )
        if done:
            return redirect("admin:funding_convention_amendment", ref=obj.ref, number=number)
    title = f"Abandonner l’avenant n° {number} à {obj.ref}"
    words = "L’avenant ne sera pas signé ; la convention reste telle qu’elle est."
    context = {"convention": obj, "form": form, "words": words, "button": "Abandonner l’avenant"}
    return show(request, "interrupt.html", title=title, status=status_of(form), **context)


@page("funding.interrupt_convention", visible=conventions_managed_by)
@get_or_post
def suspend(request: HttpRequest, obj: Convention) -> HttpResponse:
    """Suspend the payments."""
    words = "Plus aucun service fait n’est constaté ni aucun versement payé, jusqu’à la reprise."
    return _interrupt(request, obj, actions.suspend_convention, "Suspendre", words)


@page("funding.interrupt_convention", visible=conventions_managed_by)
@get_or_post
def resume(request: HttpRequest, obj: Convention) -> HttpResponse:
    """Resume them."""
    words = "Les versements reprennent. La fin du projet ne change pas : un avenant seul la déplace."
    return _interrupt(request, obj, actions.resume_convention, "Reprendre", words)


def _interrupt(request: HttpRequest, obj: Convention, act: Any, button: str, words: str) -> HttpResponse:
    form = InterruptionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        done = attempt(
            request,
            form,
            lambda: act(obj, **form.cleaned_data, actor=request.user),
            "C’est enregistré ; l’équipe du projet en est avertie.",
        )
        if done:
            return redirect("admin:funding_convention_change", ref=obj.ref)
    title = f"{button} les versements de {obj.ref}"
    context = {"convention": obj, "form": form, "words": words, "button": f"{button} les versements"}
    return show(request, "interrupt.html", title=title, status=status_of(form), **context)


@page("funding.interrupt_convention", visible=conventions_managed_by)
@get_or_post
def terminate(request: HttpRequest, obj: Convention) -> HttpResponse:
    """End the convention before its time: what was paid, what is held, what follows."""
    form = TerminationForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        done = attempt(
            request,
            form,
            lambda: actions.terminate_convention(obj, **form.cleaned_data, actor=request.user),
            f"La convention {obj.ref} est résiliée ; l’équipe du projet en est avertie.",
        )
        if done:
            return redirect("admin:funding_convention_change", ref=obj.ref)
    balances = ledger.balances(obj)
    words = "C’est définitif : les versements qui restaient sont annulés."
    context = {"convention": obj, "form": form, "words": words, "button": "Résilier la convention"}
    context |= {"balances": balances}
    return show(request, "interrupt.html", title=f"Résilier {obj.ref}", status=status_of(form), **context)
