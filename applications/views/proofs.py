"""The proof of a deposit, for its team."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from ami_portal.kernel import clock
from ami_portal.kernel.http import page
from applications import proofs
from applications.models import Dossier
from applications.rules import own_dossiers


@page("applications.view_dossier", visible=own_dossiers)
@require_GET
def proof_download(request: HttpRequest, obj: Dossier, number: int) -> HttpResponse:
    """The archive that proves one deposit. 404 until its receipt is made."""
    version = get_object_or_404(obj.versions.select_related("dossier__call", "receipt"), number=number)
    if version.receipt is None:
        raise Http404
    content = proofs.archive(version, version.receipt, clock.now())
    response = HttpResponse(content, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{obj.ref}-depot-{number}-preuve.zip"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
