"""A call under way or to come: datasets that join it, its publication, its copy as the start of the next."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from ami_portal.desk.calls import copying
from ami_portal.kernel import clock
from ami_portal.kernel.http import page
from ami_portal.ui import wording
from applications import actions
from applications.enums import DossierState
from applications.models import Call
from datasets.models import DatasetVersion

from .builder import CONFIGURE
from .forms import CallCopyForm, CallDatasetForm
from .pages import Confirmation, attempt, show
from .rules import calls_visible_to

METHODS = ["GET", "HEAD", "POST"]


@page(CONFIGURE, visible=calls_visible_to, by="code")
@require_http_methods(METHODS)
def datasets(request: HttpRequest, obj: Call) -> HttpResponse:
    """The datasets of a call, and those that may join it."""
    opened = obj.call_datasets.select_related("version__dataset__partner").order_by("version__dataset__code")
    there = [row.version.dataset_id for row in opened]
    free = DatasetVersion.objects.filter(published_at__isnull=False).exclude(dataset__in=there)
    form = CallDatasetForm(free.select_related("dataset").order_by("dataset__code", "version"), request.POST or None)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        told = f"« {version.dataset.title} » rejoint l’appel. Ceux qui rédigent en sont prévenus."
        attempt(request, told, actions.open_dataset, obj, version)
        return redirect("admin:staff_call_datasets", code=obj.code)
    return show(
        request,
        "admin/portal/call_datasets.html",
        title=f"{obj.code} – Bases de l’appel",
        status=422 if request.method == "POST" else 200,
        call=obj,
        form=form,
        opened=opened,
        drafts=obj.dossiers.filter(state=DossierState.DRAFT).count(),
    )


@page(CONFIGURE, visible=calls_visible_to, by="code")
@require_http_methods(METHODS)
def duplicate(request: HttpRequest, obj: Call) -> HttpResponse:
    """The next call, from this one."""
    form = CallCopyForm(request.POST or None, initial={"title": obj.title, "days": 365})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        done = f"L’appel {said['code']} est préparé. Le public ne le voit pas encore."
        if attempt(request, done, copying.duplicate_call, obj, **said):
            return redirect("admin:staff_call", code=said["code"])
    return show(
        request,
        "admin/portal/call_duplicate.html",
        title=f"{obj.code} – Dupliquer l’appel",
        status=422 if request.method == "POST" else 200,
        call=obj,
        form=form,
    )


@page(CONFIGURE, visible=calls_visible_to, by="code")
@require_http_methods(METHODS)
def publish(request: HttpRequest, obj: Call) -> HttpResponse:
    """Let everybody see a call before its opening."""
    back = reverse("admin:staff_call", args=[obj.code])
    if request.method == "POST":
        attempt(request, "L’appel est public.", actions.publish_call, obj)
        return redirect(back)
    if obj.published_at or obj.opens_at <= clock.now():
        messages.info(request, f"L’appel {obj.code} est déjà public.")
        return redirect(back)
    return Confirmation(
        title=f"Rendre public l’appel {obj.code}",
        verb="Rendre l’appel public",
        back=back,
        parent=obj.code,
        done=(
            f"Tout le monde lit l’appel et son formulaire ; il ouvre le {wording.instant(obj.opens_at)}.",
            "Sans cet acte, le public le découvre à son ouverture.",
        ),
        fixed=("Ce que le public a lu ne se reprend pas.",),
    ).page(request)
