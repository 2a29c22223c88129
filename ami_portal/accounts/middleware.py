"""The second factor's guard, the only common point of every way in; and what a browser may keep of a private page."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from .rules import needs_second_factor

# The pages that someone signed in by password alone may open although they hold a role.
OPEN_URL_NAMES = frozenset({"account_logout", "second_factor", "second_factor_enrol", "health"})


class PrivatePagesMiddleware:
    """A page drawn for someone who is signed in is kept nowhere: not by a proxy, nor by the browser that they leave."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_known = settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated
        if is_known and "no-store" not in response.get("Cache-Control", ""):
            response["Cache-Control"] = "private, no-store"
        return response


class SecondFactorMiddleware:
    """Whoever holds a role proves a second factor before any page, however and whenever they signed in.

    Roles are read at each request, so a session that began before the role was given is stopped too. Addresses that
    lead to no view answer 404 as to anybody; files of the design system are served before any session is read.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: tuple, kwargs: dict
    ) -> HttpResponse | None:
        """Send to the second factor's page instead of the view; what was posted is shown again, to be copied.

        A script is told in JSON: what it sent waits in its page.
        """
        name = request.resolver_match.view_name if request.resolver_match else ""
        user = request.user
        if name in OPEN_URL_NAMES or not needs_second_factor(user) or user.is_verified():
            return None
        if request.headers.get("Accept") == "application/json":
            return JsonResponse({"error": "second_factor", "url": reverse("second_factor")}, status=401)
        if request.method in ("GET", "HEAD"):
            return redirect(_proof_page(request.get_full_path()))
        typed = {key: text for key, text in request.POST.items() if key != "csrfmiddlewaretoken" and "pass" not in key}
        context = {"typed": typed, "proof_page": _proof_page(_page_of_origin(request))}
        return render(request, "errors/second_factor.html", context, status=403)


def _proof_page(target: str) -> str:
    return f"{reverse('second_factor')}?{urlencode({'next': target})}"


def _page_of_origin(request: HttpRequest) -> str:
    """The page whose form was posted, when it is ours."""
    origin = urlsplit(request.headers.get("Referer", ""))
    return origin.path if origin.netloc == request.get_host() and origin.path else "/"
