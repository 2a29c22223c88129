"""A spreadsheet of expenses, read and written (pure): each fault is a sentence that names its row and its column."""

import csv
import datetime as dt
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ami_portal.documents import office
from ami_portal.kernel.money import CENT
from ami_portal.kernel.text import clean_text, folded

MAX_ROWS, MAX_TEXT = 500, 200
MAX_AMOUNT = Decimal("9999999999.99")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a text may not start with: a spreadsheet would run it."""

Cell = tuple[str, str]
"""Its nature (text, number, day, formula, other) and its value as a text."""


@dataclass(frozen=True)
class Expense:
    """One row: what, from whom, when it was invoiced and paid, how much in euros."""

    category: str
    label: str
    supplier: str
    invoiced_on: dt.date
    paid_on: dt.date
    amount: Decimal


class Wrong(ValueError):
    """What cannot be taken as it is; a French sentence without its full stop."""


def columns(tax_words: str) -> list[str]:
    """The headings of the model; `tax_words` says whether amounts are « TTC » or « HT »."""
    return [
        "Catégorie",
        "Intitulé",
        "Fournisseur",
        "Date de la facture",
        "Date du paiement",
        f"Montant {tax_words} (€)",
    ]


def amount_of(text: str) -> Decimal:
    """An amount as people write it, « 1 234,50 »: positive, two decimals at most. Raises Wrong."""
    written = re.sub(r"[\s€]", "", text)
    if not re.fullmatch(r"[+-]?[0-9]+([.,][0-9]+)?", written):
        kind = "notation à exposant" if re.fullmatch(r"[+-]?[0-9.,]+[eE][+-]?[0-9]+", written) else "pas un montant"
        raise Wrong(f"« {text[:40]} » : {kind}, écrivez par exemple 1234,50")
    amount = Decimal(written.replace(",", "."))
    if amount <= 0:
        raise Wrong(f"« {text[:40]} » : le montant est d’au moins un centime")
    if amount > MAX_AMOUNT:
        raise Wrong(f"« {text[:40]} » : ce montant est trop grand")
    if amount != amount.quantize(CENT):
        raise Wrong(f"« {text[:40]} » : un montant a deux décimales au plus")
    return amount.quantize(CENT)


def day_of(text: str) -> dt.date:
    """« 16/09/2026 » or « 2026-09-16 ». Raises Wrong."""
    for shape in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            return dt.datetime.strptime(text.strip(), shape).date()  # noqa: DTZ007 (a day has no clock)
        except ValueError:
            continue
    raise Wrong(f"« {text[:40]} » : écrivez le jour comme 16/09/2026")


def text_of(text: str) -> str:
    """A short text that no spreadsheet would run. Raises Wrong."""
    said = " ".join(clean_text(text).split())
    if not said:
        raise Wrong("cette case est vide")
    if len(said) > MAX_TEXT:
        raise Wrong(f"ce texte dépasse {MAX_TEXT} caractères")
    if text.startswith(FORMULA):
        raise Wrong(f"« {said[:40]} » commence comme une formule : écrivez le texte sans « {text[0].strip() or '⇥'} »")
    return said


def read(
    rows: Sequence[Sequence[Cell]], tax_words: str, categories: Mapping[str, str]
) -> tuple[list[Expense], list[str]]:
    """The expenses of the rows under the headings, and what is wrong, row by row as the spreadsheet numbers them.

    `categories` are those of the regulation, label by code.
    """
    wanted = columns(tax_words)
    head = [folded(value.strip()) for _, value in rows[0]] if rows else []
    missing = [name for name in wanted if folded(name) not in head]
    if missing:
        return [], [
            f"Ligne 1 : il manque {'la colonne' if len(missing) == 1 else 'les colonnes'} {', '.join(missing)}."
        ]
    places = [head.index(folded(name)) for name in wanted]
    found: list[Expense] = []
    wrong: list[str] = []
    for number, row in enumerate(rows[1:], start=2):
        cells = [row[place] if place < len(row) else ("text", "") for place in places]
        if not any(value.strip() for _, value in cells):
            continue
        expense = _row(number, cells, wanted, categories, wrong)
        if expense:
            found.append(expense)
    if not found and not wrong:
        wrong.append("Le tableau ne contient aucune dépense.")
    if len(found) > MAX_ROWS:
        wrong.append(f"Le tableau dépasse {MAX_ROWS} dépenses : coupez-le.")
    return found, wrong


def _row(
    number: int, cells: Sequence[Cell], names: Sequence[str], categories: Mapping[str, str], wrong: list[str]
) -> Expense | None:
    codes = {folded(word): code for code, label in categories.items() for word in (code, label)}
    readers = (lambda text: _category(text, codes, categories), text_of, text_of, day_of, day_of, amount_of)
    values: list[Any] = []
    before = len(wrong)
    for (kind, value), name, reader in zip(cells, names, readers, strict=True):
        try:
            if kind in ("formula", "other"):
                raise Wrong("cette case est calculée : collez sa valeur" if kind == "formula" else "case illisible")
            if not value.strip():
                raise Wrong("cette case est vide")
            values.append(reader(value))
        except Wrong as fault:
            wrong.append(f"Ligne {number}, {name} : {fault}.")
    if len(wrong) > before:
        return None
    expense = Expense(*values)
    if expense.paid_on < expense.invoiced_on:
        wrong.append(f"Ligne {number}, {names[4]} : le paiement précède la facture.")
        return None
    return expense


def _category(text: str, codes: Mapping[str, str], categories: Mapping[str, str]) -> str:
    code = codes.get(folded(text.strip()))
    if code is None:
        raise Wrong(f"« {text.strip()[:40]} » n’est pas une catégorie du règlement ({', '.join(categories.values())})")
    return code


def csv_rows(content: bytes) -> list[list[Cell]]:
    """The cells of a CSV as spreadsheets save it: UTF-8 or Windows, semicolons, commas or tabs. Raises Wrong."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    if "\0" in text:
        raise Wrong("ce fichier n’est pas un tableau : envoyez un fichier Excel (.xlsx) ou CSV")
    first = text.partition("\n")[0]
    delimiter = max(";,\t", key=first.count)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise Wrong("ce CSV ne peut pas être lu : enregistrez-le de nouveau") from error
    return [[("text", value) for value in line] for line in lines[: MAX_ROWS + 2]]


def sheet_rows(rows: Sequence[Sequence[Sequence[str]]]) -> list[list[Cell]]:
    """The cells that the examiner of files read in a workbook."""
    return [[(str(kind), str(value)) for kind, value in row] for row in rows]


def model(tax_words: str, categories: Mapping[str, str]) -> bytes:
    """The workbook to fill: one tab of headings, one that says how."""
    first = next(iter(categories.values()), "Personnel")
    headings: list[str | Decimal] = [*columns(tax_words)]
    words = [first, "Salaire de septembre", "Institut Exemple", "30/09/2026", "05/10/2026"]
    example: list[str | Decimal] = [*words, Decimal("4321.50")]
    told: list[list[str | Decimal]] = [
        ["Une dépense par ligne de l’onglet « Dépenses », sans formule. Exemple :"],
        headings,
        example,
        ["Catégories du règlement :"],
    ]
    told += [[label] for label in categories.values()]
    return office.workbook({"Dépenses": [headings], "Mode d’emploi": told})
