"""The templates that a call's file names: taken from beside it, controlled as any deposited file, kept once."""

from collections.abc import Iterator, Mapping
from pathlib import Path as File
from typing import Any

from ami_portal.documents import given, measure, sniff, store
from ami_portal.documents.enums import Verdict
from ami_portal.documents.format_rules import Template
from ami_portal.documents.measure import Report
from ami_portal.documents.models import Examination
from ami_portal.kernel import clock
from ami_portal.kernel.config import Path, Problem
from ami_portal.kernel.text import sha256_of

Named = tuple[Path, str, Template]
"""Where a template is named, by which question, and the template."""


def named(config: Mapping[str, Any]) -> Iterator[Named]:
    """The templates of a config whose form holds together."""
    for one, section in enumerate(config["form"]["sections"]):
        for other, question in enumerate(section["questions"]):
            template = question.get("file_rules", {}).get("template")
            if isinstance(template, Mapping):
                path: Path = ("form", "sections", one, "questions", other, "file_rules", "template")
                yield path, str(question["code"]), Template(**template)


def missing(config: Mapping[str, Any]) -> list[Problem]:
    """The templates that the portal has not got."""
    return [
        Problem(path, f"le portail n’a pas le modèle « {template.file} »", "ce fichier, à côté de celui de l’appel")
        for path, _, template in named(config)
        if given.find(template) is None
    ]


def problems(config: Mapping[str, Any], folder: File) -> list[Problem]:
    """What is wrong with the templates that the portal has not got yet, in a folder. They are examined in a child."""
    found = []
    for path, _, template in named(config):
        if given.find(template) is not None:
            continue
        place = folder / template.file
        if not place.is_file():
            found.append(Problem(path, f"« {template.file} » n’est pas à côté du fichier de l’appel", "ce fichier"))
        elif (sha256 := sha256_of(content := place.read_bytes())) != template.sha256:
            found.append(Problem(path, f"l’empreinte de « {template.file} » est {sha256}", template.sha256))
        elif reason := _examined(content).reason:
            found.append(Problem(path, f"« {template.file} » est refusé", reason))
    return found


def keep(config: Mapping[str, Any], folder: File) -> None:
    """Keep the templates that the portal has not got yet, after `problems` said nothing of them."""
    at = clock.now()
    for _, question, template in named(config):
        if given.find(template) is not None:
            continue
        content = (folder / template.file).read_bytes()
        document = store.keep(
            given.KIND,
            subject=given.subject(config["call"]["code"], question),
            content=content,
            filename=template.file,
            media_type=sniff.MEDIA_TYPES[template.file.rpartition(".")[2]],
            at=at,
            verdict=Verdict.ACCEPTED,
        )
        facts = _examined(content).facts
        Examination.objects.create(document=document, wanted=given.WANTED, facts=facts, examined_at=at)


def _examined(content: bytes) -> Report:
    return measure.examine(content, given.WANTED)
