"""The facts of a deposit for the automatic checks: what was frozen, what its call asks, what the partners said."""

from typing import Any

from ami_portal.questionnaire import completeness
from ami_portal.questionnaire.answers import Address
from ami_portal.questionnaire.completeness import Completeness, Files
from ami_portal.questionnaire.form import Form
from applications import reading
from applications.checks import Facts, FileFact, OpinionFact
from applications.enums import OpinionMode
from applications.models import DossierVersion, RegulationVersion
from applications.papers import examinations_of, findings_on
from applications.reading import FrozenDossier

from .enums import OpinionState
from .models import Opinion


def facts_of(version: DossierVersion) -> Facts:
    """The facts of one deposit: six queries. The version comes with its dossier, the call and the form revision."""
    dossier = version.dossier
    frozen = reading.frozen(version)
    form = dossier.form_revision.form.with_datasets(dossier.call.dataset_options)
    progress = _completeness(form, frozen)
    return Facts(
        answers={item.code: item.value for item in frozen.items()},
        tables={item.code: item.rows for item in frozen.items() if item.type == "table"},
        files=_files(form, frozen),
        shown={item.code: item.shown for item in frozen.items()},
        labels={item.code: item.label for item in frozen.items()},
        asked=sum(section.asked for section in progress.sections),
        missing=tuple(missing.label for missing in progress.missing),
        submitted_at=frozen.received_at,
        closes_at=dossier.closes_at,
        regulation=RegulationVersion.content_of(dossier.call, frozen.regulation_version),
        datasets=dict(dossier.call.dataset_options),
        opinions=_opinions(version),
        opinions_stop=dossier.call.opinions == OpinionMode.VETO,
    )


def _files(form: Form, frozen: FrozenDossier) -> dict[str, list[FileFact]]:
    """The files of each question, with what was measured of them."""
    examined = examinations_of(file.uuid for file in frozen.all_files())
    return {
        item.code: [
            FileFact(
                file.filename,
                file.media_type,
                file.size,
                file.pages,
                tuple(findings_on(form.by_code.get(item.code), examined.get(file.uuid))),
            )
            for file in item.files
        ]
        for item in frozen.items()
        if item.type == "file"
    }


def _completeness(form: Form, frozen: FrozenDossier) -> Completeness:
    """What the form still asks of a frozen content. The rows of a table have their rank for identifier."""
    answers: dict[Address, Any] = {}
    rows: dict[str, list[str]] = {}
    files: dict[str, Files] = {}
    for item in frozen.items():
        if item.type == "table":
            rows[item.code] = [str(rank) for rank in range(len(item.rows))]
            for rank, row in enumerate(item.rows):
                answers |= {Address(item.code, str(rank), column): value for column, value in row.items()}
        elif item.type == "file":
            files[item.code] = Files(accepted=len(item.files))
        elif item.code in form.by_code and form.by_code[item.code].is_composed:
            answers |= {Address(item.code, "", part): value for part, value in (item.value or {}).items()}
        else:
            answers[Address(item.code)] = item.value
    return completeness.measure(form, answers, rows, files)


def _opinions(version: DossierVersion) -> tuple[OpinionFact, ...]:
    """One fact for each dataset asked for, its stances empty until the opinion is given."""
    given = {
        opinion.dataset_id: opinion
        for opinion in Opinion.objects.filter(dossier=version.dossier, state=OpinionState.GIVEN)
    }
    facts = []
    for row in version.dossier.dossier_datasets.select_related("version__dataset"):
        opinion = given.get(row.version.dataset_id)
        stances = {"neutrality": opinion.neutrality, "feasibility": opinion.feasibility} if opinion else {}
        facts.append(OpinionFact(row.version.dataset.code, stances))
    return tuple(facts)
