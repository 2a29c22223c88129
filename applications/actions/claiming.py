"""Claim a dossier that one deposited on Démarches Simplifiées."""

from django.db import transaction

from ami_portal.accounts.models import User
from ami_portal.audit import trail
from ami_portal.kernel import clock
from ami_portal.workflow import TransitionRefused
from applications import notifications
from applications.enums import MemberRole
from applications.models import Dossier, DossierMember, RemoteDossier
from applications.rules import dossiers_to_claim

NOT_YOURS = "Ce dossier a été déposé avec une autre adresse électronique, ou il a déjà un porteur ici."


@transaction.atomic
def claim_dossier(dossier: Dossier, *, actor: User) -> None:
    """Become the owner, here, of a dossier deposited there with one's own confirmed address; a mail confirms it.

    Raises TransitionRefused for anybody else, and when it has an owner.
    """
    at = clock.now()
    Dossier.objects.select_for_update(of=("self",)).get(pk=dossier.pk)
    current = dossiers_to_claim(actor).filter(pk=dossier.pk).first()
    if current is None:
        raise TransitionRefused(NOT_YOURS)
    role = {"role": MemberRole.OWNER}
    DossierMember.objects.update_or_create(
        dossier=current, email=actor.email, defaults=role, create_defaults={**role, "invited_at": at}
    )
    row = RemoteDossier.objects.select_related("dossier").get(dossier=current)
    notifications.claimed(row, at=at)
    trail.record("dossier.claim", subject=current.ref, actor=actor, at=at, elsewhere=row.number)
