"""The second factor's pages: prove it, enrol an application, renew the recovery codes (guard: accounts.middleware)."""

import datetime as dt
from typing import Any

import django_otp
import segno
from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.safestring import mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from ami_portal.accounts import devices
from ami_portal.accounts.models import User
from ami_portal.accounts.rules import needs_second_factor
from ami_portal.audit import trail
from ami_portal.kernel import clock
from ami_portal.kernel.http import page
from ami_portal.notifications import outbox
from ami_portal.ui.forms import ConfirmForm, PortalForm

_SECRET = "second_factor_secret"  # noqa: S105 (the name of a key of the session)
_CODE_ATTRS = {"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false", "class": "portal-code"}


class ProofForm(PortalForm):
    """A code of the application, or one of the recovery codes."""

    code = forms.CharField(
        label="Code à usage unique",
        max_length=32,
        help_text="Les six chiffres que montre votre application, ou l’un de vos codes de secours.",
        widget=forms.TextInput(attrs=_CODE_ATTRS),
    )


class EnrolForm(PortalForm):
    """A code of the application being enrolled."""

    code = forms.CharField(
        label="Code affiché par l’application",
        max_length=32,
        help_text="Six chiffres, qui changent toutes les trente secondes.",
        widget=forms.TextInput(attrs={**_CODE_ATTRS, "inputmode": "numeric"}),
    )


def _next(request: HttpRequest) -> str:
    """Where to go afterwards: a page of this very host, else the way home of the role."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    safe = target.startswith("/") and url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if safe else reverse("my_home")


def _to(name: str, target: str) -> HttpResponse:
    return redirect(f"{reverse(name)}?{urlencode({'next': target})}")


@page("signed_in")
@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """Ask for a code; when it is right, this session is verified and gets a new key."""
    user, target = _user(request), _next(request)
    if request.user.is_verified() or not needs_second_factor(user):
        return redirect(target)
    if not devices.has_second_factor(user):
        return _to("second_factor_enrol", target)
    form = ProofForm(request.POST or None)
    if form.is_valid():
        proof = devices.prove(user, form.cleaned_data["code"])
        if proof.device is not None:
            _verified(request, proof.device)
            _warn_of_few_codes(request, proof.device)
            return redirect(target)
        form.add_error("code", _refusal(proof))
    return render(
        request, "desk/second_factor.html", {"form": form, "next": target}, status=422 if form.errors else 200
    )


def _verified(request: HttpRequest, device: Any) -> None:
    request.session.cycle_key()
    django_otp.login(request, device)


def _warn_of_few_codes(request: HttpRequest, device: Any) -> None:
    if device.name != devices.RECOVERY:
        return
    left = devices.recovery_codes_left(_user(request))
    words = "Ce code de secours ne servira plus. "
    words += (
        f"Il vous en reste {left}."
        if left
        else "C’était le dernier : demandez-en d’autres sur la page de votre compte."
    )
    messages.warning(request, words)


def _refusal(proof: devices.Proof) -> str:
    if proof.wait is None:
        return "Ce code n’est pas le bon, ou il a déjà servi. Attendez le suivant, puis tapez-le."
    return f"Trop d’essais : attendez {_in_words(proof.wait)} avant le prochain."


def _in_words(wait: dt.timedelta) -> str:
    seconds = int(wait.total_seconds()) + 1
    if seconds < 120:
        return f"{seconds} seconde{'s' if seconds > 1 else ''}"
    return f"{-(-seconds // 60)} minutes"


@page("signed_in")
@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor_enrol(request: HttpRequest) -> HttpResponse:
    """Link an application to the account. Someone who already has one proves it first.

    The secret belongs to this session alone until it is confirmed: nobody else who knows the password can have read it.
    """
    user, target = _user(request), _next(request)
    if not needs_second_factor(user):
        return redirect(target)
    replacing = request.user.is_verified()
    if not replacing and devices.has_second_factor(user):
        return _to("second_factor", reverse("second_factor_enrol"))
    secret = request.session.setdefault(_SECRET, devices.new_secret())
    form = EnrolForm(request.POST or None)
    if form.is_valid():
        try:
            codes = _enrol(request, secret, form.cleaned_data["code"], replacing=replacing)
        except devices.AlreadyEnrolled:
            return _to("second_factor", target)
        if codes:
            return _show_codes(request, codes, target)
        form.add_error(
            "code", "Ce code ne vient pas de cette application. Vérifiez l’heure de votre téléphone et réessayez."
        )
    application_url = devices.application_url(user, secret)
    context = {
        "form": form,
        "next": target,
        "replacing": replacing,
        "secret": devices.in_groups(secret),
        "application_url": application_url,
        "qr_code": _qr_code(application_url),
    }
    return render(request, "desk/second_factor_enrol.html", context, status=422 if form.errors else 200)


def _qr_code(text: str) -> str:
    svg = segno.make(text, error="m").svg_inline(border=4, svgclass="portal-qr", lineclass=None, omitsize=True)
    return mark_safe(svg)  # noqa: S308 (drawn by segno: a path, no text of anybody)


@transaction.atomic
def _enrol(request: HttpRequest, secret: str, code: str, *, replacing: bool) -> list[str]:
    """Confirm the application, verify this session with it, note it and write to the person."""
    user, at = _user(request), clock.now()
    enrolled = devices.enrol(user, secret, code, replacing=replacing)
    if enrolled is None:
        return []
    device, codes = enrolled
    _verified(request, device)
    del request.session[_SECRET]
    trail.record("account.add_second_factor", subject=user.ref, actor=user, at=at, replacing=replacing)
    outbox.post("account.second_factor_added", to=user.email, subject_ref="", at=at, name=user.get_full_name())
    return codes


def _show_codes(request: HttpRequest, codes: list[str], target: str) -> HttpResponse:
    return render(request, "desk/recovery_codes.html", {"codes": codes, "next": target})


@page("signed_in")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Renew the recovery codes, shown once. Only from a verified session."""
    if not request.user.is_verified():
        return _to("second_factor", reverse("recovery_codes"))
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        return _show_codes(request, _renew(request), reverse("account_home"))
    left = devices.recovery_codes_left(_user(request))
    return render(request, "desk/recovery_codes_renew.html", {"form": form, "left": left})


@transaction.atomic
def _renew(request: HttpRequest) -> list[str]:
    user, at = _user(request), clock.now()
    by_recovery = request.user.otp_device.name == devices.RECOVERY
    device, codes = devices.renew_recovery_codes(user)
    if by_recovery:
        _verified(request, device)
    trail.record("account.renew_recovery_codes", subject=user.ref, actor=user, at=at)
    outbox.post("account.recovery_codes_renewed", to=user.email, subject_ref="", at=at, name=user.get_full_name())
    return codes


def _user(request: HttpRequest) -> User:
    """The person herself, out of the request's lazy wrappers."""
    user = request.user
    assert isinstance(user, User)  # noqa: S101 (`signed_in` guards every page here)
    return user
