"""Estimates of costs, QALYs and net benefit by regression, of one table or of imputed ones."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from cesp_analysis.economics.amounts import UNADJUSTED
from cesp_analysis.economics.data import Data
from cesp_analysis.economics.too_few import too_few
from cesp_analysis.economics.two_regressions import Regressed, WeightedSum, regressed
from cesp_analysis.economics.words import column_in_words
from cesp_analysis.missing.pooling import Pooled, pool
from cesp_analysis.models.least_squares import Covariance
from cesp_analysis.models.sandwich import Inference
from cesp_analysis.models.student import t_interval


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


def by_regression(
    data: Data, approach: str, asked: Sequence[WeightedSum], covariance: Covariance, level: float
) -> list[Estimated]:
    """Each quantity by least squares of people of whom all is known."""
    made = regressed(data, approach, covariance)
    if isinstance(made, str):
        return [refused(one, data.n, data.n, made) for one in asked]
    found = []
    for one in asked:
        if why := made.why_not(one):
            found.append(refused(one, data.n, data.n, why))
            continue
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


def by_rubin(
    sets: Sequence[Regressed], asked: Sequence[WeightedSum], level: float
) -> list[Estimated]:
    """Each quantity by least squares of each imputed set, pooled by Rubin's rules.

    df of complete data: those of the regressions (Barnard & Rubin 1999).
    """
    found = []
    for one in asked:
        if why := _why_not(sets, one):
            found.append(refused(one, sets[0].data.n, sets[0].data.n, why))
            continue
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


def _why_not(sets: Sequence[Regressed], one: WeightedSum) -> str:
    """Why a quantity does not vary in one of the sets; '' where it varies in all."""
    return next(filter(None, (made.why_not(one) for made in sets)), "")


def observed_df(sets: Sequence[Regressed], asked: Sequence[WeightedSum]) -> list[float | str]:
    """The df that what was observed has for each quantity, were there no end of imputed sets; or
    why it has no interval.

    Barnard & Rubin 1999, Biometrika 86:948-55: those of complete data (Satterthwaite's of
    clusters, n - k), less as more of the information is missing.
    """
    found: list[float | str] = []
    for one in asked:
        if why := _why_not(sets, one):
            found.append(why)
            continue
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
