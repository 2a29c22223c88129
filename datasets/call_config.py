"""The part of a call's file that this room reads: partners, and the datasets that they lend."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from ami_portal.accounts.enums import OrganisationKind
from ami_portal.accounts.models import Organisation
from ami_portal.kernel.config import Checks, Problem, among, repeated, shown
from ami_portal.questionnaire.siret import is_siret

from .models import Dataset, DatasetVersion

# From the words of the file to the fields of a version.
_FIELDS = {
    "summary": "summary",
    "population": "population",
    "period": "period",
    "records": "records",
    "individuals": "individuals",
    "update": "update_frequency",
    "variables_text": "variables",
    "access": "access",
    "limits": "limits",
}


def problems(config: Mapping[str, Any]) -> list[Problem]:
    """What is wrong in the partners and datasets of a config whose shape is right."""
    partners, items = config["datasets"]["partners"], config["datasets"]["items"]
    found = repeated(partners, ("datasets", "partners")) + repeated(items, ("datasets", "items"))
    known = [partner["code"] for partner in partners]
    for rank, partner in enumerate(partners):
        if partner["siret"] and not is_siret(partner["siret"]):
            path = ("datasets", "partners", rank, "siret")
            found.append(Problem(path, f"{shown(partner['siret'])} a une clé fausse", "un SIRET juste, ou rien"))
    for rank, item in enumerate(items):
        if item["partner"] not in known:
            path = ("datasets", "items", rank, "partner")
            found.append(
                Problem(path, f"{shown(item['partner'])} n’est pas un partenaire", among(known, item["partner"]))
            )
    return found


CHECKS: Checks = ((("datasets",), problems),)


def load(config: Mapping[str, Any], *, at: dt.datetime) -> list[DatasetVersion]:
    """Create or bring up to date the partners and datasets of a file; answer the versions that the call opens."""
    partners = {}
    for raw in config["partners"]:
        partners[raw["code"]], _ = Organisation.objects.update_or_create(
            code=raw["code"],
            defaults={"name": raw["name"], "siret": raw["siret"], "kind": OrganisationKind.PARTNER},
        )
    versions = []
    for raw in config["items"]:
        dataset, _ = Dataset.objects.update_or_create(
            code=raw["code"], defaults={"title": raw["title"], "partner": partners[raw["partner"]]}
        )
        fields = {field: raw[word] for word, field in _FIELDS.items()}
        version, _ = DatasetVersion.objects.update_or_create(
            dataset=dataset,
            version=raw["version"],
            defaults=fields,
            create_defaults={**fields, "published_at": at},
        )
        versions.append(version)
    return versions


def dump(versions: Iterable[DatasetVersion], partners: Iterable[str]) -> dict[str, Any]:
    """These versions as the file says them, with their partners, and those of the codes `partners`."""
    versions = list(versions)
    codes = {version.dataset.partner.code for version in versions} | set(partners)
    return {
        "partners": [
            {"code": partner.code, "name": partner.name, "siret": partner.siret}
            for partner in Organisation.objects.filter(code__in=codes).order_by("code")
        ],
        "items": [
            {
                "code": version.dataset.code,
                "partner": version.dataset.partner.code,
                "title": version.dataset.title,
                **{word: getattr(version, field) for word, field in _FIELDS.items()},
                "version": version.version,
            }
            for version in versions
        ],
    }
