"""What the staff and the teams of dossiers write to each other: the queue, one conversation, its files.

Of a dossier that is not deposited nothing is shown but its reference.
"""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Case, Max, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_safe

from ami_portal.accounts.models import User
from ami_portal.documents.store import FileRefused
from ami_portal.kernel.http import page
from ami_portal.kernel.permissions import allowed
from ami_portal.notifications.models import Message
from ami_portal.workflow import TransitionRefused
from applications import conversation
from applications.actions import note_read
from applications.forms import MessageForm
from applications.models import Dossier

from .acts import MAY_LEAVE_AGAIN, answer_applicant
from .dossier import references, serve
from .mails import with_codes
from .pages import dossiers_shown_to, show, show_dossier
from .rules import dossiers_corresponded_with, messages_visible_to

BY_PAGE, MAILS_SHOWN = 50, 20


@page("desk.view_dossier")
@require_safe
def conversations(request: HttpRequest) -> HttpResponse:
    """Every conversation: those with something to read first, the oldest of them in head."""
    rows = conversation.with_unread(dossiers_corresponded_with(request.user), conversation.unread_by_staff())
    rows = rows.filter(messages__isnull=False).annotate(last_message_at=Max("messages__sent_at"))
    unread_first = Case(When(unread__gt=0, then=0), default=1)
    rows = rows.order_by(unread_first, Case(When(unread__gt=0, then="last_message_at")), "-last_message_at", "pk")
    page_obj = Paginator(rows, BY_PAGE).get_page(request.GET.get("page"))
    return show(request, "admin/portal/conversations.html", title="Messages", page_obj=page_obj)


@page("desk.view_dossier", visible=dossiers_corresponded_with)
@require_http_methods(["GET", "HEAD", "POST"])
def dossier_messages(request: HttpRequest, obj: Dossier) -> HttpResponse:
    """The conversation about one dossier and the mails that left; a message that is refused stays as typed."""
    form = MessageForm(request.POST or None, request.FILES or None, initial={"token": uuid4()})
    if request.method == "POST" and form.is_valid():
        try:
            answer_applicant(obj, **form.message_parts(), actor=request.user)
        except (TransitionRefused, FileRefused) as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Votre message est envoyé ; l’équipe du dossier reçoit un courriel.")
            return redirect("admin:staff_messages", ref=obj.ref)
    return _show(request, obj, form, status=422 if request.method == "POST" else 200)


def _show(request: HttpRequest, dossier: Dossier, form: MessageForm, *, status: int) -> HttpResponse:
    shown = conversation.page_of(dossier, request.GET.get("page"))
    if request.method == "GET":
        note_read(shown.object_list, to_staff=True, actor=request.user)
    mails = messages_visible_to(request.user).filter(base__in=references(dossier)).order_by("-pk")
    undelivered = list(mails.filter(delivery__in=MAY_LEAVE_AGAIN))
    context: dict[str, Any] = {
        "page_obj": shown,
        "form": form if allowed(request.user, "desk.answer_applicant", dossier) else None,
        "undelivered": undelivered,
        "to_call": to_call(dossier, undelivered) if undelivered else [],
    }
    if dossier.submitted_at is None:
        title = f"Messages du dossier {dossier.ref}"
        context |= {"dossier": dossier}
        return show(request, "admin/portal/draft_messages.html", title=title, status=status, **context)
    headed = get_object_or_404(dossiers_shown_to(request.user), pk=dossier.pk)
    last = list(mails[:MAILS_SHOWN])
    with_codes(last)
    context |= {"mails": last, "mail_count": mails.count()}
    return show_dossier(request, headed, "staff_messages", "dossier_messages.html", status=status, **context)


def to_call(dossier: Dossier, undelivered: list[Message]) -> list[str]:
    """Who else of the team can be told: those that no mail failed to reach, with their name when they have one.

    Of a dossier that is not deposited, only those who wrote to the operator are known.
    """
    failed = {mail.to_email for mail in undelivered}
    members = dossier.members.exclude(email__in=failed).order_by("pk")
    if dossier.submitted_at is None:
        writers = dossier.messages.filter(from_staff=False).values("author__email")
        members = members.filter(email__in=writers)
    emails = list(members.values_list("email", flat=True))
    names = {user.email: user.get_full_name() for user in User.objects.filter(email__in=emails)}
    return [f"{names[email]} ({email})" if names.get(email, email) != email else email for email in emails]


@page("desk.view_dossier", visible=dossiers_corresponded_with)
@require_safe
def message_file(request: HttpRequest, obj: Dossier, uuid: Any) -> HttpResponse:
    """One file of a conversation, as a download; the journal says who took it. 404 unless it is accepted."""
    return serve(request, obj, conversation.readable_file(obj, uuid).document)
