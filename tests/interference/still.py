"""Time and randomness that stand still, so that two answers to one request are the same bytes."""

import copy
import datetime as dt
import hashlib
import io
import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import time_machine
from django.contrib.auth import middleware as auth_middleware
from django.core.files.storage import default_storage
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django_otp.middleware import OTPMiddleware
from pypdf import PdfWriter

from ami_portal.desk import errors
from ami_portal.documents import pdf
from ami_portal.documents.models import Document

NOW = dt.datetime(2026, 11, 26, 9, 30, tzinfo=dt.UTC)


class Source:
    """A random source that can be started again: the same bytes then come out in the same order."""

    def __init__(self) -> None:
        self.restart("")

    def restart(self, seed: str) -> None:
        self._seed, self._given = seed, 0

    def __call__(self, size: int) -> bytes:
        self._given += 1
        name = f"{self._seed}/{self._given}".encode()
        return hashlib.shake_256(name).digest(size)


SOURCE = Source()


@contextmanager
def still() -> Iterator[None]:
    """The instant is NOW, and what is random comes from SOURCE: tokens of forms, identifiers, salts.

    Who asks is read from the request, as `crawl.Browser` puts it there: the session and the second factor are the same
    for each request of one person, and have their own tests. A PDF carries the words that it is drawn from, undrawn;
    the page of a refusal is its name: `test_the_page_of_a_refusal_says_nothing_of_what_is_refused` opens the true ones.
    """
    with pytest.MonkeyPatch.context() as patch, time_machine.travel(NOW, tick=False):
        patch.setattr(os, "urandom", SOURCE)
        patch.setattr(random, "_urandom", SOURCE)
        patch.setattr(pdf, "render", _undrawn)
        patch.setattr(auth_middleware, "get_user", _signed_in)
        patch.setattr(OTPMiddleware, "_verify_user_sync", _verified)
        patch.setattr(errors, "_page", lambda request, status, template: HttpResponse(template, status=status))
        SOURCE.restart("world")
        yield


def _signed_in(request: HttpRequest) -> Any:
    return copy.copy(request.META["tests.person"])


def _verified(self: OTPMiddleware, request: HttpRequest, user: Any) -> Any:
    user.is_verified = lambda: True
    return user


def _undrawn(template: str, context: dict[str, Any], **_: Any) -> bytes:
    writer, out = PdfWriter(), io.BytesIO()
    writer.add_blank_page(595, 842)
    writer.add_attachment("texte.html", render_to_string(template, context).encode())
    writer.write(out)
    return out.getvalue()


@contextmanager
def undone() -> Iterator[None]:
    """What the block writes, rows and files, is undone at its end."""
    last = Document.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    with transaction.atomic():
        yield
        kept = list(Document.objects.filter(pk__gt=last).values_list("storage_key", flat=True))
        transaction.set_rollback(True)
    for key in kept:
        default_storage.delete(key)
