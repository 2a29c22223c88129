"""What the convention says: the call's articles filled, and its annexes, from the frozen dossier alone."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from ami_portal.kernel.money import ZERO, in_words
from ami_portal.ui import wording
from applications.checks.params import within
from applications.models import Call, DossierVersion, RegulationVersion
from applications.models.call import START
from applications.reading import FrozenDossier, restricted

from . import articles
from .articles import Article
from .enums import Basis
from .models import Convention, Instalment

PLACES = frozenset(
    "reference titre organisme porteur montant date date_depot empreinte bases duree signature fin retenue "
    "echeancier".split()
)
"""What the articles of a convention may hold between braces."""
NO_BREAK_SPACE = "\u00a0"
TO_FILL = "à compléter à la signature"


def context(convention: Convention, version: DossierVersion) -> dict[str, Any]:
    """The context of `pdf/funding/convention.html`. Same rows, same context: it holds no present instant."""
    dossier, call = restricted(version), convention.dossier.call
    lines = list(convention.instalments.all())
    budget = budget_by_category(call, dossier)
    return {
        "convention": convention,
        "frozen": dossier,
        "version": version,
        "operator": call.operator,
        "representative": _representative(call, dossier),
        "articles": standing_articles(convention),
        "lines": [{"line": line, "due": _due(line), "percent": percent(line.percent)} for line in lines],
        "totals": {
            "gross": sum((line.gross for line in lines), ZERO),
            "retention": sum((line.retention for line in lines), ZERO),
            "net": sum((line.net for line in lines), ZERO),
        },
        "retention_percent": percent(convention.retention_percent),
        "budget": budget,
        "budget_total": sum((row["amount"] for row in budget), ZERO),
        "files": dossier.all_files(),
    }


def standing_articles(convention: Convention) -> tuple[Article, ...]:
    """The articles of the last version of a convention's text; none before it has one."""
    last = convention.texts.order_by("number").last()
    return articles.read(last.articles) if last else ()


def first_articles(convention: Convention, version: DossierVersion) -> tuple[Article, ...]:
    """The articles of the convention's template that the frozen dossier calls for, filled."""
    dossier = restricted(version)
    template = convention.template.articles if convention.template else ()
    return articles.compose(template, dossier.answer, values_of(convention, version))


def values_of(convention: Convention, version: DossierVersion) -> dict[str, str]:
    """What the places of the articles hold (data/README.md)."""
    return _values(convention, restricted(version), version, list(convention.instalments.all()))


def _values(
    convention: Convention, dossier: FrozenDossier, version: DossierVersion, lines: list[Instalment]
) -> dict[str, str]:
    return {
        "reference": dossier.ref,
        "titre": dossier.name,
        "organisme": dossier.holder,
        "porteur": _representative(convention.dossier.call, dossier) or "son représentant légal",
        "montant": in_words(convention.amount),
        "date": wording.day(convention.prepared_at),
        "date_depot": wording.instant(dossier.received_at or version.submitted_at),
        "empreinte": version.sha256,
        "bases": " ; ".join(f"{dataset['title']} (version {dataset['version']})" for dataset in dossier.datasets),
        "duree": f"{convention.duration_months}{NO_BREAK_SPACE}mois",
        "signature": wording.day(convention.signed_on) if convention.signed_on else TO_FILL,
        "fin": wording.day(convention.ends_on) if convention.ends_on else TO_FILL,
        "retenue": percent(convention.retention_percent),
        "echeancier": schedule_in_words(lines),
    }


def _representative(call: Call, dossier: FrozenDossier) -> str:
    """The answers to the questions that the regulation calls `signatory`: name, then function."""
    answers = (dossier.answer(code) for code in call.regulation.get("signatory", ()))
    return ", ".join(answer for answer in answers if isinstance(answer, str) and answer)


def schedule_in_words(lines: Iterable[Instalment]) -> str:
    """The instalments, one a line, with their share, their amount, when they fall due and on which condition."""
    return "\n".join(_in_words(line) for line in lines)


def _in_words(line: Instalment) -> str:
    most = "" if line.basis == Basis.SHARE else " au plus, selon les dépenses acceptées"
    words = f"– {line.label} : {percent(line.percent)} de l’aide{most}, soit {in_words(line.gross)}, {_due(line)}."
    return f"{words} {line.condition}".strip()


def _due(line: Instalment) -> str:
    if line.due_on:
        return f"le {wording.day(line.due_on)}"
    months = line.months_after_signature
    return f"{months}{NO_BREAK_SPACE}mois après la signature" if months else "dès la signature"


def counts_from_start(convention: Convention) -> bool:
    """Whether the regulation under which a convention was prepared counts its duration from the start of the works."""
    regulation = RegulationVersion.content_of(convention.dossier.call, convention.regulation_version)
    return regulation.get("duration_counts_from") == START


def closed_sentence(convention: Convention) -> str:
    """What is said to whoever would go on with a convention that a renouncement has closed."""
    return f"Le lauréat a renoncé à l’aide : la convention {convention.ref} est sans suite."


def percent(value: Decimal) -> str:
    """« 10 % », « 12,5 % »."""
    return f"{value.normalize():f}".replace(".", ",") + f"{NO_BREAK_SPACE}%"


def budget_by_category(call: Call, dossier: FrozenDossier) -> list[dict[str, Any]]:
    """The expenses deposited, summed by category in the order of the regulation; empty when the call asks for none."""
    labels, sums = _costs(call, dossier)
    order = [raw["code"] for raw in call.regulation.get("cost_categories", ())]
    found = sorted(sums, key=lambda code: order.index(code) if code in order else len(order))
    return [{"label": labels[code] or "Sans catégorie", "amount": sums[code]} for code in found]


def costs_by_category(call: Call, dossier: FrozenDossier) -> dict[str, Decimal]:
    """The same, by the code of the category; what has none is left out."""
    return {code: amount for code, amount in _costs(call, dossier)[1].items() if code}


def _costs(call: Call, dossier: FrozenDossier) -> tuple[dict[str, str], dict[str, Decimal]]:
    """The categories of the expenses with their labels, then with their sums.

    Which table and columns they are in is what the call's own check of the budget reads.
    """
    told = (found for row in call.criteria.all() for found in within(row.check_name, row.params))
    params: Mapping[str, Any] = next((params for check, params in told if check == "budget"), {})
    item = dossier.item(params.get("table", ""))
    category, amount = params.get("category_column", ""), params.get("amount_column", "")
    labels: dict[str, str] = {}
    sums: dict[str, Decimal] = {}
    if item is None or category not in {column.code for column in item.columns}:
        return labels, sums
    place = [column.code for column in item.columns].index(category)
    for row, cells in zip(item.rows, item.cells, strict=True):
        code = str(row.get(category) or "")
        labels.setdefault(code, cells[place])
        sums[code] = sums.get(code, ZERO) + Decimal(row.get(amount) or 0)
    return labels, sums
