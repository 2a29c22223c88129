"""Who holds which duty, and who may keep accounts."""

from typing import Any

from allauth.account.models import EmailAddress
from django.db.models import QuerySet

from ami_portal.kernel.permissions import rule

from .enums import CONTENT_ROLES, STAFF_ROLES, Role
from .models import User


def holds(user: Any, *roles: str) -> bool:
    """Whether a signed-in, active person holds at least one of `roles`."""
    return bool(user.is_authenticated and user.is_active and user.roles & set(roles))


def is_staff_member(user: Any) -> bool:
    """Any duty of the operator's staff."""
    return holds(user, *STAFF_ROLES)


def reads_content(user: Any) -> bool:
    """A duty that opens the content of dossiers (administrators have none by default)."""
    return holds(user, *CONTENT_ROLES)


def needs_second_factor(user: Any) -> bool:
    """Whoever holds any role proves a second factor on every page."""
    return bool(user.is_authenticated and user.roles)


def owns_address(user: User) -> bool:
    """Whether nobody but the holder of the address can have chosen the password of this account.

    True once the address is confirmed, and for an account opened by an administrator whose password is still to be
    chosen by mail. An account that a stranger opened with somebody's address is neither.
    """
    confirmed = EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=True).exists()
    return confirmed or not user.has_usable_password()


@rule("accounts.open_admin")
def can_open_admin(user: Any, obj: Any) -> bool:
    return is_staff_member(user)


@rule("accounts.manage_accounts")
def can_manage_accounts(user: Any, obj: Any) -> bool:
    return holds(user, Role.ADMINISTRATOR)


def users_visible_to(user: Any) -> QuerySet[User]:
    """The accounts that this person keeps: all of them for an administrator, none for anybody else."""
    return User.objects.all() if can_manage_accounts(user, None) else User.objects.none()
