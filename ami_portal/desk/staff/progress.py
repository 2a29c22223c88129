"""The board of the evaluation: how far the reviews of a call are, by juror and by dossier, the latest first."""

from typing import Any

from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from ami_portal.kernel import clock
from ami_portal.kernel.http import page
from applications.models import Call
from evaluation.judging import judging_of, jury_ends_on
from evaluation.models import JurorProgress
from evaluation.rules import progress_visible_to

from .jury import session_of
from .pages import show
from .rules import calls_judged_by

BY_PAGE = 25
LAST_PAGE = 10_000


@page("evaluation.view_ranking", visible=calls_judged_by, by="code")
@require_safe
def progress(request: HttpRequest, obj: Call) -> HttpResponse:
    """What is missing, the oldest first; dossiers a page at a time, read off an index, so that the page costs the same
    however many they are."""
    opened, number = session_of(obj), _page_number(request)
    rows = progress_visible_to(request.user).filter(call=obj).select_related("dossier")
    only = ("dossier__ref", "dossier__title", "dossier__lead_name", "entrusted", "submitted", "waits_since", "score")
    found = list(rows.only(*only)[(number - 1) * BY_PAGE : number * BY_PAGE + 1])
    jurors = list(JurorProgress.objects.filter(call=obj).select_related("juror"))
    ends_on = jury_ends_on(obj)
    return show(
        request,
        "admin/portal/jury_progress.html",
        title=f"{obj.code} – Suivi des évaluations",
        call=obj,
        session=opened,
        jurors=sorted(jurors, key=_latest_first),
        totals=_totals(obj),
        rows=found[:BY_PAGE],
        ends_on=ends_on,
        is_late=bool(ends_on and ends_on < clock.today()),
        reminder_days=judging_of(obj)["reminder_days"],
        number=number,
        earlier=f"?page={number - 1}" if number > 1 else "",
        later=f"?page={number + 1}" if len(found) > BY_PAGE else "",
    )


def _page_number(request: HttpRequest) -> int:
    typed = request.GET.get("page", "1")
    if not typed.isdecimal() or not 1 <= int(typed) <= LAST_PAGE:
        raise Http404
    return int(typed)


def _latest_first(row: JurorProgress) -> tuple[Any, ...]:
    """Who has waited longest, then who has most left; those who are done come last, by name."""
    return (not row.missing, row.waits_since or clock.now(), -row.missing, row.juror.last_name, row.juror_id)


def _totals(call: Call) -> dict[str, int]:
    """All the reviews of a call: those that count, submitted, to declare, under way."""
    names = ("to_declare", "draft", "submitted", "aside")
    found = JurorProgress.objects.filter(call=call).aggregate(**{name: Sum(name, default=0) for name in names})
    return found | {"entrusted": found["to_declare"] + found["draft"] + found["submitted"]}
