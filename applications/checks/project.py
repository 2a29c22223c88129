"""Checks of the project: its datasets, its budget, its dates, its other funders."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from ami_portal.kernel.money import ZERO, cents, in_words
from ami_portal.ui.wording import day
from applications.enums import CheckResult

from .facts import Facts, Params, Result, Row, amount, enumerated, settled, worst


def partner_dataset(facts: Facts, params: Params) -> Result:
    """At least one dataset that the call opens."""
    code = params["question"]
    asked = facts.answer(code) or []
    open_ones = [item for item in asked if item in facts.datasets]
    others = [item for item in asked if item not in facts.datasets]
    plural = "s" if len(open_ones) > 1 else ""
    evidence = f"{len(open_ones)} base{plural} de l’appel demandée{plural}"
    evidence += f" : {enumerated([facts.datasets[item] for item in open_ones])}." if open_ones else "."
    if others:
        evidence += f" Hors de l’appel : {enumerated(others)}."
    return Result(CheckResult.MET if open_ones else CheckResult.NOT_MET, evidence, [code])


def budget(facts: Facts, params: Params) -> Result:
    """The grant is within the maximum, budget and grant are near what the call expects, no category is over its cap."""
    found_at = [params["amount"], params["table"]]
    asked = amount(facts.answers.get(params["amount"]))
    rows = facts.tables.get(params["table"], ())
    amounts = [amount(row.get(params["amount_column"])) for row in rows]
    if asked is None or not rows or None in amounts:
        return Result(
            CheckResult.UNKNOWN,
            "L’aide demandée ou un montant du budget n’est pas donné.",
            found_at,
            "Lisez le budget.",
        )
    total = sum((value for value in amounts if value is not None), ZERO)
    maximum = cents(facts.regulation["max_grant"])
    evidence = [
        f"Aide demandée : {in_words(asked)} ; maximum : {in_words(maximum)}.",
        f"Total des dépenses : {in_words(total)}, en {len(rows)} ligne{'s' if len(rows) > 1 else ''}.",
    ]
    wrong = [f"L’aide demandée dépasse le maximum de {in_words(asked - maximum)}."] if asked > maximum else []
    doubtful = _far_from_expected(facts, asked, total) + _over_caps(facts, params, rows, total)
    if asked > total:
        doubtful.append(f"L’aide demandée dépasse le total des dépenses de {in_words(asked - total)}.")
    mend = "Demandez-vous si l’écart est justifié dans le dossier." if wrong or doubtful else ""
    return Result(worst(wrong, doubtful), " ".join(evidence + wrong + doubtful), found_at, mend)


def _far_from_expected(facts: Facts, asked: Decimal, total: Decimal) -> list[str]:
    """Bounds included: an amount equal to a bound is within."""
    expected = cents(facts.regulation["expected_budget"])
    tolerance = Decimal(facts.regulation["budget_tolerance_percent"])
    low, high = cents(expected * (100 - tolerance) / 100), cents(expected * (100 + tolerance) / 100)
    names = [("Le total des dépenses", total), ("L’aide demandée", asked)]
    return [
        f"{name} est hors de la fourchette de {in_words(low)} à {in_words(high)}."
        for name, value in names
        if not low <= value <= high
    ]


def _over_caps(facts: Facts, params: Params, rows: Sequence[Row], total: Decimal) -> list[str]:
    sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for row in rows:
        category = settled(row.get(params["category_column"]))
        sums[str(category or "")] += amount(row.get(params["amount_column"])) or ZERO
    found = ["Une ligne du budget n’a pas de catégorie."] if "" in sums else []
    for category in facts.regulation.get("cost_categories", ()):
        cap, spent = category.get("cap_percent"), sums.get(category["code"], ZERO)
        if cap is not None and spent * 100 > total * Decimal(cap):
            share = (spent * 100 / total).quantize(Decimal("0.1")) if total else ZERO
            found.append(
                f"{category['label']} : {in_words(spent)}, soit {_percent(share)} du total ; plafond : {_percent(cap)}."
            )
    return found


def not_started(facts: Facts, params: Params) -> Result:
    """Works start after the announcement. On its very day only a person can tell."""
    found_at = [params["date"], params["declaration"]]
    starts, announced = facts.answer(params["date"]), dt.date.fromisoformat(str(facts.regulation["works_start_after"]))
    declared = facts.answer(params["declaration"]) is True
    if starts is None:
        return Result(CheckResult.UNKNOWN, "Le début des travaux n’est pas donné.", found_at)
    starts = dt.date.fromisoformat(starts)
    dates = f"Début déclaré des travaux : {day(starts)} ; annonce des lauréats : {day(announced)}."
    if starts < announced:
        days = (announced - starts).days
        evidence = f"{dates} Les travaux commencent {days} jour{'s' if days > 1 else ''} avant l’annonce."
        return Result(CheckResult.NOT_MET, evidence, found_at)
    if not declared:
        evidence = f"{dates} Le porteur ne certifie pas que les travaux n’ont pas commencé."
        return Result(CheckResult.NOT_MET, evidence, found_at)
    if starts == announced:
        evidence = f"{dates} Les travaux commencent le jour même de l’annonce."
        return Result(CheckResult.UNKNOWN, evidence, found_at, "Assurez-vous que rien ne commence avant l’annonce.")
    return Result(CheckResult.MET, f"{dates} Le porteur certifie que les travaux n’ont pas commencé.", found_at)


def no_double_funding(facts: Facts, params: Params) -> Result:
    """No public funder pays the same costs, by the financing plan and the declaration."""
    table, declaration = params["table"], params["declaration"]
    rows = facts.tables.get(table, ())
    wrong: list[str] = []
    doubtful: list[str] = []
    for row in rows:
        _funder(row, params, wrong, doubtful)
    if not rows:
        doubtful.append("Le plan de financement est vide.")
    if facts.answer(declaration) is not True:
        wrong.append("Le porteur ne certifie pas l’absence d’autre financement public.")
    count = f"Plan de financement : {len(rows)} ligne{'s' if len(rows) > 1 else ''}."
    fine = ["Aucune ne déclare un financement public des mêmes dépenses, et le porteur le certifie."]
    evidence = " ".join([count, *(wrong + doubtful or fine)])
    mend = "Demandez-vous si ces lignes financent les dépenses du dossier." if wrong or doubtful else ""
    return Result(worst(wrong, doubtful), evidence, [table, declaration], mend)


def _funder(row: Row, params: Params, wrong: list[str], doubtful: list[str]) -> None:
    source = str(settled(row.get(params.get("source_column", "source"))) or "un financeur sans nom")
    value = amount(row.get(params.get("amount_column", "amount")))
    name = f"{source} ({in_words(value)})" if value is not None else source
    kind, same = settled(row.get(params["kind_column"])), row.get(params["same_costs_column"])
    if kind is None:
        doubtful.append(f"La nature du financement de {name} n’est pas dite.")
    elif kind in params["public_kinds"]:
        if same is True:
            wrong.append(f"{name} est public et finance les mêmes dépenses.")
        elif same is False:
            doubtful.append(f"{name} est public, mais déclaré pour d’autres dépenses.")
        else:
            doubtful.append(f"{name} est public ; on ne sait pas quelles dépenses il finance.")


_ORIGINS = {
    "signature": ", à compter de la signature de la convention",
    "start": ", à compter du début déclaré des travaux",
}
"""What the regulation counts the months of a project from."""


def duration(facts: Facts, params: Params) -> Result:
    """The duration declared, and the last milestone, within the longest that the call admits."""
    found_at = [params["duration"], params["table"]]
    months, longest = facts.answer(params["duration"]), int(facts.regulation["duration_months_max"])
    if not isinstance(months, int) or months < 1:
        return Result(CheckResult.UNKNOWN, "La durée n’est pas donnée en mois.", found_at)
    ends = [settled(row.get(params["end_column"])) for row in facts.tables.get(params["table"], ())]
    known = [end for end in ends if isinstance(end, int)]
    origin = _ORIGINS.get(str(facts.regulation.get("duration_counts_from", "")), "")
    evidence = [f"Durée déclarée : {months} mois ; maximum : {longest} mois{origin}."]
    wrong = [f"La durée dépasse le maximum de {months - longest} mois."] if months > longest else []
    doubtful = []
    if known:
        evidence.append(f"Dernier jalon : mois {max(known)}.")
    if known and max(known) > longest:
        wrong.append("Le dernier jalon finit après la durée maximale.")
    elif known and max(known) > months:
        doubtful.append("Le dernier jalon finit après la durée déclarée.")
    if len(known) < len(ends):
        doubtful.append(f"{len(ends) - len(known)} jalon(s) sans mois de fin.")
    return Result(worst(wrong, doubtful), " ".join(evidence + wrong + doubtful), found_at)


def _percent(value: object) -> str:
    return f"{value} %".replace(".", ",")
