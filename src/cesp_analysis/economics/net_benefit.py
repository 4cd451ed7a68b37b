"""The difference in mean net benefit at each threshold, by net benefit regression.

A person's net benefit is threshold * QALY - cost, a number like any other, so that its difference
has a least-squares estimate, a robust standard error and degrees of freedom: Stinnett & Mullahy
(1998), Med Decis Making 18:S68-80; Hoch, Briggs & Willan (2002), Health Econ 11:415-30.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cesp_analysis.models.cluster_sums import Codes, Floats
from cesp_analysis.models.least_squares import Covariance, least_squares
from cesp_analysis.models.sandwich import infer
from cesp_analysis.models.student import t_interval


@dataclass(frozen=True)
class NetBenefit:
    """At one threshold (money per QALY): inmb, arm 1 less arm 0 (money); std_error; df of
    Student's t; low, high: its interval; chance: of a positive one by that t, a point of the
    acceptability curve where no bootstrap is made; method: words."""

    threshold: float
    inmb: float
    std_error: float
    df: float
    low: float
    high: float
    chance: float
    method: str


def net_benefits(
    cost: Floats,
    qaly: Floats,
    x: Floats,
    arm: int,
    thresholds: Sequence[float],
    covariance: Covariance = "HC2",
    clusters: Codes | None = None,
    level: float = 0.95,
) -> list[NetBenefit]:
    """Regress threshold * qaly - cost (n,) on x (n, k) at each threshold; arm: its column in x.

    clusters (n,): codes, for CR2. With different covariates of cost and QALY, x holds all of them.
    Raises NotEstimable, Collinear, ValueError as `least_squares` and `infer` do.
    """
    contrast = np.eye(x.shape[1])[arm]
    found = []
    for threshold in thresholds:
        fit = least_squares(threshold * qaly - cost, x)
        one = infer(fit, contrast, covariance, clusters)
        low, high = t_interval(one.estimate, one.std_error, one.df, level)
        numbers = one.estimate, one.std_error, one.df, low, high
        found.append(NetBenefit(threshold, *numbers, chance_above(*numbers[:3]), one.method))
    return found


def chance_above(estimate: float, std_error: float, df: float) -> float:
    """How much of Student's t about the estimate lies above 0."""
    from scipy.special import stdtr  # type: ignore[import-untyped, unused-ignore]

    return float(stdtr(df, estimate / std_error))


def union(cost_x: Floats, qaly_x: Floats) -> Floats:
    """All columns of two designs (n, k), the cost's first; equal ones once."""
    seen = list(cost_x.T)
    seen += [
        column for column in qaly_x.T if not any(np.array_equal(column, one) for one in cost_x.T)
    ]
    return np.column_stack(seen)
