"""Estimates of costs, QALYs and net benefit by regression, of one table or of imputed ones."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from cesp_analysis.economics.bootstrap import apart
from cesp_analysis.economics.data import UNADJUSTED, Data, no_regression, regressions
from cesp_analysis.economics.too_few import enough, too_few
from cesp_analysis.economics.words import column_in_words
from cesp_analysis.missing.pooling import Pooled, pool
from cesp_analysis.models.cluster_sums import Codes, Floats
from cesp_analysis.models.least_squares import Covariance, LeastSquares, least_squares
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.sandwich import Inference, infer
from cesp_analysis.models.scores import covariance_between
from cesp_analysis.models.student import t_interval

ARM = 1
"""The arm's column in every regression."""


@dataclass(frozen=True)
class WeightedSum:
    """What is estimated: a name, the threshold of net benefit, weights of cost and of QALYs."""

    name: str
    threshold: float | None
    of_cost: float
    of_qaly: float


@dataclass(frozen=True)
class Estimated:
    """One quantity with its interval, or why there is none; zeros: of costs by a log link, the
    share of people without any; monte_carlo, of_ends: how far other draws would move the estimate,
    the ends of its interval, where they are drawn."""

    quantity: WeightedSum
    estimate: float | None
    std_error: float | None
    df: float | None
    interval: tuple[float, float] | None
    method: str
    n_obs: int
    n_units: int
    n_clusters: int | None
    warnings: tuple[str, ...] = ()
    reason: str = ""
    zeros: float | None = None
    monte_carlo: float | None = None
    of_ends: float | None = None


CLOSE = 0.05
"""Standard errors by which other imputed sets may move an estimate without a word."""
MORE_SETS = (
    f"the Monte Carlo error of this many imputed sets is above {CLOSE:g} standard errors; more"
    " (economics.missing.sets) would move the estimate"
)
COST_ALONE = WeightedSum("cost", None, 1.0, 0.0)
QALY_ALONE = WeightedSum("qaly", None, 0.0, 1.0)
OF_ARMS = ("cost_intervention", "cost_control", "qaly_intervention", "qaly_control")
"""Quantities of one arm alone."""
OWN_COLUMNS = (
    "cost and QALYs each by least squares, adjusted for the baseline costs of their own, with the"
    " covariance of both and the fewer df"
)
"""What is said of net benefit whose costs are not those that QALYs are adjusted for."""


def quantities(thresholds: Sequence[float]) -> list[WeightedSum]:
    """Cost, QALYs, and net benefit at each threshold."""
    return [
        COST_ALONE,
        QALY_ALONE,
        *(WeightedSum("inmb", one, -1.0, one) for one in thresholds),
    ]


@dataclass(frozen=True)
class Regressed:
    """Cost and QALYs of one table by regression: point (2,), cov (2, 2), their inferences by name;
    alike: whether all sums of the two have the same df (no cells of means alone); same: whether
    both have the same columns."""

    data: Data
    approach: str
    covariance: Covariance
    point: Floats
    cov: Floats
    known: dict[str, Inference]
    alike: bool
    same: bool

    def of(self, one: WeightedSum) -> Inference:
        """The inference of a weighted sum of cost and QALYs."""
        if one.name in self.known:
            return self.known[one.name]
        if not self.alike:
            return inference(self.data, self.approach, one, self.covariance)
        weights = np.array([one.of_cost, one.of_qaly])
        error = float(np.sqrt(weights @ self.cov @ weights))
        cost, qaly = self.known["cost"], self.known["qaly"]
        method = cost.method if self.same else f"{OWN_COLUMNS}; {cost.method}"
        estimate = float(weights @ self.point)
        return Inference(estimate, error, min(cost.df, qaly.df), method, cost.n_clusters)


def regressed(data: Data, approach: str, covariance: Covariance) -> Regressed | str:
    """Both regressions of one table, each on its columns, or why there are none; their covariance
    is that of what each person (or cluster) adds to the two."""
    made = regressions(data, approach)
    try:
        enough(data)
        fits = _fit(data, made.cost, made.cost_x), _fit(data, made.qaly, made.qaly_x)
        cost, qaly = (_inferred(data, fit, covariance) for fit in fits)
    except NotEstimable as error:
        return str(error)
    codes, own = _clustered(data, covariance)
    contrasts = _of_arm(made.cost_x), _of_arm(made.qaly_x)
    cross = covariance_between(fits, contrasts, own, codes)
    cov = np.array([[cost.std_error**2, cross], [cross, qaly.std_error**2]])
    saturated = made.cost_x.shape[1] == 2 and own == "HC2"
    return Regressed(
        data, approach, covariance, np.array([cost.estimate, qaly.estimate]), cov,
        {"cost": cost, "qaly": qaly}, not saturated, made.same,
    )  # fmt: skip


def by_regression(
    data: Data, approach: str, asked: Sequence[WeightedSum], covariance: Covariance, level: float
) -> list[Estimated]:
    """Each quantity by least squares of people of whom all is known."""
    made = regressed(data, approach, covariance)
    if isinstance(made, str):
        return [refused(one, data.n, data.n, made) for one in asked]
    found = []
    for one in asked:
        got = made.of(one)
        interval = t_interval(got.estimate, got.std_error, got.df, level)
        found.append(
            Estimated(
                one, got.estimate, got.std_error, got.df, interval, got.method, data.n, data.n,
                got.n_clusters, tuple(left_out(data, approach)),
            )
        )  # fmt: skip
    return found


def left_out(data: Data, approach: str) -> Iterator[str]:
    """A sentence where covariates are the same for all of these people."""
    if data.left_out and approach != UNADJUSTED:
        names = ", ".join(map(column_in_words, data.left_out))
        yield f"the same for all of these people, so left out: {names}"


def inference(data: Data, approach: str, one: WeightedSum, covariance: Covariance) -> Inference:
    """The difference between arms in a weighted sum of cost and QALYs that have the same columns;
    NotEstimable without one."""
    made = regressions(data, approach)
    y = one.of_cost * made.cost + one.of_qaly * made.qaly
    enough(data)
    return _inferred(data, _fit(data, y, made.cost_x), covariance)


def _fit(data: Data, y: Floats, x: Floats) -> LeastSquares:
    try:
        return least_squares(y, x)
    except NotEstimable as error:
        raise NotEstimable(no_regression(error, data, x)) from error


def _inferred(data: Data, fit: LeastSquares, covariance: Covariance) -> Inference:
    codes, own = _clustered(data, covariance)
    return infer(fit, _of_arm(fit.x), own, codes)


def _clustered(data: Data, covariance: Covariance) -> tuple[Codes | None, Covariance]:
    """Codes 0..g-1 of clusters and CR2; None and the covariance asked for without any."""
    clusters = units_of(data.clusters)
    if clusters is None:
        return None, covariance
    return np.unique(clusters, return_inverse=True)[1], "CR2"


def _of_arm(x: Floats) -> Floats:
    return np.asarray(np.eye(x.shape[1])[ARM])


def units_of(clusters: Codes) -> Codes | None:
    """Codes of clusters in which everybody has one, his own where he is nobody's; None without."""
    if (clusters < 0).all():
        return None
    return apart(clusters)


def by_rubin(
    sets: Sequence[Regressed], asked: Sequence[WeightedSum], level: float
) -> list[Estimated]:
    """Each quantity by least squares of each imputed set, pooled by Rubin's rules.

    df of complete data: those of the regressions (Barnard & Rubin 1999).
    """
    found = []
    for one in asked:
        got = [made.of(one) for made in sets]
        estimates = np.array([each.estimate for each in got])
        variances = np.array([each.std_error**2 for each in got])
        pooled = pool(estimates, variances, float(np.mean([each.df for each in got])))
        found.append(_pooled(one, pooled, got[0], sets[0].data.n, level))
    return found


def _pooled(one: WeightedSum, got: Pooled, first: Inference, n: int, level: float) -> Estimated:
    if reason := got.reasons[0] or too_few(float(got.df[0])):
        return refused(one, n, n, reason)
    low, high = got.interval(level)
    method = f"{first.method}, pooled over {got.m} imputed sets (Rubin, Barnard)"
    return Estimated(
        one, float(got.estimate[0]), float(got.std_error[0]), float(got.df[0]),
        (float(low[0]), float(high[0])), method, n, n, first.n_clusters,
        (MORE_SETS,) if got.monte_carlo[0] > CLOSE * got.std_error[0] else (),
        monte_carlo=float(got.monte_carlo[0]),
    )  # fmt: skip


def observed_df(sets: Sequence[Regressed], asked: Sequence[WeightedSum]) -> list[float]:
    """The df that what was observed has for each quantity, were there no end of imputed sets.

    Barnard & Rubin 1999, Biometrika 86:948-55: those of complete data (Satterthwaite's of
    clusters, n - k), less as more of the information is missing.
    """
    found = []
    for one in asked:
        got = [made.of(one) for made in sets]
        own = pool(
            np.array([each.estimate for each in got]),
            np.array([each.std_error**2 for each in got]),
            float(np.mean([each.df for each in got])),
        )
        whole = float(own.df_complete[0])
        found.append((whole + 1) / (whole + 3) * whole * (1 - float(own.lam[0])))
    return found


def refused(one: WeightedSum, n_obs: int, n_units: int, reason: str) -> Estimated:
    """A quantity without an estimate, and why."""
    return Estimated(one, None, None, None, None, "", n_obs, n_units, None, (), reason)
