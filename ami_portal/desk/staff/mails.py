"""The mails of the outbox: whether each left; one that may not have can be sent again."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from ami_portal.kernel.http import page
from ami_portal.notifications.enums import Delivery
from ami_portal.notifications.models import Message

from .acts import MAY_LEAVE_AGAIN, resend_message
from .lists import ListOnlyAdmin, PortalList
from .pages import attempt
from .rules import messages_visible_to


class DeliveryFilter(admin.SimpleListFilter):
    """By delivery, or those that a person must look at."""

    title, parameter_name = "envoi", "envoi"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("trouble", "À vérifier"), *Delivery.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "trouble":
            return queryset.filter(delivery__in=MAY_LEAVE_AGAIN)
        return queryset.filter(delivery=self.value()) if self.value() else queryset


class MessageAdmin(ListOnlyAdmin):
    """The outbox. The text of a mail is shown on the page of its dossier, and nowhere for those of accounts."""

    view_permission = "desk.view_messages"
    list_display = ["queued_at", "title", "to_email", "subject_ref", "delivery", "sent_at", "error"]
    list_filter = [DeliveryFilter]
    ordering = ["-pk"]
    search_fields = ["title", "to_email", "subject_ref"]
    search_help_text = "Titre, destinataire ou référence"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        return messages_visible_to(request.user)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return MessageList


class MessageList(PortalList):
    """The mails of a page, each with the code of its address."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        with_codes(self.result_list)


def with_codes(found: Iterable[Message]) -> None:
    """Give each message the `code` that the address of an act on it uses."""
    for message in found:
        message.code = code_of(message)  # type: ignore[attr-defined]


def code_of(message: Message) -> str:
    """What the address of an act on a message calls it: the left part of its Message-ID."""
    return message.message_id.strip("<>").partition("@")[0]


@page("desk.resend_message")
@require_POST
def resend(request: HttpRequest, code: str) -> HttpResponse:
    """Send again one mail that the person sees."""
    if not code.isalnum():
        raise Http404
    message = get_object_or_404(messages_visible_to(request.user), message_id__startswith=f"<{code}@")
    attempt(request, f"Le courriel « {message.title} » est remis en file d’envoi.", resend_message, message)
    back = request.POST.get("retour", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return redirect(back)
    return redirect("admin:notifications_message_changelist")
