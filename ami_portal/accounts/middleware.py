"""The second factor's guard: the only common point of every way in."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from .rules import needs_second_factor

# The pages that someone signed in by password alone may open although they hold a role.
OPEN_URL_NAMES = frozenset({"account_logout", "second_factor", "second_factor_enrol", "health"})


class SecondFactorMiddleware:
    """Whoever holds a role proves a second factor before any page, however and whenever they signed in.

    Roles are read at each request, so a session that began before the role was given is stopped too.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: tuple, kwargs: dict
    ) -> HttpResponse | None:
        """Send to the second factor's page instead of the view."""
        name = request.resolver_match.view_name if request.resolver_match else ""
        user = request.user
        if name in OPEN_URL_NAMES or not needs_second_factor(user) or user.is_verified():
            return None
        return redirect(f"{reverse('second_factor')}?{urlencode({'next': request.get_full_path()})}")
