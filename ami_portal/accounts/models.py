"""User, Organisation, RoleGrant."""

from functools import cached_property
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac

from ami_portal.kernel import clock

from .enums import STAFF_ROLES, Language, OrganisationKind, Role

_REF = "compte-"
_DOMAINS = RegexValidator(
    r"^\s*([a-z0-9-]+\.)+[a-z]{2,}(\s+([a-z0-9-]+\.)+[a-z]{2,})*\s*$",
    "Écrivez des domaines comme exemple.fr, en minuscules, séparés par des espaces.",
)


class UserManager(BaseUserManager["User"]):
    """People are found by their address, whatever its case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").lower())


def ref_of(pk: int) -> str:
    """The reference of an account (`User.ref`) by its number."""
    return f"{_REF}{pk}"


def number_of(ref: str) -> int:
    """The number of an account by its reference. Raises ValueError."""
    return int(ref.removeprefix(_REF))


class User(AbstractBaseUser):
    """A person with an account. What they may do comes from their roles and from their own dossiers, nothing else."""

    email = models.EmailField("adresse électronique", unique=True)
    first_name = models.CharField("prénom", max_length=100, blank=True)
    last_name = models.CharField("nom", max_length=100, blank=True)
    is_active = models.BooleanField("compte actif", default=True)
    joined_at = models.DateTimeField("inscrit le", default=clock.now, editable=False)
    language = models.CharField("langue des questions", max_length=2, choices=Language, default=Language.FRENCH)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        verbose_name = "compte"
        verbose_name_plural = "comptes"
        ordering = ["email"]
        constraints = [models.CheckConstraint(name="user_email_is_lower_case", condition=Q(email=Lower(F("email"))))]

    def __str__(self) -> str:
        return self.get_full_name()

    def get_full_name(self) -> str:
        """First and last name, or the address of someone who has not given them."""
        return f"{self.first_name} {self.last_name}".strip() or self.email

    @property
    def ref(self) -> str:
        """What the journal calls this account: no name, no address, since the journal is never purged."""
        return ref_of(self.pk)

    @cached_property
    def device_key(self) -> str:
        """What a browser calls this account when it keeps a text for it: neither its number nor its address."""
        return salted_hmac("accounts.device", str(self.pk)).hexdigest()[:20]

    def get_short_name(self) -> str:
        return self.first_name or self.email

    @cached_property
    def roles(self) -> frozenset[str]:
        """Roles held now, read once a request."""
        return frozenset(self.role_grants.order_by().values_list("role", flat=True))

    @property
    def is_staff(self) -> bool:
        """Whether the person belongs to the operator's staff."""
        return bool(self.roles & STAFF_ROLES)

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Django's own permissions are not used: `kernel.permissions.allowed` is the only door."""
        return False

    def has_module_perms(self, app_label: str) -> bool:
        return False


class Organisation(models.Model):
    """The operator or an industrial partner. Applicants' organisations are answers in their dossiers."""

    code = models.SlugField("code", max_length=40, unique=True)
    name = models.CharField("nom", max_length=200)
    kind = models.CharField("nature", max_length=20, choices=OrganisationKind)
    siret = models.CharField("SIRET", max_length=14, blank=True)
    domains = models.CharField(
        "domaines de ses adresses électroniques",
        max_length=500,
        blank=True,
        validators=[_DOMAINS],
        help_text="Séparés par des espaces. Qui a une adresse confirmée de l’un d’eux est membre de l’organisation.",
    )

    class Meta:
        verbose_name = "organisation"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def holds_address(self, email: str) -> bool:
        """Whether an address is of one of its domains, or of a part of one."""
        domain = email.rpartition("@")[2].lower()
        return any(domain == own or domain.endswith(f".{own}") for own in self.domains.split())


class RoleGrant(models.Model):
    """A role held by a person; for a partner, on behalf of one organisation. `vouched_for` says how staff know that
    a person whose address is of none of its domains is a member of it."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="role_grants", verbose_name="personne")
    role = models.CharField("rôle", max_length=30, choices=Role)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="role_grants"
    )
    vouched_for = models.CharField("appartenance attestée", max_length=200, blank=True)
    granted_at = models.DateTimeField("donné le", default=clock.now, editable=False)

    class Meta:
        verbose_name = "rôle donné"
        verbose_name_plural = "rôles donnés"
        ordering = ["user", "role"]
        constraints = [
            models.UniqueConstraint(name="role_once_per_organisation", fields=["user", "role", "organisation"]),
            models.UniqueConstraint(
                name="role_once_without_organisation", fields=["user", "role"], condition=Q(organisation=None)
            ),
            models.CheckConstraint(
                name="partner_role_iff_organisation",
                condition=Q(role="partner", organisation__isnull=False) | ~Q(role="partner") & Q(organisation=None),
                violation_error_message="Le rôle de partenaire, et lui seul, se donne pour une organisation.",
            ),
        ]

    def __str__(self) -> str:
        return self.get_role_display()
