"""Who sees the catalogue, and who keeps it."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from ami_portal.accounts.enums import Role
from ami_portal.accounts.rules import holds
from ami_portal.kernel.permissions import rule

from .models import Dataset, DatasetVersion


def versions_visible_to(user: Any) -> QuerySet[DatasetVersion]:
    """The published descriptions, open to all; stewards of the catalogue also see those in preparation."""
    if can_manage_catalogue(user, None):
        return DatasetVersion.objects.all()
    return DatasetVersion.objects.filter(published_at__isnull=False)


def datasets_published(user: Any) -> QuerySet[Dataset]:
    """The datasets of the public pages: those with a published description, the same for everybody."""
    published = DatasetVersion.objects.filter(dataset=OuterRef("pk"), published_at__isnull=False)
    return Dataset.objects.filter(Exists(published))


@rule("datasets.manage_catalogue")
def can_manage_catalogue(user: Any, obj: Any) -> bool:
    return holds(user, Role.DATA_STEWARD)
