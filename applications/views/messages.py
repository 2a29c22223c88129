"""The messages of a dossier, as its team reads and writes them."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from ami_portal.documents import store
from ami_portal.documents.store import FileRefused
from ami_portal.kernel.http import page
from ami_portal.kernel.permissions import allowed
from ami_portal.workflow import TransitionRefused
from applications import actions, conversation
from applications.forms import MessageForm
from applications.models import Dossier
from applications.rules import own_dossiers

from .sections import keeps_typed


@keeps_typed
@page("applications.view_dossier", visible=own_dossiers)
@require_http_methods(["GET", "HEAD", "POST"])
def dossier_messages(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """The conversation with the operator; a message that is refused stays as typed."""
    form = MessageForm(request.POST or None, request.FILES or None, initial={"token": uuid4()})
    if request.method == "POST" and form.is_valid():
        try:
            actions.write_message(obj, **form.message_parts(), actor=request.user)
        except (TransitionRefused, FileRefused) as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Votre message est envoyé.")
            return redirect("applications:dossier_messages", ref=obj.ref)
    context = {"dossier": obj, "call": obj.call, "form": form, **_thread(request, obj)}
    return render(
        request, "applications/dossier_messages.html", context, status=422 if request.method == "POST" else 200
    )


def _thread(request: HttpRequest, dossier: Dossier) -> dict[str, Any]:
    shown = conversation.page_of(dossier, request.GET.get("page"))
    if request.method == "GET":
        actions.note_read(shown.object_list, to_staff=False, actor=request.user)
    may_write = allowed(request.user, "applications.write_message", dossier)
    return {"page_obj": shown, "may_write": may_write}


@page("applications.view_dossier", visible=own_dossiers)
@require_GET
def message_file(request: HttpRequest, obj: Dossier, uuid: UUID) -> HttpResponse:
    """One file of the conversation, as a download. 404 until it is inspected, and for one that is refused."""
    return store.serve(conversation.readable_file(obj, uuid).document)
