"""The financial regulation under which a convention was prepared, as this room reads it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from applications.models import RegulationVersion

from .models import Convention

TAX_WORDS = {"including_tax": "TTC", "excluding_tax": "HT"}
"""What `expenses.amounts` of the regulation may be, in words."""
FINAL_REPORT, FINAL_CLAIM = "final_report", "final_claim"
"""What frees the retention: `retention_freed_on`."""


@dataclass(frozen=True)
class Regulation:
    """Rates are percents; `categories` are labels by code; `conditions` are kinds by the code of an instalment."""

    funding_rate_percent: Decimal
    tax_words: str
    needs_documents: bool
    retention_freed_on: str
    categories: Mapping[str, str]
    conditions: Mapping[str, tuple[str, ...]]


def regulation_of(convention: Convention) -> Regulation:
    """The regulation that the convention cites, whatever the call says today: one query at most."""
    content = RegulationVersion.content_of(convention.dossier.call, convention.regulation_version)
    expenses = content.get("expenses", {})
    return Regulation(
        funding_rate_percent=Decimal(str(content.get("funding_rate_percent", "100"))),
        tax_words=TAX_WORDS[expenses.get("amounts", "including_tax")],
        needs_documents=expenses.get("documents", "each") == "each",
        retention_freed_on=content.get("retention_freed_on", FINAL_REPORT),
        categories={raw["code"]: raw["label"] for raw in content.get("cost_categories", ())},
        conditions={raw["code"]: tuple(raw.get("conditions", ())) for raw in content.get("instalments", ())},
    )
