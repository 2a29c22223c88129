"""The guard of pages: `@page(permission)` on every view, admin views included."""

from collections.abc import Callable
from contextlib import nullcontext
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from . import clock, permissions


def page(
    permission: str,
    *,
    visible: Callable[[Any], Any] | None = None,
    by: str = "ref",
    param: str | None = None,
    in_transaction: bool = False,
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Turn the URL into an object that this user may act on, and pass it to the view as `obj`.

    `visible(user)` is the queryset of what the user may know to exist, `by` its look-up field and `param` the name of
    the URL's parameter (the same as `by` unless said otherwise). Unseen is 404; seen but not allowed is 403.
    With `in_transaction`, guard and view are one transaction, so that `visible` may lock the object for the act of the
    view, which is told `at`, the instant before it waited for the lock; what the view raises undoes all.
    A view whose permission is `public` is open without an account; all others ask to sign in first
    (LoginRequiredMiddleware).
    """
    name = param or by.rpartition("__")[2]

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def wrapper(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            obj = None
            if in_transaction:
                kwargs["at"] = clock.now()
            with transaction.atomic() if in_transaction else nullcontext():
                if visible is not None:
                    obj = kwargs["obj"] = get_object_or_404(visible(request.user), **{by: kwargs.pop(name)})
                if not permissions.allowed(request.user, permission, obj):
                    raise PermissionDenied(permission)
                return view(request, **kwargs)

        wrapper.permission = permission  # type: ignore[attr-defined]  # read by the test that walks every URL
        return login_not_required(wrapper) if permission == permissions.PUBLIC else wrapper

    return decorate
