"""What each partner reads of the dossiers that ask for its datasets: every page, file and quotation of theirs starts
here."""

from collections import defaultdict
from collections.abc import Iterable

from ami_portal.questionnaire.models import FormRevision
from applications import reading
from applications.models import CallDataset, DossierVersion
from applications.opening import OpenedDossier
from applications.opening import opened as opened_to
from datasets.models import Dataset

from .models import Opinion


def readings(opinions: Iterable[Opinion]) -> dict[int, OpenedDossier]:
    """What the partner of each opinion reads of its dossier, by the key of the opinion: four queries for any number.

    An opinion whose dossier has no deposit that stands has no reading. The opinions come with `dataset` and `dossier`.
    """
    asked = list(opinions)
    versions = DossierVersion.objects.filter(dossier__in={one.dossier_id for one in asked}, withdrawn_at=None)
    frozen = {version.dossier_id: reading.frozen(version) for version in versions}
    revisions = FormRevision.objects.filter(sha256__in={one.form_sha256 for one in frozen.values()})
    forms = {revision.sha256: revision.form for revision in revisions.defer("definition")}
    own: dict[int, set[str]] = defaultdict(set)
    for dataset in Dataset.objects.filter(partner__in={one.dataset.partner_id for one in asked}):
        own[dataset.partner_id].add(dataset.code)
    lent: dict[int, dict[str, str]] = defaultdict(dict)
    holders: dict[int, dict[str, str]] = defaultdict(dict)
    rows = CallDataset.objects.filter(call__in={one.dossier.call_id for one in asked})
    for row in rows.select_related("version__dataset__partner"):
        dataset = row.version.dataset
        lent[row.call_id][dataset.code], holders[row.call_id][dataset.code] = dataset.title, dataset.partner.name
    return {
        one.pk: opened_to(
            frozen[one.dossier_id],
            forms[frozen[one.dossier_id].form_sha256],
            own=own[one.dataset.partner_id],
            lent=lent[one.dossier.call_id],
            holders=holders[one.dossier.call_id],
        )
        for one in asked
        if one.dossier_id in frozen
    }


def opened(opinion: Opinion) -> OpenedDossier | None:
    """The same for one opinion; None without a deposit that stands."""
    return readings([opinion]).get(opinion.pk)
