"""The second factor of a person: one authenticator application (TOTP) and ten recovery codes, by django-otp.

Nothing here looks at a session; who may call is the business of the pages.
"""

import datetime as dt
import re
from base64 import b32encode
from binascii import unhexlify
from dataclasses import dataclass

import django_otp
from django.db import transaction
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice, default_key

from ami_portal.kernel import clock

from .models import User

RECOVERY_CODES = 10
APPLICATION, RECOVERY = "application", "secours"


@dataclass(frozen=True)
class Proof:
    """What a code was worth: the device that took it, or None. `wait` is set when it was not even looked at."""

    device: Device | None = None
    wait: dt.timedelta | None = None


class AlreadyEnrolled(Exception):
    """The person has a second factor, and did not prove it."""


def has_second_factor(user: User) -> bool:
    """Whether the person has a confirmed device of any kind."""
    return bool(django_otp.user_has_device(user))


def new_secret() -> str:
    """A fresh secret, in hexadecimal. It belongs to the session that asked for it until a code confirms it."""
    return default_key()


def application_url(user: User, secret: str) -> str:
    """The address that authenticator applications read in the QR code."""
    return TOTPDevice(user=user, key=secret, name=APPLICATION).config_url


def in_groups(secret: str) -> str:
    """The secret as one types it: base 32, by groups of four."""
    text = b32encode(unhexlify(secret)).decode().rstrip("=")
    return " ".join(re.findall(".{1,4}", text))


def normal(code: str) -> str:
    """A code as typed, without spaces nor hyphens, in lower case."""
    return re.sub(r"[\s\-–—]", "", code).lower()


def prove(user: User, code: str) -> Proof:
    """Try `code` on the person's own confirmed devices: six digits for the application, anything else for recovery.

    A token serves once; failures slow the next tries down, per device (1, 2, 4… seconds): django-otp keeps the count.
    """
    code = normal(code)
    model = TOTPDevice if re.fullmatch(r"[0-9]{6}", code) else StaticDevice
    wait = None
    for device in model.objects.filter(user=user, confirmed=True).order_by("pk"):
        allowed, details = device.verify_is_allowed()
        if not allowed:
            wait = max(details["locked_until"] - clock.now(), wait or dt.timedelta(0))
        elif django_otp.verify_token(user, device.persistent_id, code):
            return Proof(device=device)
    return Proof(wait=wait)


@transaction.atomic
def enrol(user: User, secret: str, code: str, *, replacing: bool) -> tuple[TOTPDevice, list[str]] | None:
    """Make the application that holds `secret` the person's only one, and give fresh recovery codes.

    None when `code` does not come from that secret: then nothing changes. `replacing` says that the person proved the
    second factor that they have; without it, having one raises AlreadyEnrolled (checked under the lock of the account,
    so that two enrolments begun together cannot both end).
    """
    User.objects.select_for_update().get(pk=user.pk)
    if not replacing and has_second_factor(user):
        raise AlreadyEnrolled
    former = list(TOTPDevice.objects.filter(user=user).values_list("pk", flat=True))
    device = TOTPDevice.objects.create(user=user, key=secret, name=APPLICATION, confirmed=True)
    if not device.verify_token(normal(code)):
        device.delete()
        return None
    TOTPDevice.objects.filter(pk__in=former).delete()
    return device, renew_recovery_codes(user)[1]


def renew_recovery_codes(user: User) -> tuple[StaticDevice, list[str]]:
    """Ten new codes; the former ones, and the sessions that one of them opened, are worth nothing any more."""
    with transaction.atomic():
        StaticDevice.objects.filter(user=user).delete()
        device = StaticDevice.objects.create(user=user, name=RECOVERY, confirmed=True)
        codes = [StaticToken.random_token() for _ in range(RECOVERY_CODES)]
        StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return device, [f"{code[:4]}-{code[4:]}" for code in codes]


def recovery_codes_left(user: User) -> int | None:
    """How many recovery codes are left, or None for someone without a second factor."""
    if not has_second_factor(user):
        return None
    return StaticToken.objects.filter(device__user=user, device__confirmed=True).count()


def remove_all(user: User) -> int:
    """Take every device away (a lost phone, seen to by an administrator); answer how many applications there were."""
    with transaction.atomic():
        count, _ = TOTPDevice.objects.filter(user=user).delete()
        StaticDevice.objects.filter(user=user).delete()
    return count
