"""The part of a call's file that this room reads: partners, and the datasets that they lend."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from ami_portal.accounts.enums import OrganisationKind
from ami_portal.accounts.models import Organisation

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


def load(config: Mapping[str, Any], *, at: dt.datetime) -> list[DatasetVersion]:
    """Create or bring up to date the partners and datasets of a file; answer the versions that the call opens."""
    partners = {}
    for raw in config["partners"]:
        partners[raw["code"]], _ = Organisation.objects.update_or_create(
            code=raw["code"],
            defaults={"name": raw["name"], "siret": str(raw.get("siret") or ""), "kind": OrganisationKind.PARTNER},
        )
    versions = []
    for raw in config["items"]:
        dataset, _ = Dataset.objects.update_or_create(
            code=raw["code"], defaults={"title": raw["title"], "partner": partners[raw["partner"]]}
        )
        fields = {field: str(raw.get(word) or "").strip() for word, field in _FIELDS.items()}
        version, _ = DatasetVersion.objects.update_or_create(
            dataset=dataset,
            version=str(raw["version"]),
            defaults=fields,
            create_defaults={**fields, "published_at": at},
        )
        versions.append(version)
    return versions
