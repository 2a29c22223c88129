"""What the checks read of a dossier beside its frozen content, kept so that a result can be found again (pure)."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from ami_portal.documents.format_rules import Finding
from ami_portal.questionnaire.form import Form

from .checks import DirectoryFact, Facts, FileFact, OpinionFact
from .pieces import Reading, kinds_of, reading_of
from .reading import FrozenDossier
from .supporting import at_deposit, held_in


@dataclass(frozen=True)
class Basis:
    """The closing, the regulation and the datasets that counted, what was measured of each file (by its identifier),
    what the company directory said (by number), what the partners said, the supporting documents that the call asks for
    and what people read on them."""

    closes_at: dt.datetime | None = None
    regulation: Mapping[str, Any] = field(default_factory=dict)
    datasets: Mapping[str, str] = field(default_factory=dict)
    findings: Mapping[str, Sequence[Finding]] = field(default_factory=dict)
    directory: Mapping[str, DirectoryFact] = field(default_factory=dict)
    opinions: Sequence[OpinionFact] = ()
    opinions_stop: bool = True
    piece_kinds: Sequence[Mapping[str, Any]] = ()
    piece_readings: Mapping[str, Reading] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Everything, to be kept."""
        return {
            "closes_at": self.closes_at.astimezone(dt.UTC).isoformat() if self.closes_at else None,
            "regulation": dict(self.regulation),
            "datasets": dict(self.datasets),
            "findings": {
                uuid: [[one.rule, one.result, one.text, list(one.places)] for one in found]
                for uuid, found in self.findings.items()
            },
            "directory": {number: _without_dates(asdict(fact)) for number, fact in self.directory.items()},
            "opinions": [asdict(one) | {"stances": dict(one.stances)} for one in self.opinions],
            "opinions_stop": self.opinions_stop,
            "piece_kinds": [dict(kind) for kind in self.piece_kinds],
            "piece_readings": {name: reading.as_json() for name, reading in self.piece_readings.items()},
        }


def _without_dates(fact: dict[str, Any]) -> dict[str, Any]:
    asked_on = fact["asked_on"]
    return fact | {"asked_on": asked_on.isoformat() if asked_on else None}


def of_json(raw: Mapping[str, Any]) -> Basis:
    """What was kept."""
    return Basis(
        closes_at=dt.datetime.fromisoformat(raw["closes_at"]) if raw["closes_at"] else None,
        regulation=raw["regulation"],
        datasets=raw["datasets"],
        findings={
            uuid: [Finding(rule, result, text, tuple(places)) for rule, result, text, places in found]
            for uuid, found in raw["findings"].items()
        },
        directory={number: _fact(fact) for number, fact in raw["directory"].items()},
        opinions=tuple(OpinionFact(**one) for one in raw["opinions"]),
        opinions_stop=raw["opinions_stop"],
        piece_kinds=raw.get("piece_kinds", ()),
        piece_readings={name: reading_of(one) for name, one in raw.get("piece_readings", {}).items()},
    )


def _fact(raw: Mapping[str, Any]) -> DirectoryFact:
    asked_on = raw["asked_on"]
    return DirectoryFact(**{**raw, "asked_on": dt.date.fromisoformat(asked_on) if asked_on else None})


def facts_from(frozen: FrozenDossier, form: Form, basis: Basis) -> Facts:
    """The facts of a dossier: as it was frozen, or as a draft would be now. Its datasets are those then open."""
    items = list(frozen.items())
    datasets = {**basis.datasets, **{row["code"]: row["title"] for row in frozen.datasets}}
    return Facts(
        answers={item.code: item.value for item in items},
        tables={item.code: item.rows for item in items if item.type == "table"},
        files={
            item.code: [
                FileFact(
                    file.filename, file.media_type, file.size, file.pages, tuple(basis.findings.get(file.uuid, ()))
                )
                for file in item.files
            ]
            for item in items
            if item.type == "file"
        },
        shown={item.code: item.shown for item in items},
        labels={question.code: question.label for question in form.questions()}
        | {item.code: item.label for item in items},
        form=form.with_datasets(list(datasets.items())),
        submitted_at=frozen.received_at,
        closes_at=basis.closes_at,
        regulation=basis.regulation,
        datasets=datasets,
        dataset_versions={row["code"]: row["version"] for row in frozen.datasets},
        opinions=tuple(basis.opinions),
        opinions_stop=basis.opinions_stop,
        directory=basis.directory,
        pieces=at_deposit(held_in(kinds_of(basis.piece_kinds), frozen, basis.piece_readings)),
    )
