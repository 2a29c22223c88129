"""The money of a call on a day: in figures, in a drawing, in two tables, and as a spreadsheet that says the same."""

import datetime as dt
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from ami_portal.documents import sniff
from ami_portal.kernel import clock
from ami_portal.kernel.http import page
from ami_portal.kernel.money import in_words
from ami_portal.ui import charts, wording
from ami_portal.ui.forms import DayField, PortalForm
from applications.models import Call
from funding.position import Position, as_csv, as_workbook, position_of
from funding.rules import calls_followed_by
from funding.views.claims import attached

from .pages import show


class DayForm(PortalForm):
    """The day on which the money is looked at."""

    au = DayField(label="Au", initial=clock.today)


def _asked(request: HttpRequest) -> tuple[forms.Form, dt.date]:
    form = DayForm(request.GET if "au" in request.GET else None)
    day = form.cleaned_data["au"] if form.is_bound and form.is_valid() else clock.today()
    return form, day


@page("funding.follow_conventions")
@require_safe
def positions(request: HttpRequest) -> HttpResponse:
    """The calls that have conventions signed."""
    return show(request, "positions.html", title="État financier des appels", calls=calls_followed_by(request.user))


@page("funding.follow_position", visible=calls_followed_by, by="code")
@require_safe
def position(request: HttpRequest, obj: Call) -> HttpResponse:
    """Engaged, paid, retained, remaining and forecast by month, on a day."""
    form, day = _asked(request)
    found = position_of(obj, day)
    context = {"call": obj, "position": found, "form": form, "bars": _bars(found), "forecast": _forecast(found)}
    title = f"État financier au {wording.day(day)}"
    return show(request, "position.html", title=title, status=422 if form.errors else 200, **context)


def _bars(found: Position) -> Any:
    totals = found.totals
    said = (
        ("Payé", totals.paid),
        ("Retenu", totals.retained),
        ("Reste à payer", totals.remaining),
        ("À reverser", totals.owed),
    )
    return charts.bars([charts.Bar(label, in_words(amount), amount, cap=totals.granted) for label, amount in said])


def _forecast(found: Position) -> Any:
    return charts.bars(
        [charts.Bar(f"{month.on:%m/%Y}", in_words(month.amount), month.amount) for month in found.months]
    )


@page("funding.follow_position", visible=calls_followed_by, by="code")
@require_safe
def position_csv(request: HttpRequest, obj: Call) -> HttpResponse:
    """The same as a CSV."""
    _, day = _asked(request)
    return attached(as_csv(position_of(obj, day)), f"{obj.code}-etat-{day}.csv", "text/csv; charset=utf-8")


@page("funding.follow_position", visible=calls_followed_by, by="code")
@require_safe
def position_workbook(request: HttpRequest, obj: Call) -> HttpResponse:
    """The same as an Excel file."""
    _, day = _asked(request)
    return attached(as_workbook(position_of(obj, day)), f"{obj.code}-etat-{day}.xlsx", sniff.XLSX)
