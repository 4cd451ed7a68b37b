"""Degrees of freedom of a planned effect.

How it is computed: `usual`: locations - 2 where the effect is a difference between two groups of
locations (parallel, before-and-after, crossover: 2 (k - 1)); elsewhere, and everywhere with
`satterthwaite`, 2 Var² / (g'Wg): g the derivatives of Var in the variance parameters, W the inverse
of their expected REML information, which for a contrast of one degree of freedom is Kenward &
Roger's (1997, Biometrics 53:983-97; as Halekoh & Højsgaard 2014, J Stat Softw 59(9)). The information is that of the locations' period means
(1/2 tr(P V_j P V_k), P = V⁻¹ - V⁻¹X(X'V⁻¹X)⁻¹X'V⁻¹) and of people within locations (1/2 tr(R⁻¹ R_j
R⁻¹ R_k) for each person but one of a location). Derivatives are exact: complex steps of covariances
that are polynomials. A parameter that is 0 is still estimated. Locations are taken as of equal size.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from cesp_analysis.planning.correlation import Numbers, Parameters, parameters, person_covariance
from cesp_analysis.planning.layouts import TWO_ARMS, Floats
from cesp_analysis.planning.precision import TREATED, Model, Pattern, covariance_of, patterns
from cesp_analysis.planning.scenarios import Scenarios

Rule = Literal["usual", "satterthwaite", "none"]
_STEP = 1e-30  # of a complex step: far below rounding, far above underflow of its square's use
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
    if rule == "none":
        return np.full(len(scenarios), np.inf)
    if rule == "usual" and model.layout.kind in TWO_ARMS and model.layout.sequences == 2:
        df = scenarios.locations - 2
        return np.asarray(np.where(df > 0, df, np.nan))
    return satterthwaite(model, scenarios)


def satterthwaite(model: Model, scenarios: Scenarios) -> Floats:
    """2 Var² / (g'Wg) of each scenario (n,), by expected information."""
    own = parameters(scenarios, model.structure, model.sampling)
    sums = _sums(model, own, scenarios)
    inverse = np.linalg.inv(sums.total)
    turned = inverse @ sums.slopes
    lead = inverse[:, TREATED]
    gradient = np.einsum("na,jnab,nb->nj", lead, sums.slopes, lead)
    known = np.einsum("nab,jknba->jkn", inverse, sums.products)
    both = np.einsum("jnab,knba->jkn", turned, turned)
    k = scenarios.locations
    information = (k * (sums.traces + sums.within) - 2 * known + both) / 2
    return _degrees(np.moveaxis(information, -1, 0), gradient, inverse[:, TREATED, TREATED])


def _degrees(information: Floats, gradient: Floats, variance: Floats) -> Floats:
    """2 Var² / (g'Wg) where W exists in the direction of g."""
    size = np.sqrt(np.diagonal(information, axis1=1, axis2=2).clip(0))
    scale = np.divide(1, size, out=np.zeros_like(size), where=size > 0)
    values, vectors = np.linalg.eigh(information * scale[:, :, None] * scale[:, None, :])
    pulled = np.einsum("nqv,nq->nv", vectors, gradient * scale)
    seen = values > _LEVEL * values[:, -1:].clip(0)
    spread = np.where(seen, pulled**2 / np.where(seen, values, 1.0), 0.0).sum(axis=1)
    unseen = np.abs(np.where(seen, 0.0, pulled)).max(axis=1) > 1e-4 * np.abs(pulled).max(axis=1)
    with np.errstate(divide="ignore"):
        df = 2 * variance**2 / spread
    return np.asarray(np.where(unseen | (values[:, -1] <= 0), np.nan, df))


def _sums(model: Model, own: Parameters, scenarios: Scenarios) -> _Sums:
    made = [_of_pattern(model, own, scenarios, one) for one in patterns(model.layout, model.analysis)]
    names = ("total", "slopes", "products", "traces", "within")
    return _Sums(*(np.asarray(sum(getattr(one, name) for one in made)) for name in names))


def _of_pattern(model: Model, own: Parameters, scenarios: Scenarios, pattern: Pattern) -> _Sums:
    location, people = covariance_of(model, own, scenarios, pattern)
    inverse = np.linalg.inv(location + people)
    slopes = _slopes(model, own, scenarios, pattern)
    pulled = inverse @ slopes  # (q, n, t, t)
    turned = pulled @ inverse
    q = len(slopes)
    traces, products = np.empty((q, q, len(scenarios))), []
    for j in range(q):
        for k in range(j + 1):
            traces[j, k] = traces[k, j] = (turned[j] * slopes[k]).sum(axis=(1, 2))
        products.append([pattern.squared(turned[j] @ pulled[k].swapaxes(1, 2)) for k in range(q)])
    return _Sums(
        pattern.squared(inverse),
        np.stack([pattern.squared(one) for one in turned]),
        np.array(products),
        traces * pattern.share,
        _within(model, own, scenarios, pattern) * pattern.share,
    )


def _steps(own: Parameters) -> list[Parameters]:
    """The parameters with a small imaginary part added to each in turn."""
    values = own.together
    return [own.moved(values + 1j * _STEP * one) for one in np.eye(values.shape[1])]


def _slopes(model: Model, own: Parameters, scenarios: Scenarios, pattern: Pattern) -> Floats:
    """Derivatives (q, n, t, t) of a location's covariance in the parameters."""
    found = [sum(covariance_of(model, one, scenarios, pattern)) for one in _steps(own)]
    return np.stack([np.imag(one) / _STEP for one in found])


def _within(model: Model, own: Parameters, scenarios: Scenarios, pattern: Pattern) -> Floats:
    """tr(R⁻¹R_j R⁻¹R_k) (q, q, n), counted over the people of a location but one."""
    person = _person(model, own, scenarios, pattern)
    slopes = np.stack(
        [np.imag(_person(model, one, scenarios, pattern)) / _STEP for one in _steps(own)]
    )
    stay = scenarios.retention
    if model.sampling != "cohort":
        counted = _answering(scenarios, pattern, model.layout.loses_from)
        return _of_single(np.real(person), slopes, counted)
    whole = np.linalg.inv(person) @ slopes
    left = slopes[:, :, 0, 0] / person[:, 0, 0]
    both = (scenarios.people * stay - 1).clip(0) * np.einsum("jnab,knba->jkn", whole, whole)
    leavers = 0.0 if model.layout.loses_from == 0 or model.answers == "who_stay" else 1 - stay
    return np.asarray(both + scenarios.people * leavers * left[:, None] * left[None])


def _person(model: Model, own: Parameters, scenarios: Scenarios, pattern: Pattern) -> Numbers:
    seen = np.ix_(np.arange(len(scenarios)), pattern.seen, pattern.seen)
    churn = scenarios.churn if model.sampling == "open_cohort" else None
    return person_covariance(own, model.structure, model.layout.periods, churn)[seen]


def _answering(scenarios: Scenarios, pattern: Pattern, loses_from: int) -> Floats:
    """People but one who answer in each period observed (n, t)."""
    lost = np.arange(len(pattern.seen)) >= loses_from
    people = scenarios.people[:, None] * np.where(lost, scenarios.retention[:, None], 1.0)
    return np.asarray((people - 1).clip(0))


def _of_single(person: Floats, slopes: Floats, counted: Floats) -> Floats:
    """Information of answers taken one by one: what a cross-section holds, and all that is counted
    of an open cohort, whose pairs of answers add little."""
    own = np.diagonal(slopes, axis1=2, axis2=3) / np.diagonal(person, axis1=1, axis2=2)
    return np.asarray(np.einsum("jnt,knt,nt->jkn", own, own, counted))
