"""The language in which a person reads and answers the questions of a call that is in two."""

from django.db import transaction

from ami_portal.accounts.enums import Language
from ami_portal.accounts.models import User
from ami_portal.audit import trail
from ami_portal.kernel import clock
from ami_portal.workflow import TransitionRefused


@transaction.atomic
def choose_language(language: str, *, actor: User) -> None:
    """Read questions in this language from now on, on every device. Twice is once. Raises TransitionRefused."""
    if language not in Language.values:
        raise TransitionRefused("Choisissez le français ou l’anglais.")
    if User.objects.filter(pk=actor.pk).exclude(language=language).update(language=language):
        trail.record("account.choose_language", subject=actor.ref, actor=actor, at=clock.now(), after=language)
    actor.language = language
