"""The minutes of a jury, for the staff who may read all of them."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from ami_portal.audit import trail
from ami_portal.documents import store
from ami_portal.kernel import clock
from ami_portal.kernel.http import page
from evaluation.models import Minutes
from evaluation.rules import minutes_visible_to


@page("evaluation.view_ranking", visible=minutes_visible_to, by="session__call__code", param="code")
@require_safe
def minutes(request: HttpRequest, obj: Minutes) -> HttpResponse:
    """The sealed PDF, once the job has made it; its reading is noted in the journal."""
    if obj.document is None:
        raise Http404
    code = obj.session.call.code
    trail.record("session.read_minutes", subject=code, actor=request.user, at=clock.now(), sha256=obj.document.sha256)
    return store.serve(obj.document)
