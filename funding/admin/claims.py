"""Claims on the staff's side: each expense decided, the claim accepted or given back; retention freed, debts repaid."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from ami_portal.audit import trail
from ami_portal.kernel import clock
from ami_portal.kernel.http import page
from ami_portal.kernel.permissions import allowed
from funding import actions, ledger
from funding.actions.examining import settle
from funding.actions.retention import why_not_freed
from funding.enums import Basis, ClaimState, ExpenseVerdict, OrderState
from funding.forms import ClaimReturnForm, ExpenseVerdictForm, FreeRetentionForm, RepaymentForm
from funding.models import Convention, ExpenseClaim, RecoveryOrder
from funding.regulation import regulation_of
from funding.rules import conventions_managed_by
from funding.spending import as_csv, lines_of, sums_of
from funding.views.claims import attached, claim_of, line_of, proof

from .pages import _whole, attempt, get_or_post, sent, show, status_of


def _back(claim: ExpenseClaim) -> HttpResponse:
    return redirect("admin:funding_convention_claim", ref=claim.convention.ref, number=claim.number)


@page("funding.follow_conventions", visible=conventions_managed_by)
@require_safe
def claim(request: HttpRequest, obj: Convention, number: int) -> HttpResponse:
    """A claim: every expense with what was decided, what its instalment would be, what may be done now."""
    shown = claim_of(obj, number)
    rules = regulation_of(shown.convention)
    lines = lines_of(shown, rules)
    is_open = shown.state == ClaimState.SUBMITTED and allowed(request.user, "funding.examine_claim", shown)
    return show(
        request,
        "claim.html",
        title=f"État de dépenses {number} de {obj.ref}",
        convention=shown.convention,
        claim=shown,
        lines=lines,
        sums=sums_of(lines),
        rules=rules,
        may_examine=is_open,
        follows=shown.instalment.basis != Basis.SHARE,
        due=settle(shown) if is_open else None,
    )


@page("funding.examine_claim", visible=conventions_managed_by)
@get_or_post
def claim_line(request: HttpRequest, obj: Convention, number: int, line: int) -> HttpResponse:
    """One expense, then the decision on it."""
    shown = claim_of(obj, number)
    expense = line_of(shown, line)
    is_decided = expense.verdict != ExpenseVerdict.PENDING
    known = {"verdict": expense.verdict, "accepted_amount": expense.accepted_amount, "reason": expense.reason}
    form = ExpenseVerdictForm(*sent(request), initial=known if is_decided else None)
    if request.method == "POST" and form.is_valid():
        done = attempt(
            request,
            form,
            lambda: actions.decide_line(expense, **form.cleaned_data, actor=request.user),
            f"« {expense.label} » : la décision est enregistrée.",
        )
        if done:
            return _back(shown)
    rules = regulation_of(shown.convention)
    category = rules.categories.get(expense.category, expense.category)
    context = {"convention": shown.convention, "claim": shown, "expense": expense, "category": category, "form": form}
    title = f"Dépense {line} de l’état {number} de {obj.ref}"
    return show(request, "claim_line.html", title=title, status=status_of(form), rules=rules, **context)


@page("funding.examine_claim", visible=conventions_managed_by)
@require_POST
def claim_rest(request: HttpRequest, obj: Convention, number: int) -> HttpResponse:
    """Accept what nothing was decided of."""
    shown = claim_of(obj, number)
    attempt(
        request,
        None,
        lambda: actions.accept_rest(shown, actor=request.user),
        "Les dépenses qui restaient à examiner sont acceptées en entier.",
    )
    return _back(shown)


@page("funding.examine_claim", visible=conventions_managed_by)
@require_POST
def claim_accept(request: HttpRequest, obj: Convention, number: int) -> HttpResponse:
    """Accept a claim whose expenses are all decided."""
    shown = claim_of(obj, number)
    success = f"L’état de dépenses {number} est accepté ; l’équipe du projet en est avertie."
    attempt(request, None, lambda: actions.accept_claim(shown, actor=request.user), success)
    return _back(shown)


@page("funding.examine_claim", visible=conventions_managed_by)
@get_or_post
def claim_return(request: HttpRequest, obj: Convention, number: int) -> HttpResponse:
    """Give a claim back, with what is to be corrected."""
    shown = claim_of(obj, number)
    form = ClaimReturnForm(*sent(request))
    if request.method == "POST" and form.is_valid():
        success = f"L’état de dépenses {number} est rendu ; l’équipe du projet en est avertie."
        act = {"reason": form.cleaned_data["reason"], "actor": request.user}
        if attempt(request, form, lambda: actions.return_claim(shown, **act), success):
            return _back(shown)
    title = f"Rendre l’état de dépenses {number} de {obj.ref}"
    context = {"convention": shown.convention, "claim": shown, "form": form}
    return show(request, "claim_return.html", title=title, status=status_of(form), **context)


@page("funding.follow_conventions", visible=conventions_managed_by)
@require_safe
def claim_proof(request: HttpRequest, obj: Convention, number: int, line: int) -> HttpResponse:
    """The document of an expense; the journal says who took it."""
    expense = line_of(claim_of(obj, number), line)
    response = proof(expense)
    said = {"filename": expense.document.filename if expense.document else "", "expense": expense.label}
    trail.record("claim.read_proof", subject=expense.claim.ref, actor=request.user, at=clock.now(), **said)
    return response


@page("funding.follow_conventions", visible=conventions_managed_by)
@require_safe
def claim_csv(request: HttpRequest, obj: Convention, number: int) -> HttpResponse:
    """A claim as a table."""
    return attached(as_csv(claim_of(obj, number)), f"{obj.ref}-depenses-{number}.csv", "text/csv; charset=utf-8")


@page("funding.free_retention", visible=conventions_managed_by)
@get_or_post
def free_retention(request: HttpRequest, obj: Convention) -> HttpResponse:
    """The retention is freed once the final report is accepted: how much, then the act."""
    convention = _whole(obj)
    form = FreeRetentionForm(*sent(request))
    if request.method == "POST" and form.is_valid():
        success = "La retenue est libérée : son paiement est chez l’agent comptable."
        act = {"reason": form.cleaned_data["reason"], "actor": request.user}
        if attempt(request, form, lambda: actions.free_retention(convention, **act), success):
            return redirect("admin:funding_convention_change", ref=obj.ref)
    context = {"convention": convention, "form": form, "obstacle": why_not_freed(convention)}
    context["retained"] = ledger.balances(convention).retained
    title = f"Libérer la retenue de {obj.ref}"
    return show(request, "free_retention.html", title=title, status=status_of(form), **context)


@page("funding.record_repayment", visible=conventions_managed_by)
@get_or_post
def repay(request: HttpRequest, obj: Convention, number: int) -> HttpResponse:
    """A sum asked back has come."""
    orders = RecoveryOrder.objects.select_related("convention__dossier__call")
    order = get_object_or_404(orders, convention=obj, number=number)
    form = RepaymentForm(*sent(request))
    if request.method == "POST" and form.is_valid():
        success = f"Le reversement {number} est enregistré."
        act: dict[str, Any] = {**form.cleaned_data, "actor": request.user}
        if attempt(request, form, lambda: actions.record_repayment(order, **act), success):
            return redirect("admin:funding_convention_change", ref=obj.ref)
    context = {"convention": _whole(obj), "order": order, "form": form}
    title = f"Enregistrer le reversement {number} de {obj.ref}"
    is_open = order.state == OrderState.ISSUED
    return show(request, "repay.html", title=title, status=status_of(form), is_open=is_open, **context)
