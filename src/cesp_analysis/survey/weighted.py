"""Weights of one site and wave by the declared method, and what they cost."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from cesp_analysis.declared.surveys import Trim
from cesp_analysis.numbers import counted, listed
from cesp_analysis.survey.bounded import bounded
from cesp_analysis.survey.cells import Cells
from cesp_analysis.survey.groups import Group
from cesp_analysis.survey.linear_calibration import calibrated
from cesp_analysis.survey.raking import raked

Method = Literal["post_stratify", "rake", "calibrate"]
MET = 1e-6
"""Largest miss of a category, as a share of it, at which a margin counts as met."""
BEYOND = 0.01
"""Largest miss with which weights are still used, and said not to have converged."""
AT = 1e-9
"""Relative distance from a limit within which a weight is at it: rounding."""
WORDS = {
    "post_stratify": "post-stratified to",
    "rake": "raked to",
    "calibrate": "calibrated linearly to",
}


@dataclass(frozen=True)
class Weighted:
    """weights (n,) of a group; limits (n,): -1 at the lower, 1 at the upper, 0 between; steps;
    miss: of the worst category, as a share of it."""

    weights: np.ndarray
    limits: np.ndarray
    steps: int
    miss: float

    @property
    def converged(self) -> bool:
        """Whether every margin is met."""
        return self.miss <= MET


def weighted(group: Group, method: Method, trim: Trim | None) -> Weighted:
    """The weights of a group's respondents."""
    cells = Cells.made(group.targets)
    base = cells.sums(group.base)[None]
    engine = calibrated if method == "calibrate" else raked
    found = engine(cells, base, group.population)
    weights = group.base * found.factor[0][cells.of]
    steps, miss, none = found.steps, float(found.miss[0]), np.zeros(len(weights), dtype=int)
    if trim is None:
        return Weighted(weights, none, steps, miss)
    low, high = (limit * group.population / len(weights) for limit in (trim.low, trim.high))
    if weights.min() >= low and weights.max() <= high:
        return Weighted(weights, none, steps, miss)
    held = bounded(cells, group.base, group.population, low, high, method == "calibrate")
    at = (held.weights >= high * (1 - AT)).astype(int) - (held.weights <= low * (1 + AT))
    return Weighted(held.weights, at, held.steps, held.miss)


def faults_of(group: Group, found: Weighted, method: Method, trim: Trim | None) -> list[str]:
    """Why the weights of a group cannot be used: a line each; none if they can."""
    where = f"config.yaml: surveys.weights: {group.place[0]} in {group.place[1]}"
    if trim is not None and (beyond := _too_few(group, trim)):
        return [f"{where}: trim: {beyond}"]
    if found.miss > BEYOND and trim is not None:
        return [
            f"{where}: trim: no weights from {trim.low:g} to {trim.high:g} times the mean meet all"
            f" margins (the worst category misses {found.miss:.1%}); widen the limits, or merge"
            " categories"
        ]
    if found.miss > BEYOND:
        return [
            f"{where}: no weights of these respondents meet all margins (after {found.steps:,}"
            f" iterations the worst category misses {found.miss:.1%}): categories of two margins"
            " hold the same few respondents; merge categories"
        ]
    if below := int((found.weights <= 0).sum()):
        return [
            f"{where}: {below} of {len(found.weights)} weights are not above 0, as linear"
            " calibration may give; write method: rake, or trim: with low above 0"
        ]
    return []


def _too_few(group: Group, trim: Trim) -> str | None:
    """The category whose respondents cannot stand for its people within the limits."""
    mean = group.population / len(group.base)
    worst: list[tuple[float, str]] = []
    for target, labels in zip(group.targets, group.labels, strict=True):
        totals = target.totals(group.base[None], group.population)[0]
        for total, n, label in zip(totals, np.bincount(target.codes), labels, strict=True):
            needed = total / (n * mean)
            if not trim.low <= needed <= trim.high:
                said = f"{counted(int(n), 'respondent')} of {label} must stand for {total:,.6g}"
                worst.append((needed, f"{said} people, {needed:.3g} times the mean weight each"))
    if not worst:
        return None
    needed, said = max(worst, key=lambda one: max(one[0] / trim.high, trim.low / one[0]))
    limit = f"high is {trim.high:g}" if needed > trim.high else f"low is {trim.low:g}"
    return f"{said}, but {limit}; change it, or merge the category with one beside it"


def described(method: Method, margins: list[str], trim: Trim | None) -> str:
    """How the weights were made, in words."""
    words = f"{WORDS[method]} {listed(margins)}"
    if trim is None:
        return words
    low = f"{trim.low:g} to " if trim.low else "at most "
    return f"{words}; weights {low}{trim.high:g} times the mean"


def kish(weights: np.ndarray) -> float:
    """The design effect of unequal weights (Kish 1965): n Σw² / (Σw)²."""
    return float(len(weights) * (weights @ weights) / weights.sum() ** 2)
