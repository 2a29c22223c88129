"""The partners to whom a dossier is opened, and what each would read of it, for its team before anybody else."""

from ami_portal.accounts.models import Organisation
from ami_portal.questionnaire.form import Form
from datasets.models import Dataset

from .models import Dossier
from .opening import OpenedDossier, opened
from .reading import FrozenDossier


def partners_of(dossier: Dossier) -> list[Organisation]:
    """The partners of the datasets that a dossier asks for, by name."""
    asked = dossier.dossier_datasets.values("version__dataset__partner")
    return list(Organisation.objects.filter(pk__in=asked).order_by("name"))


def opened_to(partner: Organisation, frozen: FrozenDossier, form: Form, dossier: Dossier) -> OpenedDossier:
    """What one of them reads of `frozen`, which answers `form`."""
    own = set(Dataset.objects.filter(partner=partner).values_list("code", flat=True))
    rows = dossier.call.call_datasets.select_related("version__dataset__partner")
    lent = {row.version.dataset.code: row.version.dataset.title for row in rows}
    holders = {row.version.dataset.code: row.version.dataset.partner.name for row in rows}
    return opened(frozen, form, own=own, lent=lent, holders=holders)
