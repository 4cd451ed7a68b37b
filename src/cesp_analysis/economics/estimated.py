"""Estimates of costs, QALYs and net benefit by regression, of one table or of imputed ones."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from cesp_analysis.economics.bootstrap import apart
from cesp_analysis.economics.data import UNADJUSTED, Data, regressions
from cesp_analysis.economics.too_few import enough, too_few
from cesp_analysis.economics.words import column_in_words
from cesp_analysis.missing.pooling import Pooled, pool
from cesp_analysis.models.cluster_sums import Codes, Floats
from cesp_analysis.models.least_squares import Covariance, least_squares
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.sandwich import Inference, infer
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
    alike: whether all sums of the two have the same df (no cells of means alone)."""

    data: Data
    approach: str
    covariance: Covariance
    point: Floats
    cov: Floats
    known: dict[str, Inference]
    alike: bool

    def of(self, one: WeightedSum) -> Inference:
        """The inference of a weighted sum of cost and QALYs."""
        if one.name in self.known:
            return self.known[one.name]
        if not self.alike:
            return inference(self.data, self.approach, one, self.covariance)
        weights = np.array([one.of_cost, one.of_qaly])
        error = float(np.sqrt(weights @ self.cov @ weights))
        first = self.known["cost"]
        estimate = float(weights @ self.point)
        return Inference(estimate, error, first.df, first.method, first.n_clusters)


def regressed(data: Data, approach: str, covariance: Covariance) -> Regressed | str:
    """Both regressions of one table, or why there are none.

    The covariance of the two follows from the variances of each and of a net benefit: all three are
    quadratic forms of the same scores.
    """
    try:
        cost, qaly = (
            inference(data, approach, one, covariance) for one in (COST_ALONE, QALY_ALONE)
        )
        scale = cost.std_error / qaly.std_error
        both = inference(data, approach, WeightedSum("inmb", scale, -1.0, scale), covariance)
    except NotEstimable as error:
        return str(error)
    cross = (cost.std_error**2 + (scale * qaly.std_error) ** 2 - both.std_error**2) / (2 * scale)
    cov = np.array([[cost.std_error**2, cross], [cross, qaly.std_error**2]])
    point = np.array([cost.estimate, qaly.estimate])
    saturated = regressions(data, approach).joint_x.shape[1] == 2 and covariance == "HC2"
    alike = not saturated or (data.clusters >= 0).any()
    known = {"cost": cost, "qaly": qaly}
    return Regressed(data, approach, covariance, point, cov, known, bool(alike))


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
                got.n_clusters, tuple(_left_out(data, approach)),
            )
        )  # fmt: skip
    return found


def _left_out(data: Data, approach: str) -> Iterator[str]:
    if data.left_out and approach != UNADJUSTED:
        names = ", ".join(map(column_in_words, data.left_out))
        yield f"the same for all of these people, so left out: {names}"


def inference(data: Data, approach: str, one: WeightedSum, covariance: Covariance) -> Inference:
    """The difference between arms in a weighted sum of cost and QALYs; NotEstimable without one.

    All are regressed on the columns of both equations, so that net benefit is what cost and QALYs
    make it.
    """
    made = regressions(data, approach)
    x = made.joint_x
    y = one.of_cost * made.cost + one.of_qaly * made.qaly
    enough(data)
    clusters = units_of(data.clusters)
    contrast = np.zeros(x.shape[1])
    contrast[ARM] = 1.0
    own: Covariance = "CR2" if clusters is not None else covariance
    return infer(least_squares(y, x), contrast, own, clusters)


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


def net_benefit(data: Data, threshold: float) -> Floats:
    """Each person's net benefit (n,) at a threshold, £."""
    return threshold * data.qaly - data.cost
