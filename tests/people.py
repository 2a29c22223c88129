"""People of the tests: each with a verified address, and a second factor where a role asks for one."""

from typing import Any

from allauth.account.models import EmailAddress
from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

from ami_portal.accounts.enums import OrganisationKind, Role
from ami_portal.accounts.models import Organisation, RoleGrant, User

PASSWORD = "une-phrase-de-passe-longue"


def a_person(email: str = "claire@labo.example", **fields: Any) -> User:
    """Someone with a verified address and no role."""
    names = {"first_name": email.partition("@")[0].title(), "last_name": "Martin"}
    user = User.objects.create_user(email, PASSWORD, **(names | fields))
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def with_role(user: User, *roles: str, organisation: Organisation | None = None) -> User:
    """The same person with more roles, and a confirmed device."""
    for role in roles:
        RoleGrant.objects.create(user=user, role=role, organisation=organisation if role == Role.PARTNER else None)
    TOTPDevice.objects.get_or_create(user=user, name="téléphone", defaults={"confirmed": True})
    user.__dict__.pop("roles", None)
    return user


def staff(*roles: str, email: str = "") -> User:
    """A member of the operator's staff, with these duties."""
    return with_role(a_person(email or f"{roles[0]}@hdh.example"), *roles)


def a_juror(email: str = "jure@universite.example") -> User:
    """A member of the jury."""
    return with_role(a_person(email), Role.JUROR)


def a_partner(organisation: Organisation | None = None, email: str = "avis@partenaire.example") -> User:
    """Someone who answers for a partner."""
    organisation = (
        organisation
        or Organisation.objects.get_or_create(
            code="partenaire", defaults={"name": "Partenaire", "kind": OrganisationKind.PARTNER}
        )[0]
    )
    return with_role(a_person(email), Role.PARTNER, organisation=organisation)


def client_of(user: User | None, *, verified: bool = True) -> Client:
    """A browser where `user` is signed in, with the second factor proved where there is a device."""
    client = Client()
    if user is None:
        return client
    client.force_login(user)
    device = TOTPDevice.objects.filter(user=user, confirmed=True).first()
    if verified and device:
        session = client.session
        session[DEVICE_ID_SESSION_KEY] = device.persistent_id
        session.save()
    return client
