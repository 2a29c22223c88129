"""Lists that only show: the journal, background work."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import PAGE_VAR, ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path

from ami_portal.audit.models import AuditEvent, AuditHead
from ami_portal.jobs.actions import MAX_ATTEMPTS
from ami_portal.ui.admin import PortalModelAdmin

from .rules import events_visible_to
from .words import event_rows


class PortalList(ChangeList):
    """Django's list, with its pages as our templates draw them."""

    @property
    def pages(self) -> list[tuple[Any, str, bool]]:
        """The pages around this one: number (or dots), address (none for dots), whether it is here."""
        numbers = self.paginator.get_elided_page_range(self.page_num, on_each_side=1, on_ends=1)
        return [
            (
                number,
                self.get_query_string({PAGE_VAR: number}) if isinstance(number, int) else "",
                number == self.page_num,
            )
            for number in numbers
        ]

    @property
    def kept(self) -> list[tuple[str, str]]:
        """Parameters of the address that the filters' form does not carry itself: the order."""
        return [(name, value) for name, value in self.params.items() if name == "o"]


class ListOnlyAdmin(PortalModelAdmin):
    """Django's list without its pages of one row."""

    list_display_links = None
    actions = None

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return PortalList

    def get_urls(self) -> list:
        """The list alone."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_changelist"
        return [path("", self.admin_site.admin_view(self.changelist_view), name=name)]

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """The filters that the page shows, and no question of one's own to the database."""
        return lookup in {spec.parameter_name for spec in self.list_filter}


class JournalList(PortalList):
    """The events of a page, in words."""

    @property
    def rows(self) -> list[dict[str, Any]]:
        return event_rows(self.result_list)


class AuditEventAdmin(ListOnlyAdmin):
    """The journal, last first. `manage.py check_trail` says whether its chain holds."""

    view_permission = "desk.view_journal"
    list_display = ["number"]
    list_select_related = ["actor"]
    ordering = ["-number"]
    search_fields = ["subject", "verb", "actor__email", "actor__last_name"]
    search_help_text = "Référence, acte, nom ou adresse de l’auteur"

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEvent]:
        return events_visible_to(request.user)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return JournalList

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """With the head of the chain, to be compared with what `check_trail` prints."""
        head = AuditHead.objects.filter(pk=1).first()
        return super().changelist_view(request, {"chain": head, **(extra_context or {})})


class FollowUpFilter(admin.SimpleListFilter):
    """By what became of a job."""

    title, parameter_name = "suivi", "suivi"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("attente", "En attente"), ("echec", "En échec"), ("abandonnee", "Abandonnée"), ("faite", "Faite")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        match self.value():
            case "attente":
                return queryset.filter(done_at=None, attempts=0)
            case "echec":
                return queryset.filter(done_at=None, attempts__gt=0, attempts__lt=MAX_ATTEMPTS)
            case "abandonnee":
                return queryset.filter(done_at=None, attempts__gte=MAX_ATTEMPTS)
            case "faite":
                return queryset.filter(done_at__isnull=False)
            case None | "":
                return queryset
        return queryset.none()


class JobAdmin(ListOnlyAdmin):
    """Background work: what waits, what failed and why. Identifiers of rows, never content."""

    view_permission = "desk.view_jobs"
    list_display = ["pk", "name", "ids", "created_at", "due_at", "attempts", "last_error", "done_at"]
    list_filter = [FollowUpFilter]
    ordering = ["-pk"]
    search_fields = ["name", "last_error"]
