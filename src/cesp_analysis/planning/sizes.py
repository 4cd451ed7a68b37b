"""A trial in locations whose sizes are known: exact, one location at a time.

How it is computed: each location has its own covariance V_i of period means. `best`: least squares
with the V_i, as a mixed model has it. `people`: each person alike, weights m_i on the inverse of
the covariance at the mean size, and the variance that this has under the true V_i (sandwich); for
two arms measured once that is the difference of the arms' means over people, with variance
sum m_i (1 + (m_i - 1) icc) / (sum m_i)² in each arm. Where arms' variances differ, as those of
shares and counts, each cell of a location has its arm's.

df: locations - 2 and so on (`degrees`); or, for a test that holds its level with sizes and
variances that differ, those of the error by CR2 (Bell & McCaffrey 2002, Surv Methodol 28:169-81;
Pustejovsky & Tipton 2018, J Bus Econ Stat 36:672-83): with G the covariance of locations' corrected
scores where the weights are true, tr(G)² / tr(G²). With one size and arms of as many locations they
are locations - 2.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cesp_analysis.arrays import Floats
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.planning.correlation import parameters
from cesp_analysis.planning.degrees import Rule, judged
from cesp_analysis.planning.power import power
from cesp_analysis.planning.precision import TREATED, Model, Pattern, covariance_of, patterns
from cesp_analysis.planning.scenarios import Scenarios, faults


def design_effect(people: ArrayLike, icc: ArrayLike, size_cv: ArrayLike = 0.0) -> Floats:
    """1 + ((cv² + 1) m - 1) icc: how many times as many people a trial of locations needs.

    Source: Eldridge, Ashby & Kerry 2006, Int J Epidemiol 35:1292-300.
    """
    people, icc, cv = (np.asarray(one, dtype=np.float64) for one in (people, icc, size_cv))
    return np.asarray(1 + ((cv**2 + 1) * people - 1) * icc)


def size_cv(people: ArrayLike, of_future: bool = False) -> float:
    """Coefficient of variation of locations' sizes.

    Of these very locations (divisor k), with which the design effect is exact; or, of_future, as an
    estimate for locations like them (divisor k - 1).
    """
    own = np.asarray(people, dtype=np.float64)
    return float(own.std(ddof=int(of_future)) / own.mean())


_LEVEL = 1e-9  # of 1: what a location alone tells of fixed effects


@dataclass(frozen=True)
class Sized:
    """Of one trial: std_error in the outcome's unit, df, power on t and on the normal; cv of these
    locations (divisor k) and cv_of_future (k - 1); of one period: the design effect, and the number
    of people (of all) over it."""

    std_error: float
    df: float
    power: float
    power_normal: float
    cv: float
    cv_of_future: float
    design_effect: float
    people: float
    people_over_design_effect: float


def of_sizes(
    model: Model,
    scenario: Scenarios,
    sequence: ArrayLike,
    people: ArrayLike,
    rule: Rule | Literal["cr2"] = "usual",
    arms: tuple[float, float] = (1.0, 1.0),
) -> Sized:
    """The answer for locations of these people (k,) in a period, in these sequences (k,) from 0.

    scenario: a single one, whose locations, people and size_cv are replaced; arms: variance of an
    answer in the control and the intervention arm, over the scenario's. Raises NotEstimable: too
    few locations, or a fault of the scenario.
    """
    where, sizes = np.asarray(sequence, dtype=np.int64), np.asarray(people, dtype=np.float64)
    one = _one(model, scenario, where, sizes)
    if rule == "cr2":
        df, added = _df_of_scores(model, one, where, sizes), 0.0
    else:
        df, added = (float(value[0]) for value in judged(model, one, rule))
    error = float(np.sqrt(_variance(model, one, where, sizes, arms) * (1 + added)))
    shift, alpha = abs(float(one.effect[0])) / error, float(one.alpha[0])
    effect = float(design_effect(sizes.mean(), one.icc[0], size_cv(sizes)))
    return Sized(
        std_error=error,
        df=df,
        power=float(power(shift, df, alpha)),
        power_normal=float(power(shift, np.inf, alpha)),
        cv=size_cv(sizes),
        cv_of_future=size_cv(sizes, of_future=True),
        design_effect=effect,
        people=float(sizes.sum()),
        people_over_design_effect=float(sizes.sum()) / effect,
    )


def _one(model: Model, scenario: Scenarios, where: NDArray[np.int64], sizes: Floats) -> Scenarios:
    """The scenario with the mean size, checked."""
    if len(scenario) != 1 or where.shape != sizes.shape or where.ndim != 1:
        raise ValueError("one scenario, and a sequence and a size for each location")
    if not np.isin(where, np.arange(model.layout.sequences)).all() or sizes.min(initial=1) < 1:
        raise NotEstimable("each location needs a sequence of the layout and 1 or more people")
    one = scenario.with_(locations=len(sizes), people=sizes.mean(), size_cv=0)
    fewest = np.bincount(where, minlength=model.layout.sequences).min()
    least = model.layout.least_of_a_sequence
    if fewest < least:
        raise NotEstimable(f"a sequence of the layout has {fewest} locations; {least} are needed")
    if reason := faults(model.layout, one, model.structure, model.sampling)[0]:
        raise NotEstimable(str(reason))
    return one


def _variance(
    model: Model,
    one: Scenarios,
    where: NDArray[np.int64],
    sizes: Floats,
    arms: tuple[float, float],
) -> float:
    """Variance of the effect, in the squared unit of the outcome."""
    each = one.take(np.zeros(len(sizes), dtype=np.int64)).with_(people=sizes)
    bread, meat = 0.0, 0.0
    for pattern in patterns(model.layout, model.analysis):
        mean = np.linalg.inv(_covariance(model, one, pattern))
        for x, own in zip(pattern.x, pattern.own, strict=True):
            at = where == own
            treated = model.layout.treated[own][pattern.seen].astype(np.int64)
            root = np.sqrt(np.asarray(arms)[treated])
            true = _covariance(model, each.take(at), pattern) * root[:, None] * root
            w = (sizes[at] / sizes.mean())[:, None, None]
            middle = np.linalg.inv(true) if model.weights == "best" else w * mean
            bread = bread + x.T @ middle.sum(axis=0) @ x
            meat = meat + x.T @ (middle @ true @ middle).sum(axis=0) @ x
    inverse = np.linalg.inv(bread)
    return float(one.sd[0] ** 2 * (inverse @ meat @ inverse)[TREATED, TREATED])


def _df_of_scores(model: Model, one: Scenarios, where: NDArray[np.int64], sizes: Floats) -> float:
    """tr(G)² / tr(G²), G (k, k): covariance of what each location adds to the effect's error by
    CR2, where locations' weights are true."""
    each = _whitened(model, one, where, sizes)
    inverse = np.linalg.inv(sum(x.T @ x for x in each))
    scores = []
    for x in each:
        left = np.eye(len(x)) - x @ inverse @ x.T
        values, vectors = np.linalg.eigh(left)
        kept = values > _LEVEL
        half = (vectors[:, kept] / np.sqrt(values[kept])) @ vectors[:, kept].T
        scores.append(half @ x @ inverse[:, TREATED])
    crossed = np.array([x.T @ a for x, a in zip(each, scores, strict=True)])  # (k, p)
    covariance = np.diag([float(a @ a) for a in scores]) - crossed @ inverse @ crossed.T
    return float(np.trace(covariance) ** 2 / (covariance**2).sum())


def _whitened(
    model: Model, one: Scenarios, where: NDArray[np.int64], sizes: Floats
) -> list[Floats]:
    """Fixed effects of each location, (periods, p), over the root of its covariance for which
    people weigh alike; locations by sequence."""
    found = []
    for pattern in patterns(model.layout, model.analysis):
        root = np.linalg.cholesky(np.linalg.inv(_covariance(model, one, pattern)[0])).T
        for x, own in zip(pattern.x, pattern.own, strict=True):
            of_one = root @ x
            found += [of_one * np.sqrt(m / sizes.mean()) for m in sizes[where == own]]
    return found


def _covariance(model: Model, scenarios: Scenarios, pattern: Pattern) -> Floats:
    own = parameters(scenarios, model.structure, model.sampling)
    location, people = covariance_of(model, own, scenarios, pattern)
    return np.asarray(location + people)
