"""Those who ask for pages in the bench, and the least that a request can cost."""

from collections.abc import Callable

from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

from ami_portal.accounts.enums import Role
from tests import people
from tests.bench.measure import Person
from tests.bench.urls import BARE


def staff_member(email: str, role: str = Role.INSTRUCTOR) -> Person:
    """A signed-in member of staff, an instructor unless said otherwise, who has proved the second factor."""
    user = people.staff(role, email=email)
    device = TOTPDevice.objects.get(user=user)
    return Person(user, **{DEVICE_ID_SESSION_KEY: device.persistent_id})


def bare_save(person: Person) -> Callable[[int], object]:
    """The least that a save can cost: session, account, one UPDATE."""
    return lambda turn: person.post(BARE, {"value": f"{turn}"})
