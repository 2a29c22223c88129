"""Accounts of the demonstration: a verified address, one password for all, an application for who holds a role."""

from functools import cache

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django_otp.plugins.otp_totp.models import TOTPDevice

from ami_portal.accounts import devices
from ami_portal.accounts.models import Organisation, User
from ami_portal.desk import people
from ami_portal.kernel import clock

from .stage import Stage
from .words import Person

_encoded = cache(make_password)  # one slow hash for all: everybody has the same password


def open_account(stage: Stage, email: str, first_name: str, last_name: str) -> User:
    """Someone who signed up and confirmed their address just now."""
    user = User(email=email, first_name=first_name, last_name=last_name, joined_at=clock.now())
    user.password = _encoded(stage.cast.password)
    user.save(force_insert=True)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def arrive(stage: Stage, person: Person) -> None:
    """Open the account of an applicant who has none yet."""
    if not User.objects.filter(email=person.email).exists():
        open_account(stage, person.email, person.first_name, person.last_name)


def engage(stage: Stage) -> None:
    """Open the accounts of those who hold a role, and link an application to each.

    The first to arrive is made administrator by the command line, and gives every other role.
    """
    administrator = None
    for member in sorted(stage.cast.members, key=lambda item: item["role"] != "administrator"):
        user = open_account(stage, member["email"], member["first_name"], member["last_name"])
        organisation = Organisation.objects.get(code=member["organisation"]) if "organisation" in member else None
        known = "Désignée par le partenaire à l’ouverture de l’appel" if organisation else ""
        people.grant_role(user, member["role"], organisation=organisation, vouched_for=known, actor=administrator)
        TOTPDevice.objects.create(user=user, key=devices.new_secret(), name=devices.APPLICATION, confirmed=True)
        administrator = administrator or user
