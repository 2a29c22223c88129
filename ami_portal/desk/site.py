"""The admin site of HDH's staff: no sign-in page of its own, a duty and a verified second factor to enter."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, URLResolver

from ami_portal.kernel.permissions import allowed

# Django's pages that have no use here: related rows typed ahead, « view on site », its own page after a new password.
UNUSED = {"autocomplete", "view_on_site", "password_change_done"}


# Libraries bring pages of their own (groups, devices, addresses): they would be doors beside our rules.
FOREIGN = {"auth", "dsfr", "account", "otp_totp", "otp_static"}


class PortalAdminSite(admin.AdminSite):
    """Django's admin behind the portal's own door."""

    site_title = "Portail des appels"
    site_header = "Portail des appels – instruction"
    index_title = "Ce que j’ai à faire"
    enable_nav_sidebar = False

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Only our own rooms have pages here."""
        models = model_or_iterable if isinstance(model_or_iterable, Iterable) else [model_or_iterable]
        super().register([model for model in models if model._meta.app_label not in FOREIGN], admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        """A duty of the staff, proved by the second factor."""
        user = request.user
        return user.is_authenticated and user.is_verified() and allowed(user, "accounts.open_admin")

    def admin_view(self, view: Callable[..., HttpResponse], cacheable: bool = False) -> Callable[..., HttpResponse]:
        """Django's door; and for a form sent after the session has ended, a page that still holds what was typed."""
        guarded = super().admin_view(view, cacheable)

        @wraps(guarded)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method == "POST" and not request.user.is_authenticated:
                typed = [(name, text) for name, text in request.POST.items() if name != "csrfmiddlewaretoken" and text]
                return render(request, "applications/signed_out.html", {"typed": typed}, status=401)
            return guarded(request, *args, **kwargs)

        return login_not_required(inner)

    def login(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """There is one sign-in page, the portal's; someone signed in without a duty is sent home."""
        if request.user.is_authenticated:
            return redirect("home")
        return redirect_to_login(request.GET.get("next", request.path))

    def logout(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """Signing out is the portal's page."""
        return redirect("account_logout")

    def password_change(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """Changing one's password is the portal's page."""
        return redirect("account_change_password")

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """The staff's own pages, then Django's."""
        from .staff import urls

        kept = [pattern for pattern in super().get_urls() if getattr(pattern, "name", None) not in UNUSED]
        return [*urls.urlpatterns(self.admin_view), *kept]

    def index(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """What the person has to do, then the sections of configuration of their duties."""
        from .staff.todo import todo_of

        context = {
            **self.each_context(request),
            "title": self.index_title,
            "app_list": self.get_app_list(request),
            "todo": todo_of(request.user),
            "may_converse": allowed(request.user, "desk.view_dossier"),
            "may_answer_questions": allowed(request.user, "applications.answer_question"),
            **(extra_context or {}),
        }
        return render(request, "admin/index.html", context)

    def app_index(self, request: HttpRequest, app_label: str, extra_context: dict | None = None) -> HttpResponse:
        """There is one index."""
        return redirect("admin:index")
