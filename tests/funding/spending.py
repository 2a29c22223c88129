"""Claims of the tests: a regulation whose amounts follow expenses, and a claim in one line of code."""

import datetime as dt
from decimal import Decimal
from typing import Any

from ami_portal.accounts.models import User
from ami_portal.kernel import clock
from applications.models import Call
from funding import actions
from funding.models import Convention, ExpenseClaim, ExpenseLine
from tests import scenes

LINES = [
    ("advance", "Avance", "30", 0, "share"),
    ("first", "Premier état de dépenses", "30", 8, "claim"),
    ("second", "Second état de dépenses", "20", 16, "claim"),
    ("balance", "Solde", "20", 24, "balance"),
]
"""Code, label, percent, months, basis: an advance, two interim claims, the balance."""


def by_expenses(call: Call, **regulation: Any) -> Call:
    """The same call, whose grants are an advance of 30 %, two claims within 60 and 80 %, and a balance."""
    instalments = [
        {"code": code, "label": label, "percent": percent, "months_after_signature": months, "basis": basis}
        for code, label, percent, months, basis in LINES
    ]
    expenses = {"expenses": {"amounts": "including_tax", "documents": "on_request"}}
    Call.objects.filter(pk=call.pk).update(
        regulation=call.regulation | {"version": "dépenses", "instalments": instalments} | expenses | regulation
    )
    call.refresh_from_db()
    return call


def a_line(amount: str, label: str = "Salaires", **values: Any) -> dict[str, Any]:
    """An expense as a form says it."""
    day = clock.today() - dt.timedelta(days=2)
    said = {"category": "staff", "label": label, "supplier": "Institut Exemple", "invoiced_on": day, "paid_on": day}
    return said | {"amount": Decimal(amount)} | values


def a_claim(convention: Convention, owner: User, *amounts: str) -> ExpenseClaim:
    """A claim of these expenses, sent."""
    claim = actions.start_claim(convention, actor=owner)
    for amount in amounts:
        actions.keep_line(claim, a_line(amount, f"Dépense de {amount}"), document=scenes.a_file("f.pdf"), actor=owner)
    return actions.submit_claim(claim, actor=owner)


def accepted(claim: ExpenseClaim, officer: User) -> ExpenseClaim:
    """The same, once whatever is undecided is accepted."""
    actions.accept_rest(claim, actor=officer)
    return actions.accept_claim(claim, actor=officer)


def the_line(claim: ExpenseClaim, amount: str) -> ExpenseLine:
    """The line of a claim by its amount."""
    return claim.lines.get(amount=Decimal(amount))


def paid(convention: Convention, number: int, officer: User, accountant: User) -> None:
    """Certify a line unless it is, then pay it."""
    line = convention.instalments.get(number=number)
    if line.state == "planned":
        line = actions.certify_service(line, actor=officer)
    reference = f"VIR-{number}"
    actions.record_payment(line, paid_on=clock.today(), payment_reference=reference, actor=accountant)
