"""What the stewards do to the catalogue, each act with its trace. A published description is never rewritten."""

from django.core.exceptions import ValidationError
from django.db import transaction

from ami_portal.accounts.models import User
from ami_portal.audit import trail
from ami_portal.kernel import clock
from ami_portal.kernel.permissions import allowed
from ami_portal.workflow import TransitionRefused

from .models import Dataset, DatasetVersion


@transaction.atomic
def save_dataset(dataset: Dataset, *, actor: User) -> None:
    """Add or change a dataset. Raises TransitionRefused: no right."""
    _refuse_stranger(actor)
    verb = "dataset.add" if dataset._state.adding else "dataset.change"
    dataset.save()
    trail.record(verb, subject=dataset.code, actor=actor, at=clock.now(), title=dataset.title)


@transaction.atomic
def save_version(version: DatasetVersion, *, actor: User) -> None:
    """Add or change the description of a dataset before it is published.

    Raises TransitionRefused: no right, or published already (dossiers are judged on it: write another version).
    """
    _refuse_stranger(actor)
    is_new = version._state.adding
    if not is_new:
        _refuse_published(DatasetVersion.objects.select_for_update().get(pk=version.pk))
    version.save()
    verb = "dataset_version.add" if is_new else "dataset_version.change"
    trail.record(verb, subject=_name(version), actor=actor, at=clock.now())


@transaction.atomic
def publish_version(version: DatasetVersion, *, actor: User) -> DatasetVersion:
    """Show a description to all, for good. Raises TransitionRefused: no right, published already, not whole."""
    _refuse_stranger(actor)
    at = clock.now()
    current = DatasetVersion.objects.select_for_update(of=("self",)).select_related("dataset").get(pk=version.pk)
    _refuse_published(current)
    try:
        current.full_clean()
    except ValidationError as error:
        raise TransitionRefused("Cette description est incomplète : le résumé est attendu.") from error
    current.published_at = at
    current.save(update_fields=["published_at"])
    trail.record("dataset_version.publish", subject=_name(current), actor=actor, at=at)
    return current


def _refuse_stranger(actor: User) -> None:
    if not allowed(actor, "datasets.manage_catalogue"):
        raise TransitionRefused("Vous n’avez pas le droit de faire cette action.")


def _refuse_published(version: DatasetVersion) -> None:
    if version.published_at:
        raise TransitionRefused("Cette version est publiée : écrivez-en une autre pour la corriger.")


def _name(version: DatasetVersion) -> str:
    return f"{version.dataset.code}/{version.version}"
