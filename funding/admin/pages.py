"""A convention on the staff's side: where it stands, and one page for each act."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from ami_portal.documents.enums import Verdict
from ami_portal.documents.store import FileRefused
from ami_portal.kernel import clock
from ami_portal.kernel.http import page
from ami_portal.kernel.permissions import allowed
from ami_portal.workflow import TransitionRefused
from applications.enums import DossierState
from applications.models import Dossier
from applications.pieces import Event
from funding import actions, reading, schedule
from funding.actions.payments import unmet_conditions
from funding.actions.renouncing import obstacle, whom_to_call
from funding.actions.retention import why_not_freed
from funding.agreement import percent
from funding.amending import is_early
from funding.consolidation import regulation_of
from funding.enums import ConventionState, InstalmentState, RemarkState
from funding.forms import PaymentForm, RenouncementLetterForm, SignatureForm, SignedCopyForm
from funding.models import Convention, Instalment, Renouncement
from funding.pieces import awaited, conditions
from funding.published import accounts_due
from funding.rules import conventions_managed_by, dossiers_to_prepare, grants_to_end
from funding.signatures import accepted, evidence
from funding.views.conventions import serve

get_or_post = require_http_methods(["GET", "HEAD", "POST"])
FOLDER = "admin/funding/convention"
PER_PAGE = 50


def show(request: HttpRequest, template: str, *, title: str, status: int = 200, **context: Any) -> HttpResponse:
    """A page of the staff about a convention."""
    everything = {**admin.site.each_context(request), "title": title, **context}
    return render(request, f"{FOLDER}/{template}", everything, status=status)


def attempt(request: HttpRequest, form: Any, act: Callable[[], object], success: str) -> bool:
    """Do an act; a refusal becomes an error of the form (or a message when there is none), and changes nothing."""
    try:
        act()
    except FileRefused as refusal:
        form.add_error("document", str(refusal))
    except TransitionRefused as refusal:
        if form is None:
            messages.error(request, str(refusal))
        else:
            form.add_error(None, str(refusal))
    else:
        messages.success(request, success)
        return True
    return False


def sent(request: HttpRequest) -> tuple[Any, ...]:
    """What was posted, fields and files; nothing for a page that is only read."""
    return (request.POST, request.FILES) if request.method == "POST" else ()


# Laureates without a convention


@page("funding.prepare_convention")
@require_safe
def to_prepare(request: HttpRequest) -> HttpResponse:
    """The laureates that still have no convention, with the amount decided."""
    waiting = dossiers_to_prepare(request.user).select_related("call", "decision").order_by("call__code", "ref")
    page_obj = Paginator(waiting, PER_PAGE).get_page(request.GET.get("page"))
    return show(request, "to_prepare.html", title="Conventions à préparer", page_obj=page_obj)


@page("funding.prepare_convention", visible=dossiers_to_prepare)
@get_or_post
def prepare(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """What the convention will hold, then its generation."""
    if request.method == "POST":
        try:
            convention = actions.prepare_convention(obj, actor=request.user)
        except TransitionRefused as refusal:
            messages.error(request, str(refusal))
            return redirect("admin:funding_convention_to_prepare")
        messages.success(request, f"La convention {convention.ref} est générée. Son PDF est en préparation.")
        return redirect("admin:funding_convention_change", ref=convention.ref)
    call, decision = obj.call, obj.decision
    try:
        lines = schedule.lines(decision.amount, schedule.shares(call.regulation["instalments"]), call.retention_percent)
    except schedule.TooSmall:
        lines = []
    title = f"Générer la convention de {obj.ref}"
    context = {"dossier": obj, "decision": decision, "lines": lines, "retention": percent(call.retention_percent)}
    context |= {"is_early": is_early(obj.starts_on, call.regulation)}
    return show(request, "prepare.html", title=title, **context)


@page("funding.record_renouncement", visible=grants_to_end)
@get_or_post
def renounce(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """A renouncement that came by letter: what it ends, then its record."""
    form = RenouncementLetterForm(*sent(request))
    if request.method == "POST" and form.is_valid():
        done = attempt(
            request,
            form,
            lambda: actions.record_renouncement(obj, **form.cleaned_data, actor=request.user),
            f"Le renoncement du dossier {obj.ref} est enregistré ; l’équipe du projet en est avertie.",
        )
        if done:
            return redirect("admin:staff_dossier", ref=obj.ref)
    convention = Convention.objects.filter(dossier=obj).first()
    title = f"Enregistrer le renoncement de {obj.ref}"
    context = {"obstacle": obstacle(obj, convention), "is_laureate": obj.state == DossierState.LAUREATE}
    context |= {"dossier": obj, "convention": convention, "form": form, "contact": whom_to_call(obj.call)}
    return show(request, "renounce.html", title=title, status=status_of(form), **context)


# One convention


@page("funding.follow_conventions", visible=conventions_managed_by)
@require_safe
def change(request: HttpRequest, obj: Convention) -> HttpResponse:
    """Where the convention stands, the acts that one may do now, its documents, its journal. Nothing is edited."""
    convention = _whole(obj)
    is_closed = convention.state == ConventionState.CLOSED
    followed = reading.follow(convention, today=clock.today(), pieces=awaited(convention))
    return show(
        request,
        "change_form.html",
        title=f"Convention {convention.ref}",
        convention=convention,
        followed=followed,
        contact=convention.dossier.call.contact,
        has_text=convention.texts.exists(),
        is_early=is_early(convention.dossier.starts_on, regulation_of(convention)),
        amendments=convention.amendments.all(),
        has_copies=convention.signed_copies.exists(),
        open_count=convention.remarks.filter(state=RemarkState.OPEN).count(),
        claims=list(convention.claims.select_related("instalment")),
        orders=list(convention.orders.all()),
        accounts=accounts_due(convention),
        renouncement=Renouncement.objects.filter(dossier=convention.dossier_id).first() if is_closed else None,
        actions=convention.state == ConventionState.SIGNED,
        events=reading.events(convention),
        **_acts_open(request.user, convention, followed),
    )


def _acts_open(person: Any, convention: Convention, followed: reading.Followed) -> dict[str, bool]:
    """The acts of a person that the convention is open to as it stands, by the name that its page gives them."""
    state, kept = convention.state, convention.signed_document
    is_signed, is_prepared = state == ConventionState.SIGNED, state == ConventionState.PREPARED
    is_over = followed.is_over and bool(followed.balances.retained) and not why_not_freed(convention)
    is_unpaid = state != ConventionState.CLOSED and not followed.paid_count

    def may(permission: str, about: Convention | Dossier = convention) -> bool:
        return allowed(person, f"funding.{permission}", about)

    return {
        "may_amend": is_signed and may("amend_convention"),
        "may_interrupt": may("interrupt_convention"),
        "may_negotiate": is_prepared and may("negotiate_convention"),
        "may_sign": state == ConventionState.FROZEN and may("record_signature"),
        "may_attach": is_signed and (kept is None or kept.verdict == Verdict.REFUSED) and may("record_signature"),
        "may_certify": is_signed and may("certify_service"),
        "may_pay": is_signed and may("record_payment"),
        "may_repay": may("record_repayment"),
        "may_free": is_over and may("free_retention"),
        "may_renounce": is_unpaid and may("record_renouncement", convention.dossier),
    }


def _whole(convention: Convention) -> Convention:
    return Convention.objects.select_related("dossier__call", "document", "signed_document", "template").get(
        pk=convention.pk
    )


@page("funding.record_signature", visible=conventions_managed_by)
@get_or_post
def sign(request: HttpRequest, obj: Convention) -> HttpResponse:
    """The signature of both parties: what it starts, then its record."""
    asked = conditions(obj, Event.SIGNATURE, clock.today())
    copies = accepted(obj)
    said = [one.last_at for one in map(evidence, copies) if one.last_at]
    first = {"signed_on": clock.paris(max(said)).date()} if said else {}
    form = SignatureForm(*sent(request), asks_reason=bool(asked), initial=first)
    if request.method == "POST" and form.is_valid():
        done = attempt(
            request,
            form,
            lambda: actions.record_signature(obj, **form.cleaned_data, actor=request.user),
            f"La signature de la convention {obj.ref} est enregistrée ; l’équipe du projet en est avertie.",
        )
        if done:
            return redirect("admin:funding_convention_change", ref=obj.ref)
    title = f"Enregistrer la signature de {obj.ref}"
    context = {"convention": _whole(obj), "form": form, "conditions": asked, "copies": copies}
    return show(request, "sign.html", title=title, status=status_of(form), **context)


@page("funding.record_signature", visible=conventions_managed_by)
@get_or_post
def attach(request: HttpRequest, obj: Convention) -> HttpResponse:
    """The signed copy, when it comes after the record of the signature."""
    form = SignedCopyForm(*sent(request))
    if request.method == "POST" and form.is_valid():
        done = attempt(
            request,
            form,
            lambda: actions.attach_signed_copy(obj, form.cleaned_data["document"], actor=request.user),
            "La copie signée est déposée ; elle sera lisible une fois contrôlée.",
        )
        if done:
            return redirect("admin:funding_convention_change", ref=obj.ref)
    title = f"Déposer la copie signée de {obj.ref}"
    return show(request, "attach.html", title=title, status=status_of(form), convention=_whole(obj), form=form)


def status_of(form: Any) -> int:
    """What a page with a form answers: 422 for one that was sent and has errors."""
    return 422 if form.is_bound and form.errors else 200


@page("funding.follow_conventions", visible=conventions_managed_by)
@require_safe
def convention_pdf(request: HttpRequest, obj: Convention) -> HttpResponse:
    """The convention to sign."""
    return serve(request, obj, obj.document)


@page("funding.follow_conventions", visible=conventions_managed_by)
@require_safe
def signed_copy(request: HttpRequest, obj: Convention) -> HttpResponse:
    """The signed copy."""
    return serve(request, obj, obj.signed_document)


# One line of the schedule


def _line(convention: Convention, number: int) -> Instalment:
    lines = Instalment.objects.select_related("convention__dossier", "certified_by")
    return get_object_or_404(lines, convention=convention, number=number)


@page("funding.certify_service", visible=conventions_managed_by)
@get_or_post
def certify(request: HttpRequest, obj: Convention, number: int) -> HttpResponse:
    """The certification of a line: its condition, then the act."""
    line = _line(obj, number)
    if request.method == "POST":
        success = f"Le service fait du versement {number} est constaté : son paiement peut être enregistré."
        attempt(request, None, lambda: actions.certify_service(line, actor=request.user), success)
        return redirect("admin:funding_convention_change", ref=obj.ref)
    title = f"Constater le service fait : versement {number} de {obj.ref}"
    is_ready = obj.state == ConventionState.SIGNED and line.state == InstalmentState.PLANNED
    line.convention = convention = _whole(obj)
    waiting = unmet_conditions(line) if is_ready else []
    context = {"convention": convention, "line": line, "is_ready": is_ready and not waiting, "waiting": waiting}
    return show(request, "certify.html", title=title, **context)


@page("funding.record_payment", visible=conventions_managed_by)
@get_or_post
def pay(request: HttpRequest, obj: Convention, number: int) -> HttpResponse:
    """The payment of a line: what, to whom, how much, for good; then its record."""
    line = _line(obj, number)
    asked = conditions(obj, Event.PAYMENT, clock.today())
    form = PaymentForm(*sent(request), asks_reason=bool(asked))
    if request.method == "POST" and form.is_valid():
        done = attempt(
            request,
            form,
            lambda: actions.record_payment(line, **form.cleaned_data, actor=request.user),
            f"Le paiement du versement {number} est enregistré ; l’équipe du projet en est avertie.",
        )
        if done:
            return redirect("admin:funding_convention_change", ref=obj.ref)
    return show(
        request,
        "pay.html",
        title=f"Enregistrer le paiement : versement {number} de {obj.ref}",
        status=status_of(form),
        convention=_whole(obj),
        line=line,
        form=form,
        conditions=asked,
        is_ready=obj.state == ConventionState.SIGNED and line.state == InstalmentState.CERTIFIED,
        is_certifier=line.certified_by_id == request.user.pk,
    )
