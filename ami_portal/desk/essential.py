"""What the law publishes of each grant (« données essentielles des conventions de subvention », decree 2017-779): the
columns of the order of 17 November 2017, from the amount that the settings say."""

import csv
import io

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from ami_portal.kernel.http import page
from ami_portal.kernel.text import in_cell
from applications.models import Call
from funding.models import Convention
from funding.published import conventions_to_publish

from .results import open_data
from .rules import calls_visible_to

COLUMNS = (
    "nomAttribuant",
    "idAttribuant",
    "dateConvention",
    "referenceDecision",
    "nomBeneficiaire",
    "idBeneficiaire",
    "objet",
    "montant",
    "nature",
    "conditionsVersement",
    "datesPeriodeVersement",
    "idRAE",
    "notificationUE",
    "pourcentageSubvention",
)


@page("public", visible=calls_visible_to, by="code")
@require_GET
def essential_csv(request: HttpRequest, obj: Call) -> HttpResponse:
    """The grants signed of a call, once its results are public: UTF-8, commas; what looks like a formula is quoted."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for convention in conventions_to_publish(obj):
        writer.writerow([in_cell(cell) for cell in _row(obj, convention)])
    return open_data(request, out.getvalue(), "text/csv; charset=utf-8", f"donnees-essentielles-{obj.code}.csv")


def _row(call: Call, convention: Convention) -> list[str]:
    dossier = convention.dossier
    lines = list(convention.instalments.all())
    is_whole = len(lines) == 1
    return [
        call.operator,
        settings.OPERATOR_SIRET,
        convention.signed_on.isoformat() if convention.signed_on else "",
        convention.ref,
        dossier.lead_name,
        dossier.lead_siret,
        dossier.title,
        str(convention.amount),
        "aide en numéraire",
        "unique" if is_whole else "échelonné",
        f"{convention.signed_on:%Y-%m-%d}/{convention.ends_on:%Y-%m-%d}" if convention.signed_on else "",
        "",
        "non",
        "1",
    ]
