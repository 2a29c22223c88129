"""What the law publishes of grants, and when a grant is accounted for: an amount and a delay of the settings."""

import datetime as dt

from django.conf import settings
from django.db.models import QuerySet

from ami_portal.kernel import clock
from applications.models import Call

from .enums import ConventionState
from .models import Convention


def conventions_to_publish(call: Call) -> QuerySet[Convention]:
    """The grants signed of a call, of the legal amount at least, once its results are public."""
    if call.results_published_at is None:
        return Convention.objects.none()
    signed = Convention.objects.filter(dossier__call=call, signed_on__isnull=False)
    due = signed.exclude(state=ConventionState.CLOSED).filter(amount__gte=settings.ESSENTIAL_DATA_FROM_EUROS)
    return due.select_related("dossier").prefetch_related("instalments").order_by("ref")


def accounts_due(convention: Convention) -> list[dt.date]:
    """The days by which a financial account is due: so many months after the end of each civil year of the grant.

    Source: article 10 of the law of 12 April 2000, six months after the end of the financial year.
    """
    if convention.signed_on is None or convention.ends_on is None:
        return []
    years = range(convention.signed_on.year, convention.ends_on.year + 1)
    return [clock.add_months(dt.date(year, 12, 31), settings.FINANCIAL_ACCOUNT_MONTHS) for year in years]
