"""The figures of a dossier: its budget as bars, its financing against it, its milestones on a line of time.

A figure is made from a `spec` (what it shows, in which columns, under which caps) and from rows, the same whether they
are being typed or were frozen with a deposit: the page, the preview and the PDF show one drawing.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from django.utils.safestring import SafeString

from ami_portal.kernel.money import NO_BREAK_SPACE, ZERO, in_words
from ami_portal.questionnaire import answers
from ami_portal.questionnaire.answers import Address
from ami_portal.questionnaire.form import Form, Question
from ami_portal.questionnaire.formula import Value
from ami_portal.questionnaire.sheet import Sheet, stored
from ami_portal.ui import charts
from ami_portal.ui.charts import Bar, Span, Tick

from . import budget
from .budget import Balance, Budget, Entry

MONTHS_OF_A_YEAR = 12
_CATEGORY = ("code", "label", "cap_percent")


@dataclass(frozen=True)
class Line:
    """A row of a table: its values, and the same as they are read, both by column."""

    values: Mapping[str, Value]
    shown: Mapping[str, str]

    def amount(self, column: str) -> Decimal:
        value = self.values.get(column)
        return value if isinstance(value, Decimal) else ZERO


@dataclass(frozen=True)
class Drawing:
    """A figure ready to be shown: the finding, the drawing, the numbers behind it."""

    shows: str
    finding: str
    svg: SafeString | str = ""
    budget: Budget | None = None
    balance: Balance | None = None


def spec_of(question: Question, sheet: Sheet, regulation: Mapping[str, Any]) -> dict[str, Any]:
    """What the figure of a table needs besides its rows, as JSON: it is frozen with the table."""
    figure = question.figure
    if figure is None:
        return {}
    spec: dict[str, Any] = {key: value for key, value in asdict(figure).items() if value}
    if figure.shows == "budget":
        requested = _requested(sheet)
        spec["requested"] = f"{requested:.2f}" if requested is not None else None
        spec["regulation"] = _caps(regulation)
    if figure.shows == "financing":
        spec["expenses"] = f"{_expenses(sheet):.2f}"
    return spec


def _caps(regulation: Mapping[str, Any]) -> dict[str, Any]:
    """What the regulation says of a budget, and no more."""
    categories = [{key: raw.get(key) for key in _CATEGORY} for raw in regulation.get("cost_categories", ())]
    return {"cost_categories": categories, "max_grant": regulation.get("max_grant")}


def _requested(sheet: Sheet) -> Decimal | None:
    code = next((asked.code for asked in sheet.form.questions() if asked.fact == "amount_requested"), "")
    value = sheet.question(code) if code else None
    return value if isinstance(value, Decimal) else None


def _expenses(sheet: Sheet) -> Decimal:
    table = budget_table(sheet.form)
    return sheet.total(table, table.column(table.figure.amount)) if table and table.figure else ZERO


def budget_table(form: Form) -> Question | None:
    """The table that holds the budget, when the form has one."""
    return next((asked for asked in form.questions() if asked.figure and asked.figure.shows == "budget"), None)


def lines_of(question: Question, sheet: Sheet) -> list[Line]:
    """The rows of a table being written."""
    found = []
    for row, values in zip(sheet.ids(question), sheet.rows(question.code), strict=True):
        shown = {}
        for column in question.columns:
            held = sheet.answers.get(Address(question.code, row, column.code))
            shown[column.code] = answers.shown(column, stored(column, values[column.code]) if column.formula else held)
        found.append(Line(values, shown))
    return found


def draw(spec: Mapping[str, Any], lines: Sequence[Line]) -> Drawing | None:
    """The figure of a table; None as long as there is nothing to draw."""
    match spec.get("shows"):
        case "budget":
            return _budget(spec, lines)
        case "financing":
            return _financing(spec, lines)
        case "gantt":
            return _gantt(lines)
    return None


def _budget(spec: Mapping[str, Any], lines: Sequence[Line]) -> Drawing | None:
    if not any(line.amount(spec["amount"]) for line in lines):
        return None
    category, year, organisation = (spec.get(role, "") for role in ("category", "year", "organisation"))
    entries = [
        Entry(
            line.amount(spec["amount"]),
            str(line.values.get(category) or ""),
            line.shown.get(category, ""),
            line.shown.get(year, ""),
            line.shown.get(organisation, ""),
        )
        for line in lines
    ]
    requested = Decimal(spec["requested"]) if spec.get("requested") else None
    ways = [role for role in ("category", "year", "organisation") if spec.get(role)]
    computed = budget.measure(entries, spec.get("regulation", {}), requested=requested, ways=ways)
    drawn = [
        Bar(part.label, f"{in_words(part.amount)} · {part.share_said}", part.amount, part.cap)
        for part in computed.categories
    ]
    return Drawing("budget", _finding(computed), charts.bars(drawn) if drawn else "", budget=computed)


def _finding(computed: Budget) -> str:
    said = f"Le budget fait {in_words(computed.total)}."
    if not computed.categories:
        return said
    biggest = max(computed.categories, key=lambda part: part.amount)
    over = [part.label for part in computed.categories if part.over]
    caps = f"Plafond dépassé : {', '.join(over)}." if over else "Aucun plafond n’est dépassé."
    return f"{said} Le premier poste est « {biggest.label} », {biggest.share_said} du total. {caps}"


def _financing(spec: Mapping[str, Any], lines: Sequence[Line]) -> Drawing | None:
    expenses, counted = Decimal(spec["expenses"]), spec.get("counted")
    paying = [line for line in lines if not counted or line.values.get(counted) is True]
    if not paying and not expenses:
        return None
    resources = [(line.shown.get(spec.get("source", ""), ""), line.amount(spec["amount"])) for line in paying]
    balance = budget.balance(expenses, resources)
    return Drawing("financing", balance.sentence, balance=balance)


def _gantt(lines: Sequence[Line]) -> Drawing | None:
    told = [(line, span) for line in lines if (span := _span(line))]
    if not told:
        return None
    spans = [span for _, span in told]
    first, last = min(told, key=lambda pair: pair[1].start), max(told, key=lambda pair: pair[1].end)
    together = max(sum(span.start <= moment <= span.end for span in spans) for moment in {span.start for span in spans})
    count = f"{len(spans)} jalon{'s' if len(spans) > 1 else ''}, {_from_to(first[0], last[0])}."
    more = f" Jusqu’à {together} avancent en même temps." if together > 1 else ""
    return Drawing("gantt", f"{count}{more}", charts.gantt(spans, _ticks(lines, first[1].start, last[1].end)))


def _from_to(first: Line, last: Line) -> str:
    """« du mois 1 au mois 24 », « de 02/2027 à 05/2027 », « du 01/02/2027 au 31/05/2027 »."""
    start, end = first.shown["start"], last.shown["end"]
    if isinstance(first.values["start"], Decimal):
        return f"du mois{NO_BREAK_SPACE}{start} au mois{NO_BREAK_SPACE}{end}"
    return f"du {start} au {end}" if start.count("/") > 1 else f"de {start} à {end}"


def _span(line: Line) -> Span | None:
    """A milestone with both its ends, in the right order."""
    start, end = (line.values.get(code) for code in ("start", "end"))
    if start is None or end is None or type(start) is not type(end) or _place(start) > _place(end):
        return None
    prefix = f"mois{NO_BREAK_SPACE}" if isinstance(start, Decimal) else ""
    said = f"{prefix}{line.shown['start']} à {line.shown['end']}"
    return Span(line.shown.get("label") or "Jalon sans intitulé", said, _place(start), _place(end))


def _place(value: Value) -> int:
    """A month of the project, a month or a day of the calendar, as a number of its own unit."""
    if isinstance(value, str):
        year, month = int(value[:4]), int(value[5:7])
        return dt.date.fromisoformat(value).toordinal() if len(value) > 7 else year * MONTHS_OF_A_YEAR + month - 1
    return int(value or 0)


def _ticks(lines: Sequence[Line], first: int, last: int) -> list[Tick]:
    """Some five marks: months of the project by 1, 3, 6, 12 or 24; months and days of the calendar by name."""
    sample = next((value for line in lines if (value := line.values.get("start")) is not None), None)
    wide = last - first + 1
    if isinstance(sample, Decimal):
        step = next((step for step in (1, 3, 6, 12, 24) if wide <= step * 5), wide // 4)
        marks = [at for at in range(first, last + 1) if at == first or (at % step == 0 and at - first > step // 2)]
        return [Tick(at, f"mois{NO_BREAK_SPACE}{at}") for at in marks]
    return [Tick(at, _calendar(at, sample)) for at in range(first, last + 1, max(wide // 3, 1))]


def _calendar(at: int, sample: Value) -> str:
    if isinstance(sample, str) and len(sample) > 7:
        return f"{dt.date.fromordinal(at):%d/%m/%Y}"
    return f"{at % MONTHS_OF_A_YEAR + 1:02d}/{at // MONTHS_OF_A_YEAR}"
