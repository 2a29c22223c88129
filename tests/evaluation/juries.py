"""Juries drawn with a known truth: what a ranking finds again of it."""

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from scipy.stats import kendalltau

from evaluation.calibration import Calibration, Mark, calibrate

QUALITY, CHANCE = 10, 8
"""Standard deviations, in points: of dossiers, of a score around what it should be."""


def a_jury(seed: int, *, bias: float, dossiers: int = 40, jurors: int = 8, reviews: int = 3):
    """The marks of a seeded jury, each dossier read by the least laden jurors, and the true quality of each dossier."""
    draw = np.random.default_rng(seed)
    quality = 60 + QUALITY * draw.standard_normal(dossiers)
    severity = bias * draw.standard_normal(jurors)
    marks, load = [], np.zeros(jurors)
    for dossier in range(dossiers):
        team = np.argsort(load + 1.5 * draw.random(jurors))[:reviews]
        load[team] += 1
        scores = quality[dossier] + severity[team] + CHANCE * draw.standard_normal(reviews)
        marks += [
            Mark(f"D{dossier:05}", f"J{juror:03}", Decimal(f"{score:.2f}"))
            for juror, score in zip(team, scores, strict=True)
        ]
    return marks, {f"D{dossier:05}": float(value) for dossier, value in enumerate(quality)}


@dataclass(frozen=True)
class Found:
    """Over many juries: how near the truth each order is (Kendall), and how often the interval holds the true rank."""

    raw: float
    corrected: float
    covered: float


def found_by(juries: int, *, bias: float, draws: int) -> Found:
    """What the juries of the seeds from 0 on find."""
    raw, corrected, covered = [], [], []
    for seed in range(juries):
        marks, truth = a_jury(seed, bias=bias)
        calibration = calibrate(marks, seed=seed, draws=draws)
        assert calibration is not None
        names = list(truth)
        means = [np.mean([float(mark.score) for mark in marks if mark.dossier == name]) for name in names]
        true = list(truth.values())
        raw.append(kendalltau(means, true).statistic)
        corrected.append(kendalltau([float(calibration.dossiers[name].score) for name in names], true).statistic)
        covered += _covered(calibration, truth)
    return Found(float(np.mean(raw)), float(np.mean(corrected)), float(np.mean(covered)))


def _covered(calibration: Calibration, truth: dict[str, float]) -> list[bool]:
    true_rank = {name: rank for rank, name in enumerate(sorted(truth, key=truth.__getitem__, reverse=True), start=1)}
    return [row.first <= true_rank[name] <= row.last for name, row in calibration.dossiers.items()]
