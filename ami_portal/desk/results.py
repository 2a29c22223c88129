"""The public results of a call: the page, and the same as open data, whose columns are the same from call to call."""

import csv
import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from ami_portal.kernel import clock
from ami_portal.kernel.http import page
from ami_portal.kernel.money import ZERO
from ami_portal.kernel.text import canonical_json, in_cell, sha256_of
from applications.models import Call
from evaluation.results import PublishedResult, published_results, renounced_since

from . import public
from .rules import calls_visible_to

FORMAT = "resultats-1"
"""Changes when a column changes its name or its meaning; new columns come last, and change nothing."""
LICENCE = {
    "nom": "Licence Ouverte / Open Licence 2.0",
    "spdx": "etalab-2.0",
    "url": "https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
}
KEPT_SECONDS = 300
BETWEEN = " | "

Read = Callable[[PublishedResult], Any]
COLUMNS: tuple[tuple[str, str, Read], ...] = (
    ("reference", "La référence du dossier, unique.", lambda row: row.ref),
    ("titre", "Le titre du projet.", lambda row: row.title),
    ("porteur", "L’organisme porteur.", lambda row: row.lead_name),
    ("porteur_siret", "Son SIRET ; vide si l’appel ne le demande pas.", lambda row: row.lead_siret),
    ("organismes", "Les autres organismes du projet (liste).", lambda row: list(row.organisations)),
    ("bases", "Les codes des bases utilisées (liste).", lambda row: list(row.dataset_codes)),
    ("bases_intitules", "Leurs intitulés, dans le même ordre (liste).", lambda row: list(row.datasets)),
    ("montant_euros", "Le montant maximal de l’aide, en euros : « 98500.00 ».", lambda row: str(row.amount)),
    ("resume", "Le résumé que le porteur a écrit pour le public.", lambda row: row.summary),
    (
        "appele_le",
        "Pour un projet appelé de la liste complémentaire, quand (ISO 8601, UTC) ; vide pour les autres.",
        lambda row: row.called_at.isoformat() if row.called_at else "",
    ),
)
"""The name of each column, what it holds, how it is read."""


@page("public", visible=calls_visible_to, by="code")
@require_GET
def call_results(request: HttpRequest, obj: Call) -> HttpResponse:
    """The laureates of a call once they are public; before, when they are expected."""
    results = published_results(obj)
    at = clock.now()
    context = {
        "call": obj,
        "results": results,
        "total": sum((row.amount for row in results), ZERO),
        "renounced": renounced_since(obj),
        "columns": [(name, said) for name, said, _ in COLUMNS],
        "between": BETWEEN.strip(),
        "terms": LICENCE,
        "steps": [step for step in public.calendar(obj, at) if step.state != "done"],
    }
    return render(request, "desk/call_results.html", context)


@page("public", visible=calls_visible_to, by="code")
@require_GET
def results_csv(request: HttpRequest, obj: Call) -> HttpResponse:
    """The results as a table: UTF-8 with its mark, semicolons, lists joined; what looks like a formula is quoted."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";")
    writer.writerow(["appel", "publie_le", *(name for name, _, _ in COLUMNS)])
    for row in _public(obj):
        cells = [obj.code, _published_at(obj), *(read(row) for _, _, read in COLUMNS)]
        writer.writerow([in_cell(BETWEEN.join(cell) if isinstance(cell, list) else cell) for cell in cells])
    return open_data(request, "\ufeff" + out.getvalue(), "text/csv; charset=utf-8", f"resultats-{obj.code}.csv")


@page("public", visible=calls_visible_to, by="code")
@require_GET
def results_json(request: HttpRequest, obj: Call) -> HttpResponse:
    """The same for a program, with what it is, its licence and what each column holds."""
    rows = _public(obj)
    content = {
        "format": FORMAT,
        "reutilisation": LICENCE,
        "source": settings.PORTAL_URL + reverse("call_results", args=[obj.code]),
        "appel": {"code": obj.code, "titre": obj.title, "operateur": obj.operator},
        "publie_le": _published_at(obj),
        "lisez_moi": {name: said for name, said, _ in COLUMNS},
        "montant_total_euros": str(sum((row.amount for row in rows), Decimal("0.00"))),
        "laureats": [{name: read(row) for name, _, read in COLUMNS} for row in rows],
    }
    return open_data(request, canonical_json(content), "application/json", f"resultats-{obj.code}.json")


def _public(call: Call) -> list[PublishedResult]:
    """The results. Raises Http404 before their publication, whatever is decided."""
    if call.results_published_at is None:
        raise Http404
    return published_results(call)


def _published_at(call: Call) -> str:
    return call.results_published_at.isoformat() if call.results_published_at else ""


def open_data(request: HttpRequest, content: str, media_type: str, filename: str) -> HttpResponse:
    """A download that anybody may keep for a while, and ask again by its fingerprint."""
    tag = f'"{sha256_of(content)[:32]}"'
    known = request.headers.get("If-None-Match", "")
    response = HttpResponse(status=304) if tag in known else HttpResponse(content, content_type=media_type)
    response["ETag"] = tag
    response["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    if response.status_code == 200:
        response["Content-Disposition"] = f'attachment; filename="{filename}"'
        response["X-Content-Type-Options"] = "nosniff"
    return response
