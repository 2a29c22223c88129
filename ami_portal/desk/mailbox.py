"""The local mailbox: where mails stay when no mail server is set. Only on one's own machine."""

import ipaddress

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from ami_portal.kernel.http import page
from ami_portal.notifications.models import Message

PER_PAGE = 50


def _refuse_outside(request: HttpRequest) -> None:
    """404 but from this very machine: anyone's letters are here, sign-in links included.

    A proxy on this machine would make everybody look local; it gives itself away by its headers.
    """
    relayed = {"HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP"} & request.META.keys()
    if not settings.LOCAL_MAILBOX or relayed or not _is_loopback(request.META.get("REMOTE_ADDR", "")):
        raise Http404


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


@page("public")
def mailbox(request: HttpRequest) -> HttpResponse:
    """The last mails first, of everybody or of one address."""
    _refuse_outside(request)
    rows = Message.objects.order_by("-pk")
    if address := request.GET.get("a", "").strip().lower():
        rows = rows.filter(to_email__iexact=address)
    page_obj = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    rows_shown = [(message.message_id.strip("<>").removesuffix("@portail"), message) for message in page_obj]
    return render(request, "desk/mailbox.html", {"page_obj": page_obj, "rows": rows_shown, "address": address})


@page("public")
def mailbox_message(request: HttpRequest, key: str) -> HttpResponse:
    """One mail as it would leave; its links can be followed."""
    _refuse_outside(request)
    message = get_object_or_404(Message, message_id=f"<{key}@portail>")
    return render(request, "desk/mailbox_message.html", {"message": message})
