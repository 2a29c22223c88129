"""One-time codes as a telephone would show them."""

import time

from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice


def code_of(user_or_key, ahead: int = 0) -> str:
    """The code that the application of a person (or of a secret in hexadecimal) shows, now or in some half-minutes."""
    if isinstance(user_or_key, str):
        device = TOTPDevice(key=user_or_key)
    else:
        device = TOTPDevice.objects.get(user=user_or_key, confirmed=True)
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits, 0)
    totp.time = time.time() + ahead * device.step
    return f"{totp.token():06d}"


def wrong_code(user) -> str:
    """Six digits that no near step gives."""
    near = {code_of(user, ahead) for ahead in (-2, -1, 0, 1, 2)}
    return next(code for code in ("000000", "111111", "222222", "333333", "444444", "555555") if code not in near)
