"""Degrees of freedom of a planned effect.

How it is computed: `usual`: locations - 2 where the effect is a difference between two groups of
locations (parallel, before-and-after, crossover: 2 (k - 1)); elsewhere, and everywhere with
`satterthwaite`, 2 Var² / (g'Wg): g the derivatives of Var in the variance parameters, W the inverse
of their expected REML information, which for a contrast of one degree of freedom is what Kenward &
Roger have (1997, Biometrics 53:983-97; as Halekoh & Højsgaard 2014, J Stat Softw 59(9)). The
information is that of the locations' period means (1/2 tr(P V_j P V_k), P = V⁻¹ -
V⁻¹X(X'V⁻¹X)⁻¹X'V⁻¹) and of people within locations (1/2 tr(R⁻¹R_j R⁻¹R_k) for each person but one
of a location; `told_of_variances`). A
parameter that is 0 is still estimated. Locations are taken as of equal size.

Unequal sizes, `usual`: where locations' weights have a squared CV of w, df are (locations - 2) /
(1 + w), and weights that are estimated cost 2 w / df of the variance (of second order, as in
`ancova`).

`kenward_roger` also adds to the variance what estimated weights cost, F sum W_jk
(X'V⁻¹V_jV⁻¹V_kV⁻¹X - Q_j F Q_k) F with F = (X'V⁻¹X)⁻¹ and Q_j = X'V⁻¹V_jV⁻¹X: half of their
correction, whose other half makes up for the bias of an estimated variance, which a planned one has
not. Second derivatives (of a decay) are left out.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.arrays import Floats
from cesp_analysis.planning.correlation import parameters
from cesp_analysis.planning.layouts import TWO_ARMS, Layout
from cesp_analysis.planning.precision import (
    TREATED,
    Model,
    cv_of,
    of_people,
)
from cesp_analysis.planning.scenarios import Scenarios
from cesp_analysis.planning.told_of_variances import Sums, sums_of
from cesp_analysis.planning.unequal import weight

Rule = Literal["usual", "satterthwaite", "kenward_roger", "none"]
_LEVEL = 1e-10  # relative information that counts as none


def degrees(model: Model, scenarios: Scenarios, rule: Rule = "usual") -> Floats:
    """Degrees of freedom (n,) of the effect; NaN where the design says nothing of its variance."""
    return judged(model, scenarios, rule)[0]


def judged(model: Model, scenarios: Scenarios, rule: Rule = "usual") -> tuple[Floats, Floats]:
    """Degrees of freedom (n,), and what estimating the variances adds to the effect's, as a share
    of it (n,): 0 but by `kenward_roger`, and with unequal sizes by `usual`."""
    nothing = np.zeros(len(scenarios))
    if rule == "none":
        return np.full(len(scenarios), np.inf), nothing
    if rule == "usual" and of_two_groups(model.layout):
        return _of_two(model, scenarios)
    df, added = estimating(model, scenarios)
    return df, added if rule == "kenward_roger" else nothing


def _of_two(model: Model, scenarios: Scenarios) -> tuple[Floats, Floats]:
    """Of a difference between two groups: locations - 2, less for weights that differ."""
    k = scenarios.locations
    df = np.where(k > 2, k - 2, np.nan)
    cv = cv_of(model, scenarios)
    if model.weights == "people" or not cv.any():
        return df, np.zeros(len(scenarios))
    _, uneven = weight(of_people(model, scenarios), cv, scenarios.people)
    return df / (1 + uneven), 2 * uneven / df


def of_two_groups(layout: Layout) -> bool:
    """Whether the effect is a difference between two groups of locations."""
    return layout.kind in TWO_ARMS and layout.sequences == 2


def satterthwaite(model: Model, scenarios: Scenarios) -> Floats:
    """2 Var² / (g'Wg) of each scenario (n,), by expected information."""
    return estimating(model, scenarios)[0]


def estimating(model: Model, scenarios: Scenarios) -> tuple[Floats, Floats]:
    """2 Var² / (g'Wg) (n,); and the share of Var that the estimated weights add (n,)."""
    made = _estimated(model, scenarios)
    with np.errstate(divide="ignore"):
        df = 2 * made.variance**2 / np.einsum("nj,nj->n", made.gradient, made.pulled)
    of_weights = np.einsum("na,jknab,nb->jkn", made.lead, made.sums.products, made.lead)
    of_weights -= np.einsum("jna,nab,knb->jkn", made.slopes, made.inverse, made.slopes)
    added = np.einsum("njk,jkn->n", made.spread, of_weights) / made.variance
    return np.where(made.known, df, np.nan), np.where(made.known, added, np.nan)


def of_nothing(model: Model, scenarios: Scenarios, parameter: int) -> Floats:
    """Standard error (n,) that is said, on average, over the true one, where this parameter (its
    place) is 0 and is not estimated below: its estimate is half a normal law, with mean SD / root(2
    pi), and what goes with it moves along."""
    made = _estimated(model, scenarios)
    said = made.pulled[:, parameter] / np.sqrt(2 * np.pi * made.spread[:, parameter, parameter])
    return np.where(made.known, np.sqrt(1 + (said / made.variance).clip(0)), 1.0)


@dataclass(frozen=True)
class _Estimated:
    """Of scenarios (n,), in units of one location: sums; inverse (n, p, p) of X'V⁻¹X, lead its
    treated row; slopes (q, n, p) along it; variance and its gradient (n, q); spread W (n, q, q),
    pulled W g (n, q); known: whether g lies in what is seen."""

    sums: Sums
    inverse: Floats
    lead: Floats
    slopes: Floats
    variance: Floats
    gradient: Floats
    spread: Floats
    pulled: Floats
    known: NDArray[np.bool_]


def _estimated(model: Model, scenarios: Scenarios) -> _Estimated:
    own = parameters(scenarios, model.structure, model.sampling)
    sums = sums_of(model, own, scenarios)
    inverse: Floats = np.asarray(np.linalg.inv(sums.total), dtype=np.float64)
    lead = inverse[:, TREATED]
    slopes = np.einsum("na,jnab->jnb", lead, sums.slopes)
    gradient = np.einsum("jnb,nb->nj", slopes, lead)
    information = _information(sums, inverse, scenarios.locations)
    spread, known = _spread(information, gradient)
    pulled = np.einsum("njk,nk->nj", spread, gradient)
    variance = inverse[:, TREATED, TREATED]
    return _Estimated(sums, inverse, lead, slopes, variance, gradient, spread, pulled, known)


def _information(sums: Sums, inverse: Floats, locations: Floats) -> Floats:
    """Expected REML information (n, q, q) of the variance parameters."""
    turned = inverse @ sums.slopes
    once = np.einsum("nab,jknba->jkn", inverse, sums.products)
    both = np.einsum("jnab,knba->jkn", turned, turned)
    found = (locations * (sums.traces + sums.within) - 2 * once + both) / 2
    return np.moveaxis(found, -1, 0)


def _spread(information: Floats, gradient: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """W (n, q, q), and whether it is known in the direction of g (n, q).

    Parameters that only occur together (one period has no part of its own) make the information
    singular; the generalised inverse serves where g lies in what is seen.
    """
    size = np.sqrt(np.diagonal(information, axis1=1, axis2=2).clip(0))
    scale = np.divide(1, size, out=np.zeros_like(size), where=size > 0)
    values, vectors = np.linalg.eigh(information * scale[:, :, None] * scale[:, None, :])
    pulled = np.abs(np.einsum("nqv,nq->nv", vectors, gradient * scale))
    seen = values > _LEVEL * values[:, -1:].clip(0)
    known = np.where(seen, 0.0, pulled).max(axis=1) <= 1e-4 * pulled.max(axis=1)
    turned = vectors * scale[:, :, None]
    inner = np.where(seen, 1 / np.where(seen, values, 1.0), 0.0)
    spread = (turned * inner[:, None, :]) @ turned.swapaxes(1, 2)
    return spread, known & (values[:, -1] > 0)
