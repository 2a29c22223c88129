"""The laureate's claims: expenses line by line or by spreadsheet, sent, then read with what was decided of each."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ami_portal.documents import sniff, store
from ami_portal.documents.enums import Verdict
from ami_portal.documents.store import FileRefused
from ami_portal.kernel.http import page
from ami_portal.kernel.permissions import allowed
from ami_portal.workflow import TransitionRefused
from funding import actions, expenses
from funding.forms import ExpenseFileForm, ExpenseForm
from funding.models import Convention, ExpenseClaim, ExpenseLine
from funding.regulation import regulation_of
from funding.rules import own_conventions
from funding.spending import as_csv, lines_of, sums_of

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def claim_of(convention: Convention, number: int) -> ExpenseClaim:
    """A claim of a convention by its number, or 404."""
    claims = ExpenseClaim.objects.select_related("convention__dossier__call", "instalment")
    return get_object_or_404(claims, convention=convention, number=number)


def line_of(claim: ExpenseClaim, number: int) -> ExpenseLine:
    """An expense of a claim by its number, or 404."""
    line = get_object_or_404(claim.lines.select_related("document"), number=number)
    line.claim = claim
    return line


def _page_of(claim: ExpenseClaim) -> HttpResponse:
    return redirect("funding:claim_detail", ref=claim.convention.ref, number=claim.number)


@page("funding.write_claim", visible=own_conventions)
@require_POST
def claim_start(request: HttpRequest, obj: Convention) -> HttpResponse:
    """Start the claim of the next instalment that waits for one."""
    try:
        claim = actions.start_claim(obj, actor=request.user)
    except TransitionRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("funding:convention_detail", ref=obj.ref)
    return _page_of(claim)


@page("funding.view_convention", visible=own_conventions)
@require_safe
def claim_detail(request: HttpRequest, obj: Convention, number: int) -> HttpResponse:
    """A claim: its expenses, what was decided, the spreadsheets that were sent, and the way to send it."""
    claim = claim_of(obj, number)
    return _shown(request, claim, ExpenseFileForm())


def _shown(request: HttpRequest, claim: ExpenseClaim, form: ExpenseFileForm) -> HttpResponse:
    rules = regulation_of(claim.convention)
    lines = lines_of(claim, rules)
    context = {
        "convention": claim.convention,
        "claim": claim,
        "lines": lines,
        "sums": sums_of(lines),
        "rules": rules,
        "form": form,
        "sent": claim.files.select_related("document").order_by("-pk").first(),
        "may_write": claim.is_open and allowed(request.user, "funding.write_claim", claim),
    }
    return render(request, "funding/claim_detail.html", context, status=422 if form.is_bound else 200)


@page("funding.write_claim", visible=own_conventions)
@get_or_post
def claim_add(request: HttpRequest, obj: Convention, number: int) -> HttpResponse:
    """State one expense."""
    return _edit(request, claim_of(obj, number), None)


@page("funding.write_claim", visible=own_conventions)
@get_or_post
def claim_change(request: HttpRequest, obj: Convention, number: int, line: int) -> HttpResponse:
    """Change one expense, or its document."""
    claim = claim_of(obj, number)
    return _edit(request, claim, line_of(claim, line))


def _edit(request: HttpRequest, claim: ExpenseClaim, line: ExpenseLine | None) -> HttpResponse:
    names = ("category", "label", "supplier", "invoiced_on", "paid_on", "amount")
    known = {name: getattr(line, name) for name in names} if line else None
    posted: tuple[Any, ...] = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ExpenseForm(*posted, rules=regulation_of(claim.convention), initial=known)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        document = values.pop("document")
        try:
            actions.keep_line(claim, values, line=line, document=document, actor=request.user)
        except FileRefused as refusal:
            form.add_error("document", str(refusal))
        except TransitionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"« {values['label']} » est enregistrée.")
            return _page_of(claim)
    context = {"convention": claim.convention, "claim": claim, "line": line, "form": form}
    return render(request, "funding/claim_line.html", context, status=422 if form.is_bound else 200)


@page("funding.write_claim", visible=own_conventions)
@require_POST
def claim_remove(request: HttpRequest, obj: Convention, number: int, line: int) -> HttpResponse:
    """Take one expense out."""
    claim = claim_of(obj, number)
    expense = line_of(claim, line)
    try:
        actions.remove_line(expense, actor=request.user)
    except TransitionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"« {expense.label} » est retirée de l’état de dépenses.")
    return _page_of(claim)


@page("funding.write_claim", visible=own_conventions)
@require_POST
def claim_file(request: HttpRequest, obj: Convention, number: int) -> HttpResponse:
    """Send a spreadsheet; what came of it is read on the page of the claim."""
    claim = claim_of(obj, number)
    form = ExpenseFileForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            actions.send_file(claim, form.cleaned_data["document"], actor=request.user)
        except (FileRefused, TransitionRefused) as refusal:
            form.add_error("document", str(refusal))
        else:
            messages.success(request, "Le tableau est reçu : il est lu dans l’instant.")
            return _page_of(claim)
    return _shown(request, claim, form)


@page("funding.write_claim", visible=own_conventions)
@require_POST
def claim_submit(request: HttpRequest, obj: Convention, number: int) -> HttpResponse:
    """Send a claim to be examined."""
    claim = claim_of(obj, number)
    try:
        actions.submit_claim(claim, actor=request.user)
    except TransitionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"L’état de dépenses {number} est envoyé : il sera examiné ligne par ligne.")
    return _page_of(claim)


@page("funding.view_convention", visible=own_conventions)
@require_safe
def claim_model(request: HttpRequest, obj: Convention) -> HttpResponse:
    """The workbook to fill, with the categories of the regulation."""
    rules = regulation_of(obj)
    content = expenses.model(rules.tax_words, rules.categories)
    return attached(content, f"{obj.ref}-depenses.xlsx", sniff.XLSX)


@page("funding.view_convention", visible=own_conventions)
@require_safe
def claim_csv(request: HttpRequest, obj: Convention, number: int) -> HttpResponse:
    """A claim with what was decided, as a table."""
    claim = claim_of(obj, number)
    return attached(as_csv(claim), f"{obj.ref}-depenses-{number}.csv", "text/csv; charset=utf-8")


def attached(content: bytes, filename: str, media_type: str) -> HttpResponse:
    """Some bytes as a download."""
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


@page("funding.view_convention", visible=own_conventions)
@require_safe
def claim_proof(request: HttpRequest, obj: Convention, number: int, line: int) -> HttpResponse:
    """The document of an expense, once inspected."""
    return proof(line_of(claim_of(obj, number), line))


def proof(line: ExpenseLine) -> HttpResponse:
    """The document of an expense as a download; 404 before it is accepted by the inspection."""
    if line.document is None or line.document.verdict != Verdict.ACCEPTED:
        raise Http404
    return store.serve(line.document)
