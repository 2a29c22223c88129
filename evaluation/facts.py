"""What the automatic checks read of a deposit beside its content: what its call asks, what others said."""

from collections.abc import Iterable

from applications import directory, reading
from applications.basis import Basis, facts_from
from applications.checks import Facts, OpinionFact
from applications.enums import OpinionMode
from applications.models import DossierVersion, EligibilityCriterion, RegulationVersion
from applications.papers import examinations_of, findings_on
from applications.reading import FrozenDossier
from applications.supporting import readings_of

from .enums import ENDED_IN_SILENCE, OpinionState
from .models import Opinion


def facts_of(version: DossierVersion) -> Facts:
    """The facts of one deposit. The version comes with its dossier, the call and the form revision."""
    frozen = reading.frozen(version)
    read = basis_of(version, frozen, version.dossier.call.criteria.all())
    return facts_from(frozen, version.dossier.form_revision.form, read)


def basis_of(version: DossierVersion, frozen: FrozenDossier, criteria: Iterable[EligibilityCriterion]) -> Basis:
    """What counts for a deposit, in six queries. The version comes with its dossier, the call and the form revision."""
    dossier = version.dossier
    form = dossier.form_revision.form
    examined = examinations_of(file.uuid for file in frozen.all_files())
    numbers = directory.numbers_read(
        [(one.check_name, one.params) for one in criteria], {item.code: item.value for item in frozen.items()}
    )
    return Basis(
        closes_at=dossier.closes_at,
        regulation=RegulationVersion.content_of(dossier.call, frozen.regulation_version),
        datasets=dict(dossier.call.dataset_options),
        findings={
            file.uuid: findings_on(form.by_code.get(item.code), examined.get(file.uuid))
            for item in frozen.items()
            for file in item.files
        },
        directory=directory.facts_on(numbers),
        opinions=_opinions(version),
        opinions_stop=dossier.call.opinions == OpinionMode.VETO,
        piece_kinds=dossier.call.supporting_documents,
        piece_readings=readings_of(dossier) if dossier.call.supporting_documents else {},
    )


def _opinions(version: DossierVersion) -> tuple[OpinionFact, ...]:
    """One fact for each dataset asked for, its stances empty until the opinion is given, or what was decided of a
    silence."""
    said = version.dossier.opinions.filter(state__in=(OpinionState.GIVEN, *ENDED_IN_SILENCE))
    by_dataset = {opinion.dataset_id: opinion for opinion in said}
    asked = version.dossier.dossier_datasets.select_related("version__dataset")
    return tuple(_fact(row.version.dataset.code, by_dataset.get(row.version.dataset_id)) for row in asked)


def _fact(dataset: str, opinion: Opinion | None) -> OpinionFact:
    if opinion is None:
        return OpinionFact(dataset)
    if opinion.state in ENDED_IN_SILENCE:
        return OpinionFact(dataset, ending=opinion.state)
    stances = {"neutrality": opinion.neutrality, "feasibility": opinion.feasibility}
    return OpinionFact(dataset, stances, is_heard=not opinion.is_pending, ruling=opinion.ruling)
