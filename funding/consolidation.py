"""The terms of one convention on a day: reads its rows, and folds them (`funding.terms`)."""

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from ami_portal.kernel import clock
from applications.models import RegulationVersion
from applications.reading import restricted, standing_version

from . import agreement
from .enums import AmendmentState
from .models import Amendment, BudgetTransfer, Convention
from .terms import Change, Terms, Transfer, consolidated


def regulation_of(convention: Convention) -> dict[str, Any]:
    """The financial regulation that a convention pins."""
    return RegulationVersion.content_of(convention.dossier.call, convention.regulation_version)


def categories_of(convention: Convention) -> dict[str, str]:
    """The categories of costs of its regulation, code → label."""
    return {raw["code"]: raw["label"] for raw in regulation_of(convention).get("cost_categories", ())}


def first_terms(convention: Convention, signed: Iterable[Amendment]) -> Terms:
    """What was signed first: the columns of a convention hold the present, each amendment holds what was before it."""
    amount, ends_on, lead = convention.amount, convention.ends_on, convention.scientific_lead
    for amendment in sorted(signed, key=_order, reverse=True):
        amount = amount if amendment.old_amount is None else amendment.old_amount
        ends_on = amendment.old_ends_on or ends_on
        lead = amendment.old_lead if amendment.new_lead else lead
    return Terms(amount, ends_on, lead, first_budget(convention))


def first_budget(convention: Convention) -> dict[str, Decimal]:
    """The costs by category of the frozen dossier; empty when it has none."""
    version = standing_version(convention.dossier)
    return agreement.costs_by_category(convention.dossier.call, restricted(version)) if version else {}


def _order(amendment: Amendment) -> tuple[dt.date, int]:
    return (amendment.signed_on or dt.date.max, amendment.number)


def changes_of(signed: Iterable[Amendment], transfers: Iterable[BudgetTransfer]) -> list[Change]:
    """Signed amendments and transfers as the fold reads them."""
    found = [
        Change(
            on=amendment.signed_on or dt.date.max,
            number=amendment.number,
            amount=amendment.new_amount,
            ends_on=amendment.new_ends_on,
            lead=amendment.new_lead,
            budget={line.category: line.amount for line in amendment.lines.all()},
        )
        for amendment in signed
    ]
    return found + [
        Change(on=clock.paris(one.made_at).date(), transfer=Transfer(one.source, one.target, one.amount))
        for one in transfers
    ]


def terms_of(convention: Convention, on: dt.date) -> Terms:
    """The terms on the day `on`: three queries beside those of the frozen dossier."""
    signed = list(convention.amendments.filter(state=AmendmentState.SIGNED).prefetch_related("lines"))
    return consolidated(first_terms(convention, signed), changes_of(signed, convention.transfers.all()), on)


def agreed_budget(convention: Convention) -> Mapping[str, Decimal]:
    """The budget that both parties last agreed on: without the transfers made since."""
    signed = list(convention.amendments.filter(state=AmendmentState.SIGNED).prefetch_related("lines"))
    return consolidated(first_terms(convention, signed), changes_of(signed, ()), dt.date.max).budget
