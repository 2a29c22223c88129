"""The portal's addresses, and a bare one that authenticates a person and updates one row."""

import json

from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_POST

from ami_portal import urls as portal
from ami_portal.accounts.models import User
from ami_portal.kernel.http import page

BARE = "mesure/nu"


@page("signed_in")
@require_POST
def bare(request):
    """The least that a save can cost here: session, account, one UPDATE, an empty answer."""
    User.objects.filter(pk=request.user.pk).update(last_name=json.loads(request.body)["value"][:100])
    return HttpResponse(status=204)


urlpatterns = [path(BARE, bare), *portal.urlpatterns]
handler400, handler403, handler404, handler500 = (
    portal.handler400,
    portal.handler403,
    portal.handler404,
    portal.handler500,
)
