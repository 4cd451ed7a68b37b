"""The variance of an estimated effect: generalised least squares of a location's period means.

How it is computed: with V the covariance of one location's means in the periods it is observed, X_s
the fixed effects of sequence s (periods, arms if asked for, treated) and share_s its share of K
locations, Var = the treated entry of (K sum share_s X_s'V⁻¹X_s)⁻¹, times the total variance (Hussey
& Hughes 2007, Contemp Clin Trials 28:182-91). The products with X are one matrix product over all
scenarios.

Locations of unequal size (size_cv): `people` weighs each person alike, so that the location's part
counts (1 + cv²) times: for a trial measured once 1 + ((cv² + 1) m - 1) icc (Eldridge, Ashby & Kerry
2006, Int J Epidemiol 35:1292-300). `best` weighs locations as a mixed model does: the mean of V⁻¹
over the sizes that trials draw (`unequal`), in the axes in which the location's part and that of
its people are both diagonal. Who is measured at the end alone is as many as answer by chance; where
somebody is measured before, what chance makes of how many answer later is left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.arrays import Floats
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.planning.correlation import (
    Numbers,
    Parameters,
    covariances,
    parameters,
)
from cesp_analysis.planning.layouts import Analysis, Layout
from cesp_analysis.planning.scenarios import Sampling, Scenarios, Structure
from cesp_analysis.planning.unequal import weights, with_loss

Weights = Literal["people", "best"]
_LEVEL = 1e-9  # a singular value that is rounding
TREATED = -1  # the effect is the last column of every design


@dataclass(frozen=True)
class Model:
    """How a trial is analysed: fixed effects, correlation, whom it follows, and the weights.

    fits_blocks: periods that decay are analysed as if any two were as alike, as trials are here
    (planning/misfit.py); else by a model that knows how they decay.
    analysis: `adjusted` has period + treated (with a baseline: the arms share its mean, so that it
    is adjusted for); `change` has arm + period + treated.
    """

    layout: Layout
    analysis: Analysis
    structure: Structure
    sampling: Sampling
    weights: Weights = "people"
    fits_blocks: bool = False


@dataclass(frozen=True)
class Pattern:
    """Sequences `own` observed in the same t periods, seen (t,): their fixed effects x (s, t, p),
    shares (s,) of locations, and what turns (n, t * t) into the sum of X'MX (n, p * p)."""

    own: NDArray[np.int64]
    seen: NDArray[np.int64]
    x: Floats
    shares: Floats
    spread: Floats

    @property
    def share(self) -> float:
        """Of all locations."""
        return float(self.shares.sum())

    def of_positions(self, at: NDArray[np.int64]) -> "Pattern":
        """The pattern with these of its periods, some more than once."""
        return pattern_of(self.own, self.seen[at], self.x[:, at], self.shares)

    def squared(self, middle: Numbers) -> Numbers:
        """Sum over sequences of share * X'MX (n, p, p), for M (n, t, t)."""
        p = round(self.spread.shape[1] ** 0.5)
        return (middle.reshape(len(middle), -1) @ self.spread).reshape(-1, p, p)


def variance(model: Model, scenarios: Scenarios) -> Floats:
    """Variance (n,) of the estimated effect, in the squared unit of the outcome.

    Raises NotEstimable where the layout cannot tell the effect from periods or arms.
    """
    own = parameters(scenarios, model.structure, model.sampling)
    parts = [
        (pattern, _weights(model, scenarios, *both))
        for pattern, both in _parts(model, own, scenarios)
    ]
    inverse = np.linalg.inv(sum(pattern.squared(found.mean) for pattern, found in parts))
    lead = inverse[:, TREATED]
    of_one = (
        lead[:, TREATED]
        + sum(found.of_chance(pattern, inverse, lead) for pattern, found in parts)
        / scenarios.locations
    )
    return np.asarray(scenarios.sd**2 * of_one / scenarios.locations)


def _parts(
    model: Model, own: Parameters, scenarios: Scenarios
) -> Iterator[tuple[Pattern, tuple[Numbers, Numbers]]]:
    for pattern in patterns(model.layout, model.analysis):
        yield pattern, covariance_of(model, own, scenarios, pattern)


def covariance_of(
    model: Model, own: Parameters, scenarios: Scenarios, pattern: Pattern
) -> tuple[Numbers, Numbers]:
    """Covariance of a location's means in one pattern: its own part and that of its people."""
    return covariances(own, scenarios, model.layout, model.structure, model.sampling, pattern.seen)


@dataclass(frozen=True)
class _Weights:
    """Of a location: mean (n, t, t) of V⁻¹ over sizes; axes (n, t, t), the columns that all V⁻¹ are
    sums of squares of, and covariance (n, t, t) of their weights, None where sizes are alike."""

    mean: Floats
    axes: Floats | None = None
    covariance: Floats | None = None

    def of_chance(self, pattern: Pattern, inverse: Floats, lead: Floats) -> Floats:
        """What the sizes that a trial happens to have add to the effect's variance (n,), times
        locations squared: to second order, the mean of an inverse is more than that of the mean."""
        if self.axes is None or self.covariance is None:
            return np.zeros(len(inverse))
        turned = [self.axes.swapaxes(1, 2) @ x for x in pattern.x]  # (n, t, p)
        found = np.zeros(len(inverse))
        for own, share in zip(turned, pattern.shares, strict=True):
            at = np.einsum("ntp,np->nt", own, lead)
            middle = (own @ inverse @ own.swapaxes(1, 2)) * self.covariance
            found += share * np.einsum("nt,ntu,nu->n", at, middle, at)
        return found


def _weights(model: Model, scenarios: Scenarios, location: Floats, people: Floats) -> _Weights:
    """V⁻¹ (n, t, t), with what unequal sizes make of it."""
    if model.weights == "people":
        cv2 = scenarios.size_cv[:, None, None] ** 2
        return _Weights(np.asarray(np.linalg.inv((1 + cv2) * location + people)))
    cv = cv_of(model, scenarios)
    if not cv.any():
        return _Weights(np.asarray(np.linalg.inv(location + people)))
    root = np.linalg.inv(np.linalg.cholesky(location + people))
    of_people, turn = np.linalg.eigh(root @ people @ root.swapaxes(1, 2))
    mean, covariance = weights(of_people.clip(0, 1), cv, scenarios.people)
    axes = root.swapaxes(1, 2) @ turn
    return _Weights((axes * mean[:, None, :]) @ axes.swapaxes(1, 2), axes, covariance)


def cv_of(model: Model, scenarios: Scenarios) -> Floats:
    """CV (n,) of how many people tell of a location."""
    if model.layout.loses_from:
        return scenarios.size_cv
    return with_loss(scenarios.size_cv, scenarios.people, scenarios.retention)


def of_people(model: Model, scenarios: Scenarios) -> Floats:
    """Part (n,) of people, not locations, in the effect's variance, at locations of one size."""
    own = parameters(scenarios, model.structure, model.sampling)
    bread = meat = np.zeros(())
    for pattern, (location, people) in _parts(model, own, scenarios):
        plain = np.linalg.inv(location + people)
        bread = bread + pattern.squared(plain)
        meat = meat + pattern.squared(plain @ people @ plain)
    inverse = np.linalg.inv(bread)
    found = inverse @ meat @ inverse
    return np.asarray((found[:, TREATED, TREATED] / inverse[:, TREATED, TREATED]).clip(0, 1))


def patterns(layout: Layout, analysis: Analysis) -> list[Pattern]:
    """The layout's sequences by the periods in which they are observed."""
    rows = _columns(layout, analysis)
    observed = layout.observed
    found = []
    for one in np.unique(observed, axis=0):
        own = np.flatnonzero((observed == one).all(axis=1))
        found.append(pattern_of(own, np.flatnonzero(one), rows[own][:, one], layout.share[own]))
    return found


def pattern_of(
    own: NDArray[np.int64], seen: NDArray[np.int64], x: Floats, shares: Floats
) -> Pattern:
    """A pattern of sequences, periods, fixed effects x (s, t, p) and shares (s,)."""
    t, p = x.shape[1:]
    spread = np.einsum("s,stp,suq->tupq", shares, x, x).reshape(t * t, p * p)
    return Pattern(own, seen, x, shares, spread)


def _columns(layout: Layout, analysis: Analysis) -> Floats:
    """Fixed effects (sequences, periods, p): a basis of periods (and arms), then treated.

    Raises NotEstimable where treated is a combination of the others, and for a before-and-after
    study that is adjusted: nobody was randomised, so that its arms need not share a mean before.
    """
    if layout.kind == "before_after" and analysis == "adjusted":
        raise NotEstimable(
            "a controlled before-and-after study is analysed as a change: its arms may differ"
            " before"
        )
    s, t = layout.treated.shape
    blocks = [np.broadcast_to(np.eye(t), (s, t, t))]
    if analysis == "change":
        blocks.append(np.broadcast_to(np.eye(s)[:, None, :], (s, t, s)))
    others = np.concatenate(blocks, axis=2)[layout.observed]
    left, size, _ = np.linalg.svd(others, full_matrices=False)
    basis = left[:, size > _LEVEL * size[0]]
    treated = layout.treated[layout.observed]
    if np.linalg.norm(treated - basis @ (basis.T @ treated)) < _LEVEL:
        raise NotEstimable(
            "the layout cannot tell the effect from "
            + ("periods and arms" if analysis == "change" else "periods")
            + f" ({layout.kind}, analysis: {analysis})"
        )
    columns = np.zeros((s, t, basis.shape[1] + 1))
    columns[layout.observed] = np.column_stack([basis, treated])
    return columns
