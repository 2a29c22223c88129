"""Pages of errors: each says in French what happened and what to do. They keep what was typed (see the templates)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template


def _page(request: HttpRequest, status: int, template: str) -> HttpResponse:
    return render(request, f"errors/{template}.html", status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    return _page(request, 400, "400")


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: seen, but not allowed."""
    return _page(request, 403, "403")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: unknown, or another's."""
    return _page(request, 404, "404")


def server_error(request: HttpRequest) -> HttpResponse:
    """500: drawn without context, for whatever broke may break the layout too."""
    return HttpResponse(get_template("errors/500.html").render(), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 of a form too old: what was typed is shown again, to be copied."""
    typed = {
        name: value for name, value in request.POST.items() if name != "csrfmiddlewaretoken" and "pass" not in name
    }
    return render(request, "errors/csrf.html", {"typed": typed}, status=403)
