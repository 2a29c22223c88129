"""The base of every admin page of rows: Django's screens, our own door.

Fields with a life cycle are never edited here: an admin page is for configuration, or it only shows.
"""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst

from ami_portal.kernel.permissions import allowed


class PortalModelAdmin(admin.ModelAdmin):
    """Set `view_permission` (who sees the rows) and `change_permission` (who edits them; None: nobody, read only).

    Both are names of `kernel.permissions`. Adding follows changing, and deleting too unless `can_delete` is False.
    """

    view_permission: str
    change_permission: str | None = None
    can_add = True
    can_delete = False
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    view_on_site = False

    def get_urls(self) -> list[Any]:
        """Django's pages without its history: the journal is `audit.trail`."""
        return [pattern for pattern in super().get_urls() if not str(pattern.name or "").endswith("_history")]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list under its own name, where Django would say « sélectionnez l’objet »."""
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """The page of a row under the row's own name, with one way to save it."""
        obj = context.get("original")
        context |= {"title": str(obj) if obj else f"Ajouter : {self.opts.verbose_name}", "subtitle": None}
        context |= {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().render_change_form(request, context, *args, **kwargs)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether the section is shown at all."""
        return allowed(request.user, self.view_permission)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return allowed(request.user, self.view_permission, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.change_permission is not None and allowed(request.user, self.change_permission, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.can_add and self.has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.can_delete and self.has_change_permission(request, obj)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """Django's display log is not kept: the journal is `audit.trail`."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """See `log_addition`."""

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:
        """See `log_addition`."""
