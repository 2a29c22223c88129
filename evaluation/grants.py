"""Reads a list of public grants from a CSV of open data (pure): which column says what, what is wrong row by row."""

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from ami_portal.kernel.text import clean_text

MAX_BYTES = 200 * 1024**2
MAX_ROWS = 200_000
MAX_CELL = 60_000
LENGTHS = {"reference": 120, "funder": 250, "beneficiary": 250}
FIELDS = ("reference", "funder", "beneficiary", "siren", "amount", "granted_on", "starts_on", "ends_on", "text")
REQUIRED = ("reference", "text")
ESSENTIAL_DATA = {
    "reference": "referenceDecision",
    "funder": "nomAttribuant",
    "beneficiary": "nomBeneficiaire",
    "siren": "idBeneficiaire",
    "amount": "montant",
    "granted_on": "dateConvention",
    "text": "objet",
}
"""The columns of the « données essentielles des conventions de subvention »."""
MAX_AMOUNT = Decimal(10) ** 12


class GrantsError(ValueError):
    """A list that cannot be read; each line names what is wrong and where."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        super().__init__("\n".join(lines))


@dataclass(frozen=True)
class GrantRow:
    """One grant of a list, by its line in the file."""

    line: int
    reference: str
    text: str
    funder: str
    beneficiary: str = ""
    siren: str = ""
    amount: Decimal | None = None
    granted_on: dt.date | None = None
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None


def read(content: bytes, columns: Mapping[str, str], *, funder: str) -> tuple[list[GrantRow], list[str]]:
    """The grants of a list and what is wrong in its rows, each fault with its line; a faulty row is left out.

    `columns` says which column holds each field; `funder` names the one of a list that does not tell. Raises
    GrantsError when the list itself cannot be read.
    """
    text = _decoded(content)
    first_line = text.partition("\n")[0]
    delimiter = max(";,\t", key=first_line.count)
    csv.field_size_limit(MAX_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        places = _places([cell.strip() for cell in next(reader, [])], columns)
    except csv.Error as error:
        raise GrantsError([f"ligne 1 : {_told(error)}"]) from error
    rows: list[GrantRow] = []
    problems: list[str] = []
    seen: dict[str, int] = {}
    for line, cells in _lines(reader, problems):
        if len(rows) + len(problems) >= MAX_ROWS:
            raise GrantsError([f"ligne {line} : la liste dépasse {MAX_ROWS} lignes, coupez-la"])
        wrong = list(_faults(cells, places))
        said = {name: cells[place].strip() for name, place in places.items() if place < len(cells)}
        if said.get("reference", "") in seen and not wrong:
            wrong = [f"la référence « {said['reference']} » est déjà celle de la ligne {seen[said['reference']]}"]
        if wrong:
            problems += [f"ligne {line} : {one}" for one in wrong]
            continue
        seen[said["reference"]] = line
        rows.append(_row(line, said, funder))
    return rows, problems


def _decoded(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise GrantsError([f"le fichier dépasse {MAX_BYTES // 1024**2} Mo"])
    try:
        return clean_text(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise GrantsError([f"ligne {line} : ce n’est pas de l’UTF-8, convertissez le fichier"]) from error


def _places(header: list[str], columns: Mapping[str, str]) -> dict[str, int]:
    unknown = [name for name in columns if name not in FIELDS]
    lines = [f"colonnes : « {name} » n’est pas l’un de {', '.join(FIELDS)}" for name in unknown]
    lines += [f"colonnes : il manque celle de « {name} »" for name in REQUIRED if name not in columns]
    absent = [column for name, column in columns.items() if name in FIELDS and column not in header]
    lines += [f"ligne 1 : la colonne « {column} » manque" for column in absent]
    if lines:
        raise GrantsError([*lines, f"colonnes du fichier : {', '.join(header)[:400]}"])
    return {name: header.index(column) for name, column in columns.items()}


def _lines(reader: Iterator[list[str]], problems: list[str]) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not blank, with their line; one that cannot be cut is a problem, and the last one."""
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problems.append(f"ligne {reader.line_num} : {_told(error)}")  # type: ignore[attr-defined]
            return
        if any(cell.strip() for cell in cells):
            yield reader.line_num, cells  # type: ignore[attr-defined]


def _told(error: csv.Error) -> str:
    return f"une cellule dépasse {MAX_CELL} caractères" if "field limit" in str(error) else "la ligne ne se lit pas"


def _faults(cells: list[str], places: Mapping[str, int]) -> Iterator[str]:
    if len(cells) <= max(places.values()):
        yield f"{len(cells)} cellules, il en faut {max(places.values()) + 1}"
        return
    said = {name: cells[place].strip() for name, place in places.items()}
    yield from (f"« {name} » est vide" for name in REQUIRED if not said[name])
    for name, length in LENGTHS.items():
        if len(said.get(name, "")) > length:
            yield f"« {name} » dépasse {length} caractères"
    if said.get("siren") and not re.fullmatch(r"\d{9}(\d{5})?", re.sub(r"\s", "", said["siren"])):
        yield f"« {said['siren'][:30]} » n’est ni un SIREN ni un SIRET"
    if said.get("amount") and amount_of(said["amount"]) is None:
        yield f"« {said['amount'][:30]} » n’est pas un montant"
    for name in ("granted_on", "starts_on", "ends_on"):
        if said.get(name) and day_of(said[name]) is None:
            yield f"« {said[name][:30]} » n’est pas une date (2024-09-16, 16/09/2024 ou 2024)"


def amount_of(text: str) -> Decimal | None:
    """An amount as open data write it: « 98500.00 », « 98 500,00 € »; None when it is none."""
    plain = re.sub(r"[\s€]", "", text).replace(",", ".")
    try:
        amount = Decimal(plain)
    except InvalidOperation:
        return None
    return amount.quantize(Decimal("0.01")) if amount.is_finite() and 0 <= amount < MAX_AMOUNT else None


def day_of(text: str) -> dt.date | None:
    """A day, or the first of a year; None when it is none."""
    text = text.strip()[:10]
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%Y"):
        try:
            return dt.datetime.strptime(text, form).date()  # noqa: DTZ007 (a day has no zone)
        except ValueError:
            continue
    return None


def _row(line: int, said: Mapping[str, str], funder: str) -> GrantRow:
    return GrantRow(
        line=line,
        reference=said["reference"],
        text=said["text"],
        funder=said.get("funder") or funder,
        beneficiary=said.get("beneficiary", ""),
        siren=re.sub(r"\s", "", said.get("siren", ""))[:9],
        amount=amount_of(said["amount"]) if said.get("amount") else None,
        granted_on=day_of(said.get("granted_on", "")),
        starts_on=day_of(said.get("starts_on", "")),
        ends_on=day_of(said.get("ends_on", "")),
    )
