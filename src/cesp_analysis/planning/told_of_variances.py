"""What period means of locations, and people within them, tell of the variances: with derivatives.

How it is computed: of each pattern of periods the inverse covariance of a location's means, its
derivatives in the variance parameters and what they make of the fixed effects. Derivatives are
exact: complex steps of covariances that are polynomials. A cohort that loses people has a mean
more: that of the first period's people who leave.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.planning.correlation import Numbers, Parameters, person_covariance
from cesp_analysis.planning.precision import Model, Pattern, covariance_of, patterns
from cesp_analysis.planning.scenarios import Scenarios

_STEP = 1e-30  # of a complex step: far below rounding, far above underflow
_NOBODY = 1e-9  # people


@dataclass(frozen=True)
class Sums:
    """Over patterns, for one location of the trial: X'V⁻¹X (n, p, p); its slopes (q, n, p, p) and
    products (q, q, n, p, p); traces (q, q, n) of V⁻¹V_j V⁻¹V_k, and of people within (q, q, n)."""

    total: Floats
    slopes: Floats
    products: Floats
    traces: Floats
    within: Floats


def sums_of(model: Model, own: Parameters, scenarios: Scenarios) -> Sums:
    """The sums of all patterns."""
    made = [
        _of_pattern(model, own, scenarios, one) for one in patterns(model.layout, model.analysis)
    ]
    names = ("total", "slopes", "products", "traces", "within")
    return Sums(*(np.asarray(sum(getattr(one, name) for one in made)) for name in names))


def _of_pattern(model: Model, own: Parameters, scenarios: Scenarios, pattern: Pattern) -> Sums:
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
    return Sums(
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
