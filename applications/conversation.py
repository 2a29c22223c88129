"""A conversation as it is read: a page of messages with their files and marks, and how many are not read."""

from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404

from ami_portal.documents.enums import Verdict

from .models import Dossier, DossierMessage, MessageFile, MessageReading

BY_PAGE = 30


def page_of(dossier: Dossier, number: str | None) -> Page:
    """One page of the messages of a dossier, in order; the last unless `number` says which. Five queries."""
    rows = DossierMessage.objects.filter(dossier=dossier).select_related("author")
    paginator = Paginator(rows.prefetch_related("files__document", "readings__reader"), BY_PAGE)
    shown = paginator.get_page(number or paginator.num_pages)
    shown.object_list = list(shown.object_list)
    return shown


def unread_by(user: Any) -> QuerySet[DossierMessage]:
    """The operator's messages that a member of a team has not read."""
    return DossierMessage.objects.filter(~Exists(_readings().filter(reader=user)), from_staff=True)


def unread_by_staff() -> QuerySet[DossierMessage]:
    """The messages of the teams that nobody of the operator has read: one inbox for all."""
    return DossierMessage.objects.filter(~Exists(_readings()), from_staff=False)


def _readings() -> QuerySet[MessageReading]:
    return MessageReading.objects.filter(message=OuterRef("pk"))


def with_unread(dossiers: QuerySet[Dossier], unread: QuerySet[DossierMessage]) -> QuerySet[Dossier]:
    """The same dossiers, each with how many of the messages `unread` are its own."""
    own = unread.filter(dossier=OuterRef("pk")).order_by().values("dossier").annotate(n=Count("pk")).values("n")
    return dossiers.annotate(unread=Coalesce(Subquery(own, output_field=IntegerField()), 0))


def readable_file(dossier: Dossier, uuid: UUID) -> MessageFile:
    """One file of the messages about a dossier. Raises Http404 until it is inspected, and for one that is refused."""
    files = MessageFile.objects.select_related("document")
    return get_object_or_404(files, message__dossier=dossier, document__uuid=uuid, document__verdict=Verdict.ACCEPTED)
