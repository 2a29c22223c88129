"""Checks of money: the budget, the grant, the other public aids."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from ami_portal.kernel.clock import add_months
from ami_portal.kernel.money import CENT, ZERO, cents, in_words

from .facts import Facts, Params, Result, Row, amount, settled
from .results import MET, NOT_MET, UNKNOWN, Mend, all_of, to_drop, to_give, to_set

JUSTIFIED = "Demandez-vous si l’écart est justifié dans le dossier."


def budget(facts: Facts, params: Params) -> Result:
    """The grant is within the maximum, budget and grant are near what the call expects, no category is over its cap."""
    asked = amount(facts.answers.get(params["amount"]))
    rows = facts.tables.get(params["table"], ())
    if unsaid := _unsaid(facts, params, asked, rows):
        return unsaid
    total = sum((amount(row.get(params["amount_column"])) or ZERO for row in rows), ZERO)
    return all_of(
        [
            _under_maximum(facts, params, asked or ZERO).named("Aide sous le maximum"),
            _total_near(facts, params, total, rows).named("Dépenses proches du budget attendu"),
            _grant_near(facts, params, asked or ZERO).named("Aide proche du budget attendu"),
            *_caps(facts, params, rows, total),
            _covered(params, asked or ZERO, total).named("Aide couverte par les dépenses"),
        ]
    )


def _unsaid(facts: Facts, params: Params, asked: Decimal | None, rows: Sequence[Row]) -> Result | None:
    """What is told when an amount is not given."""
    table, column = params["table"], params["amount_column"]
    blank = [rank for rank, row in enumerate(rows) if amount(row.get(column)) is None]
    if asked is not None and rows and not blank:
        return None
    places: list[tuple[Any, ...]] = [(table, rank, column) for rank in blank]
    if not rows:
        places.append((table,))
    if asked is None:
        places.append((params["amount"],))
    evidence = "L’aide demandée ou un montant du budget n’est pas donné."
    found_at = [params["amount"], table]
    return Result(UNKNOWN, evidence, found_at, "Lisez le budget.", to_give("donner les montants qui manquent", *places))


def _under_maximum(facts: Facts, params: Params, asked: Decimal) -> Result:
    maximum = cents(facts.regulation["max_grant"])
    evidence = f"Aide demandée : {in_words(asked)} ; maximum : {in_words(maximum)}."
    if asked <= maximum:
        return Result(MET, evidence, [params["amount"]])
    evidence += f" L’aide demandée dépasse le maximum de {in_words(asked - maximum)}."
    mend = to_set(f"ramener l’aide demandée à {in_words(maximum)}", (params["amount"],), value=f"{maximum}")
    return Result(NOT_MET, evidence, [params["amount"]], mend=mend)


def _total_near(facts: Facts, params: Params, total: Decimal, rows: Sequence[Row]) -> Result:
    """Bounds included: an amount equal to a bound is within."""
    low, high = _bounds(facts)
    evidence = f"Total des dépenses : {in_words(total)}, en {len(rows)} ligne{'s' if len(rows) > 1 else ''}."
    if low <= total <= high:
        return Result(MET, evidence, [params["table"]])
    evidence += f" Le total des dépenses est hors de la fourchette de {in_words(low)} à {in_words(high)}."
    mend = _total_to(params, rows, total, high if total > high else low)
    return Result(UNKNOWN, evidence, [params["table"]], JUSTIFIED, mend)


def _grant_near(facts: Facts, params: Params, asked: Decimal) -> Result:
    low, high = _bounds(facts)
    if low <= asked <= high:
        return Result(MET, "", [params["amount"]])
    evidence = f"L’aide demandée est hors de la fourchette de {in_words(low)} à {in_words(high)}."
    verb, bound = ("ramener", high) if asked > high else ("porter", low)
    mend = to_set(f"{verb} l’aide demandée à {in_words(bound)}", (params["amount"],), value=f"{bound}")
    return Result(UNKNOWN, evidence, [params["amount"]], JUSTIFIED, mend)


def _bounds(facts: Facts) -> tuple[Decimal, Decimal]:
    expected = cents(facts.regulation["expected_budget"])
    tolerance = Decimal(facts.regulation["budget_tolerance_percent"])
    return cents(expected * (100 - tolerance) / 100), cents(expected * (100 + tolerance) / 100)


def _total_to(params: Params, rows: Sequence[Row], total: Decimal, wanted: Decimal) -> Mend | None:
    """The total brought to a bound by its largest line alone."""
    column = params["amount_column"]
    held = [amount(row.get(column)) or ZERO for row in rows]
    rank = max(range(len(held)), key=lambda one: held[one])
    value = held[rank] + wanted - total
    if value <= ZERO:
        return None
    verb = "ramener" if total > wanted else "porter"
    text = f"{verb} la dépense de la ligne {rank + 1} à {in_words(value)}"
    return to_set(text, (params["table"], rank, column), value=f"{value}")


def _caps(facts: Facts, params: Params, rows: Sequence[Row], total: Decimal) -> Iterator[Result]:
    """One part for each category that has a cap."""
    sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
    table, column = params["table"], params["category_column"]
    blank = []
    for rank, row in enumerate(rows):
        category = settled(row.get(column))
        if category is None:
            blank.append(rank)
        sums[str(category or "")] += amount(row.get(params["amount_column"])) or ZERO
    if blank:
        mend = to_give("dire la catégorie de chaque dépense", *((table, rank, column) for rank in blank))
        yield Result(UNKNOWN, "Une ligne du budget n’a pas de catégorie.", [table], mend=mend).named("Catégories")
    for category in facts.regulation.get("cost_categories", ()):
        if category.get("cap_percent") is not None:
            spent = sums.get(category["code"], ZERO)
            yield _cap(category, spent, total, params, rows).named(f"Plafond : {category['label']}")


def _cap(category: Row, spent: Decimal, total: Decimal, params: Params, rows: Sequence[Row]) -> Result:
    cap, table = Decimal(category["cap_percent"]), params["table"]
    share = (spent * 100 / total).quantize(Decimal("0.1")) if total else ZERO
    evidence = (
        f"{category['label']} : {in_words(spent)}, soit {_percent(share)} du total ; "
        f"plafond : {_percent(category['cap_percent'])}."
    )
    if spent * 100 <= total * cap:
        return Result(MET, evidence if spent else "", [table])
    most = ((total - spent) * cap / (100 - cap)).quantize(CENT, rounding=ROUND_FLOOR) if cap < 100 else spent
    lines = [
        (rank, amount(row.get(params["amount_column"])) or ZERO)
        for rank, row in enumerate(rows)
        if settled(row.get(params["category_column"])) == category["code"]
    ]
    rank, held = max(lines, key=lambda line: line[1])
    left = held - (spent - most)
    text = f"ramener la dépense de la ligne {rank + 1} à {in_words(left)}"
    mend = to_set(text, (table, rank, params["amount_column"]), value=f"{left}") if left > ZERO else None
    return Result(UNKNOWN, evidence, [table], JUSTIFIED, mend)


def _covered(params: Params, asked: Decimal, total: Decimal) -> Result:
    found_at = [params["amount"], params["table"]]
    if asked <= total:
        return Result(MET, "", found_at)
    evidence = f"L’aide demandée dépasse le total des dépenses de {in_words(asked - total)}."
    text = f"ramener l’aide demandée à {in_words(total)}"
    mend = to_set(text, (params["amount"],), value=f"{total}")
    return Result(UNKNOWN, evidence, found_at, JUSTIFIED, mend)


def no_double_funding(facts: Facts, params: Params) -> Result:
    """No public funder pays the same costs, by the financing plan and the declaration."""
    table, declaration = params["table"], params["declaration"]
    rows = facts.tables.get(table, ())
    count = f"Plan de financement : {len(rows)} ligne{'s' if len(rows) > 1 else ''}."
    lines = [found for rank, row in enumerate(rows) if (found := _funder(rank, row, params))]
    look = "Demandez-vous si ces lignes financent les dépenses du dossier."
    if not rows:
        mend = to_give("remplir le plan de financement", (table,))
        plan = Result(UNKNOWN, f"{count} Le plan de financement est vide.", [table], mend=mend)
    elif lines:
        found = all_of(lines, are_apart=True)
        plan = Result(found.result, f"{count} {found.evidence}", [table], look, found.mend)
    else:
        plan = Result(MET, f"{count} Aucune ne déclare un financement public des mêmes dépenses.", [table])
    if facts.answer(declaration) is True:
        said = Result(MET, "Le porteur certifie l’absence d’autre financement public.", [declaration])
    else:
        mend = to_set(f"certifier « {facts.plain_label(declaration)} », si c’est exact", (declaration,), value=True)
        evidence = "Le porteur ne certifie pas l’absence d’autre financement public."
        said = Result(NOT_MET, evidence, [declaration], mend=mend)
    return all_of([plan.named("Plan de financement"), said.named("Déclaration")])


def _funder(rank: int, row: Row, params: Params) -> Result | None:
    """What is wrong or doubtful in one line; None when nothing is."""
    table, kind_column, same_column = params["table"], params["kind_column"], params["same_costs_column"]
    source = str(settled(row.get(params.get("source_column", "source"))) or "un financeur sans nom")
    value = amount(row.get(params.get("amount_column", "amount")))
    name = f"{source} ({in_words(value)})" if value is not None else source
    kind, same = settled(row.get(kind_column)), row.get(same_column)
    if kind is None:
        mend = to_give(f"dire la nature du financement « {source} » (ligne {rank + 1})", (table, rank, kind_column))
        return Result(UNKNOWN, f"La nature du financement de {name} n’est pas dite.", [table], mend=mend)
    if kind not in params["public_kinds"]:
        return None
    if same is True:
        text = f"renoncer au financement « {source} » pour ces dépenses, et retirer la ligne {rank + 1}"
        mend = to_drop(text, table, [rank])
        return Result(NOT_MET, f"{name} est public et finance les mêmes dépenses.", [table], mend=mend)
    if same is False:
        return Result(UNKNOWN, f"{name} est public, mais déclaré pour d’autres dépenses.", [table])
    return Result(UNKNOWN, f"{name} est public ; on ne sait pas quelles dépenses il finance.", [table])


def de_minimis(facts: Facts, params: Params) -> Result:
    """Where it applies, the small aids of the last years and the grant asked for stay within a ceiling.

    The years roll: they end at the announcement, when the grant would be given.
    """
    applies = facts.answer(params["applies"])
    wanted = params.get("applies_values", [True])
    if applies is None:
        mend = to_give(f"répondre à « {facts.label(params['applies'])} »", (params["applies"],))
        return Result(UNKNOWN, "On ne sait pas si le plafond s’applique.", [params["applies"]], mend=mend)
    if applies not in wanted:
        return Result(MET, "Le plafond ne s’applique pas : c’est ce que déclare le porteur.", [params["applies"]])
    asked = amount(facts.answers.get(params["grant"]))
    received, found_at, unsaid = _received(facts, params)
    found_at = [params["applies"], *found_at, params["grant"]]
    if asked is None:
        unsaid.append((params["grant"],))
    if asked is None or unsaid:
        mend = to_give("donner les montants et les dates des aides déjà reçues, et celui de l’aide", *unsaid)
        return Result(UNKNOWN, "Les aides déjà reçues ou l’aide demandée ne sont pas dites.", found_at, mend=mend)
    ceiling, left = cents(params["ceiling"]), cents(params["ceiling"]) - received
    evidence = (
        f"Aides de minimis sur {params['years']} ans : {in_words(received)} ; avec l’aide demandée : "
        f"{in_words(received + asked)} ; plafond : {in_words(ceiling)}."
    )
    if asked <= left:
        return Result(MET, evidence, found_at)
    over = received + asked - ceiling
    text = f"ramener l’aide demandée à {in_words(left)}"
    lower = to_set(text, (params["grant"],), value=f"{left}") if left > ZERO else None
    return Result(NOT_MET, f"{evidence} Le plafond est dépassé de {in_words(over)}.", found_at, mend=lower)


def _received(facts: Facts, params: Params) -> tuple[Decimal, list[str], list[tuple[Any, ...]]]:
    """What was received in the years that count, where it is said, and where it is not."""
    if "received" in params:
        held = amount(facts.answers.get(params["received"]))
        return held or ZERO, [params["received"]], [] if held is not None else [(params["received"],)]
    table, on, column = params["table"], params["date_column"], params["amount_column"]
    given_on = dt.date.fromisoformat(str(facts.regulation["works_start_after"]))
    since = add_months(given_on, -12 * int(params["years"]))
    total, unsaid = ZERO, []
    for rank, row in enumerate(facts.tables.get(table, ())):
        value, received_on = amount(row.get(column)), settled(row.get(on))
        unsaid += [(table, rank, code) for code, held in ((column, value), (on, received_on)) if held is None]
        if value is not None and received_on is not None and dt.date.fromisoformat(received_on) > since:
            total += value
    return total, [table], unsaid


def _percent(value: object) -> str:
    return f"{value} %".replace(".", ",")
