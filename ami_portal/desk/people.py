"""What is done to accounts by those who keep them: roles given and taken back, a lost second factor removed.

It lives at the desk because it writes to the journal and to the person, which accounts are below of.
"""

import datetime as dt

from django.db import transaction

from ami_portal.accounts import devices
from ami_portal.accounts.enums import Role
from ami_portal.accounts.models import Organisation, RoleGrant, User
from ami_portal.accounts.rules import holds, owns_address
from ami_portal.audit import trail
from ami_portal.kernel import clock
from ami_portal.kernel.text import clean_text
from ami_portal.notifications import outbox
from evaluation import actions as evaluation


class GrantRefused(Exception):
    """A role that cannot be given or taken back. Its message is a French sentence for a person."""


@transaction.atomic
def grant_role(
    user: User, role: str, *, organisation: Organisation | None = None, vouched_for: str = "", actor: User | None
) -> RoleGrant:
    """Give a role, note it, and write to the person. Given already, nothing happens. `actor` None: the command line.

    Who answers for a partner is a member of it: by an address of its domains, or by the word of who gives the role,
    `vouched_for`, which says how they know. Raises GrantRefused.
    """
    at = clock.now()
    vouched_for = clean_text(vouched_for).strip()
    role = Role(role)
    if (role == Role.PARTNER) != (organisation is not None):
        raise GrantRefused("Le rôle de partenaire, et lui seul, se donne pour une organisation.")
    if not user.is_active:
        raise GrantRefused("Ce compte est fermé : il ne peut recevoir de rôle.")
    if not owns_address(user):
        raise GrantRefused(
            "Cette adresse n’est pas encore confirmée : la personne ouvre d’abord le lien de son courriel."
        )
    held = RoleGrant.objects.filter(user=user, role=role, organisation=organisation)
    if organisation and not (organisation.holds_address(user.email) or vouched_for or held.exists()):
        raise GrantRefused(_no_member(organisation))
    grant, created = RoleGrant.objects.get_or_create(
        user=user, role=role, organisation=organisation, defaults={"granted_at": at, "vouched_for": vouched_for}
    )
    if created:
        _forget_roles(user)
        _look_again_at(user)
        _note("account.grant_role", user, grant, actor=actor, at=at)
        outbox.post(
            "account.role_granted",
            to=user.email,
            subject_ref="",
            at=at,
            once=f"{role} {organisation.code if organisation else ''} {at.isoformat()}",
            role=role.label,
            organisation=organisation.name if organisation else "",
        )
    return grant


def _no_member(organisation: Organisation) -> str:
    """Why somebody does not answer for a partner yet, and how to mend it."""
    known = ", ".join(organisation.domains.split())
    domains = f"aucun des domaines de {organisation.name} ({known})" if known else "aucun domaine connu"
    return (
        f"L’adresse de cette personne n’est d’{domains} : seul un membre de {organisation.name} peut répondre pour ce "
        "partenaire. Ajoutez son domaine à l’organisation, ou attestez son appartenance en disant d’où vous la tenez."
    )


@transaction.atomic
def revoke_role(grant: RoleGrant, *, actor: User | None) -> None:
    """Take a role back; it is worth nothing from the next page on. The last administrator keeps theirs."""
    at = clock.now()
    administrators = RoleGrant.objects.select_for_update().filter(role=Role.ADMINISTRATOR, user__is_active=True)
    if grant.role == Role.ADMINISTRATOR and not [row for row in administrators if row.pk != grant.pk]:
        raise GrantRefused("C’est le dernier administrateur : donnez d’abord ce rôle à quelqu’un d’autre.")
    if RoleGrant.objects.filter(pk=grant.pk).delete()[0]:
        _forget_roles(grant.user)
        _note("account.revoke_role", grant.user, grant, actor=actor, at=at)


@transaction.atomic
def open_account(email: str, first_name: str, last_name: str, *, actor: User) -> User:
    """Make an account for someone who will choose a password by mail, and tell them. They confirm the address then."""
    at = clock.now()
    user = User.objects.create_user(email, None, first_name=first_name, last_name=last_name, joined_at=at)
    trail.record("account.open", subject=user.ref, actor=actor, at=at)
    outbox.post("account.opened", to=user.email, subject_ref="", at=at)
    return user


@transaction.atomic
def change_account(user: User, *, fields: list[str], actor: User) -> None:
    """Rename a person, close the account or open it again; one's own account is not closed."""
    at = clock.now()
    if not user.is_active and user.pk == actor.pk:
        raise GrantRefused("Vous ne pouvez pas fermer votre propre compte.")
    if fields:
        user.save(update_fields=fields)
        closes = {"active": user.is_active} if "is_active" in fields else {}
        _look_again_at(user)
        trail.record("account.change", subject=user.ref, actor=actor, at=at, fields=sorted(fields), **closes)


@transaction.atomic
def remove_second_factor(user: User, *, reason: str, actor: User) -> None:
    """Take a lost application and its codes away, at the person's request: the next sign-in enrols another.

    Nobody does it for oneself: one who is verified changes the application on the page of the account.
    """
    at = clock.now()
    if user.pk == actor.pk:
        raise GrantRefused("Pour votre propre compte, changez d’application sur la page « Mon compte ».")
    if not holds(actor, Role.ADMINISTRATOR):
        raise GrantRefused("Vous n’avez pas le droit de faire cette action.")
    devices.remove_all(user)
    trail.record("account.remove_second_factor", subject=user.ref, actor=actor, at=at, reason=reason)
    outbox.post("account.second_factor_removed", to=user.email, subject_ref="", at=at)


def _look_again_at(user: User) -> None:
    """A juror whose name or roles changed may be tied to dossiers otherwise than before."""
    if Role.JUROR in user.roles:
        evaluation.look_again_at(user)


def _forget_roles(user: User) -> None:
    """The roles read before the change are not the roles held any more."""
    user.__dict__.pop("roles", None)


def _note(verb: str, user: User, grant: RoleGrant, *, actor: User | None, at: dt.datetime) -> None:
    organisation = grant.organisation.code if grant.organisation else ""
    facts = {"vouched_for": grant.vouched_for} if grant.vouched_for else {}
    trail.record(verb, subject=user.ref, actor=actor, at=at, role=str(grant.role), organisation=organisation, **facts)
