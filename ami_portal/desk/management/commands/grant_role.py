"""Give a role from the command line: the only way to make the first administrator."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ami_portal.accounts.enums import Role
from ami_portal.accounts.models import Organisation, User
from ami_portal.desk import people


class Command(BaseCommand):
    help = "Donne un rôle à un compte. Le rôle de partenaire se donne pour une organisation."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="adresse du compte")
        parser.add_argument("role", choices=Role.values, help="rôle à donner")
        parser.add_argument("--organisation", default="", help="code de l’organisation (rôle de partenaire)")
        words = "d’où l’on tient que la personne en est membre, si son adresse n’est d’aucun de ses domaines"
        parser.add_argument("--attestation", default="", help=words)

    def handle(self, *args: Any, email: str, role: str, organisation: str, attestation: str, **options: Any) -> None:
        """Find the account and the organisation, call the action, say what it did."""
        user = User.objects.filter(email=email.lower()).first()
        if user is None:
            raise CommandError(f"Aucun compte à l’adresse {email} : la personne crée d’abord son compte.")
        partner = Organisation.objects.filter(code=organisation).first() if organisation else None
        if organisation and partner is None:
            raise CommandError(f"Aucune organisation n’a le code {organisation}.")
        held = user.roles
        try:
            grant = people.grant_role(user, role, organisation=partner, vouched_for=attestation, actor=None)
        except people.GrantRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        words = "déjà donné" if role in held and role != Role.PARTNER else "donné"
        self.stdout.write(f"{user.email} : {grant.get_role_display()} ({words})")
