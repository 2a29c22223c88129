"""The pictures of the ranking's page: each with what it shows in one sentence, and its figures as a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.safestring import SafeString

from ami_portal.kernel.text import sha256_of
from ami_portal.ui import plots
from evaluation.grids import Grid
from evaluation.standing import Standing

from .ranking_tables import Line, in_points


@dataclass(frozen=True)
class Picture:
    """A drawing with its title, what it shows (`finding`), how to read it (`legend`), and its table."""

    code: str
    title: str
    finding: str
    legend: str
    drawing: SafeString
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()

    @property
    def cells(self) -> list[list[tuple[str, str]]]:
        """The rows of its table, each cell with the name of its column: on a phone a row is a card."""
        return [list(zip(self.heads, row, strict=True)) for row in self.rows]


def pictures(standing: Standing, lines: Sequence[Line], grid: Grid) -> list[Picture]:
    """The pictures of these lines, and of the jury; none of what has no figures."""
    scored = [line for line in lines if line.row.score is not None]
    found = [ranks(standing, scored), spreads(scored), headings(scored, grid), severities(standing)]
    return [picture for picture in found if picture]


def ranks(standing: Standing, lines: Sequence[Line]) -> Picture | None:
    """Both ranks of each dossier and its plausible ones; the table is that of the ranking."""
    shown = [line for line in lines if line.row.first is not None]
    if not shown:
        return None
    size = sum(row.rank is not None for row in standing.rows)
    last = max(
        (row.rank_in(standing.order) or 0 for row in standing.rows if row.ref in standing.funding.refs), default=0
    )
    cut = Decimal(last) + Decimal("0.5") if last and standing.rules.method == "line" else None
    other = "corrigé" if standing.order == "raw" else "brut"
    return Picture(
        "rangs",
        "Rangs et rangs plausibles",
        _across(shown, last) if cut else f"Largeur moyenne des rangs plausibles : {_mean_width(shown)}.",
        f"Disque : le rang qui fait foi. Carré : le rang {other}. Barre, et parenthèses : les rangs plausibles."
        + (" Trait rouge : la ligne de financement." if cut else ""),
        plots.intervals([_interval(standing, line) for line in shown], size, cut),
    )


def _across(lines: Sequence[Line], last: int) -> str:
    """Who might be on the other side of the line, after so many ranks."""
    across = [line for line in lines if (line.row.last > last if line.is_funded else line.row.first <= last)]
    if not across:
        return "Aucun dossier n’a de rang plausible de l’autre côté de la ligne de financement."
    could = "dossier pourrait" if len(across) == 1 else "dossiers pourraient"
    return f"{len(across)} {could} être de l’autre côté de la ligne : {_refs(across)}."


def _interval(standing: Standing, line: Line) -> plots.Interval:
    row = line.row
    at, other = (row.rank, row.corrected_rank) if standing.order == "raw" else (row.corrected_rank, row.rank)
    return plots.Interval(row.ref, f"{at} ({line.interval})", row.first, row.last, at, other)


def _mean_width(lines: Sequence[Line]) -> str:
    mean = sum(line.row.last - line.row.first + 1 for line in lines) / len(lines)
    return f"{mean:.1f}".replace(".", ",") + " rangs"


def _refs(lines: Sequence[Line]) -> str:
    named = ", ".join(line.row.ref for line in lines[:5])
    return named + (f" et {len(lines) - 5} de plus" if len(lines) > 5 else "")


def spreads(lines: Sequence[Line]) -> Picture | None:
    """The scores that each dossier was given."""
    shown = [line for line in lines if len(line.row.scores) > 1]
    if not shown:
        return None
    widest = max(shown, key=lambda line: (_gap(line), line.row.ref))
    return Picture(
        "ecarts",
        "Écarts entre membres du jury",
        f"Le plus grand écart est de {in_points(_gap(widest))} points, sur {widest.row.ref}.",
        "Disque : la note d’une personne, sur 100. Trait rouge : la moyenne.",
        plots.spreads(
            [
                plots.Spread(
                    line.row.ref, f"écart {in_points(_gap(line))}", tuple(line.row.scores.values()), line.row.score
                )
                for line in shown
            ]
        ),
        ("Dossier", "Notes, de la plus basse à la plus haute", "Moyenne", "Écart"),
        tuple(
            (
                line.row.ref,
                " – ".join(in_points(score) for score in sorted(line.row.scores.values())),
                in_points(line.row.score),
                in_points(_gap(line)),
            )
            for line in shown
        ),
    )


def _gap(line: Line) -> Decimal:
    return max(line.row.scores.values()) - min(line.row.scores.values())


def headings(lines: Sequence[Line], grid: Grid) -> Picture | None:
    """The mean mark of each dossier under each heading."""
    if not lines:
        return None
    given = {line.row.ref: tuple(line.row.headings.get(row.code) for row in grid.rows) for line in lines}
    widths = [_width(column) for column in zip(*given.values(), strict=True)]
    place = max(range(len(widths)), key=lambda at: (widths[at], -at))
    names = " ".join(f"{number}. {row.label} ({row.weight} %)." for number, row in enumerate(grid.rows, start=1))
    drawn = [plots.Marks(line.row.ref, in_points(line.row.score), given[line.row.ref]) for line in lines]
    return Picture(
        "rubriques",
        "Notes par rubrique",
        f"« {grid.rows[place].label} » sépare le plus les dossiers : {in_points(widths[place])} points d’écart, sur une"
        f" échelle de {grid.scale.lowest} à {grid.scale.highest}.",
        names,
        plots.marks(drawn, grid.scale.lowest, grid.scale.highest),
        ("Dossier", *(row.label for row in grid.rows)),
        tuple((ref, *(in_points(mark) for mark in row)) for ref, row in given.items()),
    )


def _width(values: Sequence[Decimal | None]) -> Decimal:
    known = [value for value in values if value is not None]
    return max(known) - min(known) if known else Decimal(0)


def severities(standing: Standing) -> Picture | None:
    """How severe each juror is. Nobody is named: seats are numbered by the seed, in no order that is known."""
    if standing.bias is None:
        return None
    seats = {f"Siège {number}": standing.severities[name] for number, name in enumerate(seats_of(standing), start=1)}
    ordered = sorted(seats.items(), key=lambda pair: pair[1])
    (low, severe), (high, lenient) = ordered[0], ordered[-1]
    finding = "Rien ne montre que des membres du jury notent plus haut ou plus bas : aucune note n’est corrigée."
    if standing.bias:
        finding = f"Par rapport à l’ensemble, {low} note {in_points(-severe)} points plus bas, et {high}"
        finding += f" {in_points(lenient)} points plus haut."
    return Picture(
        "severite",
        "Sévérité des membres du jury",
        finding,
        "À gauche, hachuré : plus sévère que l’ensemble ; à droite : plus clément. En points. Personne n’est nommé.",
        plots.leanings([plots.Leaning(seat, in_points(value, signed=True), value) for seat, value in ordered]),
        ("Siège", "Écart, en points"),
        tuple((seat, in_points(value, signed=True)) for seat, value in ordered),
    )


def seats_of(standing: Standing) -> list[str]:
    """The jurors in the order of their seats."""
    return sorted(standing.severities, key=lambda name: sha256_of(f"{standing.seed} {name}"))
