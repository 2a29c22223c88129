"""Scores corrected for severe and lenient jurors, and the ranks that stay plausible for each dossier (pure).

A score is read as the quality of the dossier, plus the severity of the juror, plus chance. Severities are found by
regularised least squares: each is drawn towards zero, the more so as jurors differ little from each other beyond chance
(the ratio of the two variances is that of greatest restricted likelihood). Where jurors show no bias, nothing is
corrected. The corrected score of a dossier is the mean of its scores less the severity of those who gave them.

The interval of ranks comes from a parametric bootstrap: whole juries are drawn from the fitted model, judged as the
real one is, and their errors, added to the estimates, give as many plausible orders. The seed is kept: one may draw
again.

R. S. MacKay, R. Kenna, R. J. Low, S. Parker, « Calibration with confidence: a principled method for panel assessment »,
R. Soc. Open Sci. 4 (2017), for additive severities; C. R. Henderson, « Best linear unbiased estimation and prediction
under a selection model », Biometrics 31 (1975), for their regularisation; N. M. Laird, T. A. Louis, « Empirical Bayes
ranking methods », J. Educ. Stat. 14 (1989), for ranks by bootstrap.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_array

from .ranking import rank

DRAWS, BATCH, COVERED = 2000, 200, 0.90
NONE = 1e-9
"""A variance below which there is none."""
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Mark:
    """The score, over 100, that a juror gave to a dossier."""

    dossier: str
    juror: str
    score: Decimal


@dataclass(frozen=True)
class Corrected:
    """What is said of one dossier beside its mean: corrected score, its rank, the first and last plausible ranks."""

    score: Decimal
    rank: int
    first: int
    last: int


@dataclass(frozen=True)
class Calibration:
    """A jury once corrected. `severities`, in points, are below zero for a severe juror; `chance` is the standard
    deviation of a score that nothing explains, `bias` that of the severities."""

    dossiers: dict[str, Corrected]
    severities: dict[str, Decimal]
    chance: Decimal
    bias: Decimal
    seed: int
    draws: int


def calibrate(marks: Sequence[Mark], *, seed: int, draws: int = DRAWS) -> Calibration | None:
    """The corrected scores and the plausible ranks; None when too few dossiers were read twice to tell anything."""
    jury = _Jury(marks)
    if jury.spare < 1 or len(jury.dossiers) < 2:
        return None
    fit = _fit(jury)
    first, last = _plausible(jury, fit, np.random.default_rng(seed), draws)
    scores = [_points(value) for value in fit.corrected]
    ranks = [place or 0 for place in rank(scores)]
    rows = zip(jury.dossiers, scores, ranks, first, last, strict=True)
    return Calibration(
        {
            name: Corrected(score, place, min(int(low), place), max(int(high), place))
            for name, score, place, low, high in rows
        },
        {name: _points(value) for name, value in zip(jury.jurors, fit.severities, strict=True)},
        _points(fit.chance**0.5),
        _points(fit.bias**0.5),
        seed,
        draws,
    )


def _points(value: float) -> Decimal:
    return Decimal(repr(float(value))).quantize(Decimal("0.01")) + 0


class _Jury:
    """Who scored what, as matrices: a row for each dossier, a column for each juror."""

    def __init__(self, marks: Sequence[Mark]) -> None:
        self.dossiers = sorted({mark.dossier for mark in marks})
        self.jurors = sorted({mark.juror for mark in marks})
        row = {name: place for place, name in enumerate(self.dossiers)}
        column = {name: place for place, name in enumerate(self.jurors)}
        ordered = sorted(marks, key=lambda mark: (mark.dossier, mark.juror))
        self.row = np.array([row[mark.dossier] for mark in ordered], dtype=np.int64)
        self.column = np.array([column[mark.juror] for mark in ordered], dtype=np.int64)
        self.scores = np.array([float(mark.score) for mark in ordered], dtype=np.float64)
        count, ones = len(ordered), np.ones(len(ordered))
        self.by_dossier = csr_array((ones, (self.row, np.arange(count))), (len(self.dossiers), count))
        self.by_juror = csr_array((ones, (self.column, np.arange(count))), (len(self.jurors), count))
        self.who = (self.by_dossier @ self.by_juror.T).toarray()
        self.read, self.given = self.who.sum(axis=1), self.who.sum(axis=0)
        self.spare = count - len(self.dossiers)


@dataclass(frozen=True)
class _Fit:
    """The corrected scores, the severities, and the three variances: of quality, of severity, of chance."""

    corrected: Floats
    severities: Floats
    quality: float
    bias: float
    chance: float


def _fit(jury: _Jury) -> _Fit:
    means = jury.by_dossier @ jury.scores / jury.read
    apart = jury.scores - means[jury.row]
    links = np.diag(jury.given) - jury.who.T @ (jury.who / jury.read[:, None])
    values, vectors = np.linalg.eigh(links)
    values = np.clip(values, 0, None)
    pulls = vectors.T @ (jury.by_juror @ apart)
    ratio = _likeliest_ratio(values, pulls, float(apart @ apart), jury.spare)
    shrunk = ratio / (1 + ratio * values)
    chance = max(float(apart @ apart - pulls**2 @ shrunk) / jury.spare, NONE)
    severities = vectors @ (shrunk * pulls)
    corrected = means - jury.who @ severities / jury.read
    doubt = ((jury.who @ vectors / jury.read[:, None]) ** 2 @ shrunk + 1 / jury.read) * chance
    quality = max(float(np.var(corrected, ddof=1) - doubt.mean()), NONE)
    return _Fit(corrected, severities, quality, ratio * chance, chance)


def _likeliest_ratio(values: Floats, pulls: Floats, spread: float, spare: int) -> float:
    """The variance of severities over that of chance, of greatest restricted likelihood; zero when nothing shows it."""

    def unlikely(ratio: float) -> float:
        left = max(spread - float(pulls**2 @ (ratio / (1 + ratio * values))), NONE)
        return spare * float(np.log(left)) + float(np.log1p(ratio * values).sum())

    found = minimize_scalar(lambda power: unlikely(10.0**power), bounds=(-4, 4), method="bounded")
    ratio = float(10.0**found.x)
    return ratio if unlikely(ratio) < unlikely(0) else 0.0


def _plausible(jury: _Jury, fit: _Fit, draw: np.random.Generator, draws: int) -> tuple[Floats, Floats]:
    """The first and the last plausible rank of each dossier, in the order of the jury's."""
    judge = _judge(jury, fit)
    counts = jury.by_dossier @ jury.scores, jury.by_juror @ jury.scores
    here = judge(counts[0][:, None], counts[1][:, None])
    size, ranks = len(jury.dossiers), []
    for start in range(0, draws, BATCH):
        width = min(BATCH, draws - start)
        quality = draw.standard_normal((size, width)) * fit.quality**0.5
        severity = draw.standard_normal((len(jury.jurors), width)) * fit.bias**0.5
        chance = draw.standard_normal((len(jury.scores), width)) * fit.chance**0.5
        of_dossier = jury.read[:, None] * quality + jury.who @ severity + jury.by_dossier @ chance
        of_juror = jury.who.T @ quality + jury.given[:, None] * severity + jury.by_juror @ chance
        order = np.argsort(-(here + quality - judge(of_dossier, of_juror)).T, axis=1)
        places = np.empty((width, size), dtype=np.float32)
        np.put_along_axis(places, order, np.arange(1, size + 1, dtype=np.float32)[None, :], axis=1)
        ranks.append(places)
    spread = (
        np.arange(draws, dtype=np.float32) + 0.5
    ) / draws - 0.5  # ranks are whole numbers: without it a bound would take in too much
    found = np.concatenate(ranks) + spread[:, None]
    found.sort(axis=0)
    tail = round(draws * (1 - COVERED) / 2)
    return np.ceil(found[tail]), np.floor(found[draws - 1 - tail])


def _judge(jury: _Jury, fit: _Fit) -> Callable[[Floats, Floats], Floats]:
    """From the sums of scores by dossier and by juror, a column a jury, to the likeliest quality of each dossier."""
    weight = 1 / (jury.read + fit.chance / fit.quality)
    solved = np.zeros((len(jury.jurors), len(jury.jurors)))
    if fit.bias > NONE:
        ridge = np.diag(jury.given + fit.chance / fit.bias)
        solved = np.linalg.inv(ridge - jury.who.T @ (jury.who * weight[:, None]))

    def judge(of_dossier: Floats, of_juror: Floats) -> Floats:
        middle = (of_dossier / jury.read[:, None]).mean(axis=0)
        apart = of_dossier - jury.read[:, None] * middle
        severity = solved @ (of_juror - jury.given[:, None] * middle - jury.who.T @ (weight[:, None] * apart))
        return np.asarray(middle + weight[:, None] * (apart - jury.who @ severity))

    return judge
