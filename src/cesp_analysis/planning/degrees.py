"""Degrees of freedom of a planned effect.

How it is computed: `usual`: locations - 2 where the effect is a difference between two groups of
locations (parallel, before-and-after, crossover: 2 (k - 1)); elsewhere, and everywhere with
`satterthwaite`, 2 Var² / (g'Wg): g the derivatives of Var in the variance parameters, W the inverse
of their expected REML information, which for a contrast of one degree of freedom is what Kenward &
Roger have (1997, Biometrics 53:983-97; as Halekoh & Højsgaard 2014, J Stat Softw 59(9)). The
information is that of the locations' period means (1/2 tr(P V_j P V_k), P = V⁻¹ -
V⁻¹X(X'V⁻¹X)⁻¹X'V⁻¹) and of people within locations (1/2 tr(R⁻¹R_j R⁻¹R_k) for each person but one
of a location). Derivatives are exact: complex steps of covariances that are polynomials. A
parameter that is 0 is still estimated. Locations are taken as of equal
size.

Unequal sizes, `usual`: where locations' weights have a squared CV of w, df are (locations - 2) /
(1 + w), and weights that are estimated cost 2 w / df of the variance (of second order, as in
`ancova`).

`kenward_roger` also adds to the variance what estimated weights cost, F sum W_jk
(X'V⁻¹V_jV⁻¹V_kV⁻¹X - Q_j F Q_k) F with F = (X'V⁻¹X)⁻¹ and Q_j = X'V⁻¹V_jV⁻¹X: half of their
correction, whose other half makes up for the bias of an estimated variance, which a planned one has
not. Second derivatives (of a decay) are left out.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.planning.correlation import Numbers, Parameters, parameters, person_covariance
from cesp_analysis.planning.layouts import TWO_ARMS, Floats, Layout
from cesp_analysis.planning.precision import (
    TREATED,
    Model,
    Pattern,
    covariance_of,
    cv_of,
    of_people,
    patterns,
)
from cesp_analysis.planning.scenarios import Scenarios
from cesp_analysis.planning.unequal import weight

Rule = Literal["usual", "satterthwaite", "kenward_roger", "none"]
_STEP = 1e-30  # of a complex step: far below rounding, far above underflow
_NOBODY = 1e-9  # people
_LEVEL = 1e-10  # relative information that counts as none


@dataclass(frozen=True)
class _Sums:
    """Over patterns, for one location of the trial: X'V⁻¹X (n, p, p); its slopes (q, n, p, p) and
    products (q, q, n, p, p); traces (q, q, n) of V⁻¹V_j V⁻¹V_k, and of people within (q, q, n)."""

    total: Floats
    slopes: Floats
    products: Floats
    traces: Floats
    within: Floats


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
    own = parameters(scenarios, model.structure, model.sampling)
    sums = _sums(model, own, scenarios)
    inverse: Floats = np.asarray(np.linalg.inv(sums.total), dtype=np.float64)
    lead = inverse[:, TREATED]
    pulled = np.einsum("na,jnab->jnb", lead, sums.slopes)
    gradient = np.einsum("jnb,nb->nj", pulled, lead)
    information = _information(sums, inverse, scenarios.locations)
    spread, known = _spread(information, gradient)
    variance = inverse[:, TREATED, TREATED]
    with np.errstate(divide="ignore"):
        df = 2 * variance**2 / np.einsum("nj,njk,nk->n", gradient, spread, gradient)
    of_weights = np.einsum("na,jknab,nb->jkn", lead, sums.products, lead)
    of_weights -= np.einsum("jna,nab,knb->jkn", pulled, inverse, pulled)
    added = np.einsum("njk,jkn->n", spread, of_weights) / variance
    return np.where(known, df, np.nan), np.where(known, added, np.nan)


def _information(sums: _Sums, inverse: Floats, locations: Floats) -> Floats:
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


def _sums(model: Model, own: Parameters, scenarios: Scenarios) -> _Sums:
    made = [
        _of_pattern(model, own, scenarios, one) for one in patterns(model.layout, model.analysis)
    ]
    names = ("total", "slopes", "products", "traces", "within")
    return _Sums(*(np.asarray(sum(getattr(one, name) for one in made)) for name in names))


def _of_pattern(model: Model, own: Parameters, scenarios: Scenarios, pattern: Pattern) -> _Sums:
    pattern = cells_of(model, scenarios, pattern)
    inverse = np.linalg.inv(cell_covariance(model, own, scenarios, pattern))
    slopes = _slopes(own, lambda one: cell_covariance(model, one, scenarios, pattern))
    pulled = inverse @ slopes  # (q, n, t, t)
    turned = pulled @ inverse
    q = len(slopes)
    total = pattern.squared(inverse)
    traces, products = np.empty((q, q, len(inverse))), np.empty((q, q, *total.shape))
    for j in range(q):
        for k in range(j + 1):  # of products the traces alone are used: those of the transposed
            traces[j, k] = traces[k, j] = (turned[j] * slopes[k]).sum(axis=(1, 2))
            both = pattern.squared(turned[j] @ pulled[k].swapaxes(1, 2))
            products[j, k] = products[k, j] = both
    return _Sums(
        total,
        np.stack([pattern.squared(one) for one in turned]),
        products,
        traces * pattern.share,
        _within(model, own, scenarios, pattern) * pattern.share,
    )


def _loses(model: Model, scenarios: Scenarios) -> bool:
    """Whether some people of a cohort answer in the first period alone, and are analysed."""
    spared = model.layout.loses_from > 0
    return spared and model.sampling == "cohort" and bool((scenarios.retention < 1).any())


def cells_of(model: Model, scenarios: Scenarios, pattern: Pattern) -> Pattern:
    """The pattern; of a cohort that loses people with a mean more: that of the first period's
    people who leave."""
    if not _loses(model, scenarios):
        return pattern
    at = np.append(np.arange(len(pattern.seen)), 0)
    return pattern.of_positions(at)


def cell_covariance(
    model: Model, own: Parameters, scenarios: Scenarios, pattern: Pattern
) -> Numbers:
    """Covariance (n, t, t) of a location's means; of a cohort that loses people, of those who stay
    and, last, of those who leave."""
    location, people = covariance_of(model, own, scenarios, pattern)
    if not _loses(model, scenarios):
        return np.asarray(location + people)
    person, stay = _person(model, own, scenarios, pattern), _stay(scenarios)
    apart = np.zeros_like(person)
    apart[:, :-1, :-1] = person[:, :-1, :-1] / stay[:, None, None]
    apart[:, -1, -1] = person[:, 0, 0] / _leave(scenarios)
    return np.asarray(location + apart)


def _stay(scenarios: Scenarios) -> Floats:
    return scenarios.people * scenarios.retention


def _leave(scenarios: Scenarios) -> Floats:
    """People who leave; where nobody does, so few that they tell nothing."""
    return np.asarray(np.maximum(scenarios.people * (1 - scenarios.retention), _NOBODY))


def _slopes(own: Parameters, of: Callable[[Parameters], Numbers]) -> Floats:
    """Derivatives (q, ...) of a function of the parameters in each of them: complex steps."""
    values = own.together
    steps = [own.moved(values + 1j * _STEP * one) for one in np.eye(values.shape[1])]
    return np.stack([np.imag(of(one)) / _STEP for one in steps])


def _within(model: Model, own: Parameters, scenarios: Scenarios, pattern: Pattern) -> Floats:
    """tr(R⁻¹R_j R⁻¹R_k) (q, q, n), over the people of a location but one in each group."""
    person = _person(model, own, scenarios, pattern)
    slopes = _slopes(own, lambda one: _person(model, one, scenarios, pattern))
    if model.sampling != "cohort":
        counted = _answering(scenarios, pattern, model.layout.loses_from)
        return _of_single(np.real(person), slopes, counted)
    left = _loses(model, scenarios)
    stay = slice(0, -1) if left else slice(None)
    whole = np.linalg.inv(person[:, stay, stay]) @ slopes[:, :, stay, stay]
    both = (_stay(scenarios) - 1) * np.einsum("jnab,knba->jkn", whole, whole)
    if not left:
        return np.asarray(both)
    alone = slopes[:, :, 0, 0] / person[:, 0, 0]
    return np.asarray(both + (_leave(scenarios) - 1) * alone[:, None] * alone[None])


def _person(model: Model, own: Parameters, scenarios: Scenarios, pattern: Pattern) -> Numbers:
    seen = np.ix_(np.arange(len(scenarios)), pattern.seen, pattern.seen)
    return person_covariance(own, model.structure, model.layout.periods)[seen]


def _answering(scenarios: Scenarios, pattern: Pattern, loses_from: int) -> Floats:
    """People but one who answer in each period observed (n, t)."""
    lost = np.arange(len(pattern.seen)) >= loses_from
    people = scenarios.people[:, None] * np.where(lost, scenarios.retention[:, None], 1.0)
    return np.asarray((people - 1).clip(0))


def _of_single(person: Floats, slopes: Floats, counted: Floats) -> Floats:
    """Information of answers taken one by one: what a cross-section holds."""
    own = np.diagonal(slopes, axis1=2, axis2=3) / np.diagonal(person, axis1=1, axis2=2)
    return np.asarray(np.einsum("jnt,knt,nt->jkn", own, own, counted))
