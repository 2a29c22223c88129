"""Roles. Staff duties are roles too: nobody holds more than what was granted, and there is no superuser."""

from django.db.models import TextChoices


class Role(TextChoices):
    INSTRUCTOR = "instructor", "Instructeur"
    JURY_SECRETARY = "jury_secretary", "Secrétaire du jury"
    GRANT_OFFICER = "grant_officer", "Gestionnaire des conventions"
    ACCOUNTING_OFFICER = "accounting_officer", "Agent comptable"
    DATA_STEWARD = "data_steward", "Responsable du catalogue"
    ADMINISTRATOR = "administrator", "Administrateur"
    JUROR = "juror", "Membre du jury"
    PARTNER = "partner", "Partenaire"


STAFF_ROLES = frozenset(set(Role) - {Role.JUROR, Role.PARTNER})
"""The duties of the operator's own staff: they open the admin."""

CONTENT_ROLES = frozenset(
    {Role.INSTRUCTOR, Role.JURY_SECRETARY, Role.GRANT_OFFICER, Role.ACCOUNTING_OFFICER, Role.DATA_STEWARD}
)
"""Staff who read dossiers. An administrator keeps accounts and configuration, and sees no content by default."""


class OrganisationKind(TextChoices):
    OPERATOR = "operator", "Opérateur"
    PARTNER = "partner", "Partenaire"


class Language(TextChoices):
    """The language in which a person reads the questions of a call that has two."""

    FRENCH = "fr", "Français"
    ENGLISH = "en", "Anglais"
