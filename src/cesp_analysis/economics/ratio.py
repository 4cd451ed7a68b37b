"""The cost of a QALY gained, where it means something, and its confidence set.

A ratio can be ordered in one half of the plane only: where QALYs may be gained as well as lost, the
same number stands for opposites, and percentiles of draws of it mean nothing (Stinnett & Mullahy
1998, Med Decis Making 18 (2 suppl): S68-80). Net benefit (decision.py) has no such fault.
"""

from dataclasses import dataclass
from math import copysign, inf, sqrt
from typing import Literal

from cesp_analysis.arrays import Floats
from cesp_analysis.economics.quadrants import (
    COST,
    QALY,
    Quadrants,
    checked_point,
    law_quadrants,
)
from cesp_analysis.economics.ratio_words import ratio_sentences
from cesp_analysis.models.student import t_quantile

SetKind = Literal["interval", "half_line", "outside", "whole_line"]
RatioKind = Literal["per_qaly_gained", "per_qaly_lost", "dominates", "dominated", "straddles"]


@dataclass(frozen=True)
class FiellerSet:
    """Ratios that the data do not contradict, in £ per QALY.

    interval: from low to high; half_line: the same, one end infinite; outside: up to low and from
    high on (the difference in QALYs may be none); whole_line: all (low −∞, high ∞).
    """

    kind: SetKind
    low: float
    high: float


@dataclass(frozen=True)
class Ratio:
    """What can be said of cost per QALY. value: £ per QALY, None where it would mislead; low, high:
    its interval, None without a value; shares: of quadrants."""

    kind: RatioKind
    value: float | None
    low: float | None
    high: float | None
    shares: Quadrants
    sentences: tuple[str, ...]


def fieller(point: Floats, cov: Floats, level: float = 0.95, df: float = inf) -> FiellerSet:
    """All R with |ΔC − R ΔQ| ≤ c SE(ΔC − R ΔQ), c from t on df (inf: normal), in closed form.

    With a = ΔQ² − c² v_q, b = ΔC ΔQ − c² v_cq, d = ΔC² − c² v_c: a R² − 2 b R + d ≤ 0. An interval
    if ΔQ differs from 0 at the level (a > 0); else what lies outside the roots, or everything.
    Source: Fieller 1954, J R Stat Soc B 16:175-85; of costs and effects: Willan & O'Brien 1996,
    Health Econ 5:297-305.
    """
    point, cov = checked_point(point, cov)
    c2 = t_quantile(0.5 + level / 2, df) ** 2
    a = point[QALY] ** 2 - c2 * cov[QALY, QALY]
    b = point[COST] * point[QALY] - c2 * cov[COST, QALY]
    d = point[COST] ** 2 - c2 * cov[COST, COST]
    inside = b * b - a * d
    if a == 0 and b != 0:
        end = d / (2 * b)
        return FiellerSet("half_line", *((end, inf) if b > 0 else (-inf, end)))
    if a == 0 or (a < 0 and inside <= 0):
        return FiellerSet("whole_line", -inf, inf)
    q = b + copysign(sqrt(max(inside, 0.0)), b)  # no two near numbers are subtracted
    low, high = sorted((q / a, d / q if q != 0 else 0.0))
    return FiellerSet("interval" if a > 0 else "outside", float(low), float(high))


def icer_in_words(point: Floats, cov: Floats, level: float = 0.95, df: float = inf) -> Ratio:
    """The ratio ΔC / ΔQ or why there is none, with its sentences.

    point (2,), cov (2, 2): £ and QALYs a person; df: of Student's law, for Fieller's set and the
    quadrants alike. A value is given only where Fieller's set is an interval, which is where at
    most (1 − level) / 2 of the law lie in the other half, and neither option dominates at the
    point.
    """
    found = fieller(point, cov, level, df)
    shares = law_quadrants(point, cov, df)
    kind = _kind(point, found)
    per_qaly = kind in ("per_qaly_gained", "per_qaly_lost")
    value = float(point[COST] / point[QALY]) if per_qaly else None
    low, high = (found.low, found.high) if per_qaly else (None, None)
    at = (float(point[COST]), float(point[QALY]))
    words = ratio_sentences(kind, at, value, (low, high), shares, level)
    return Ratio(kind, value, low, high, shares, words)


def _kind(point: Floats, found: FiellerSet) -> RatioKind:
    if found.kind != "interval":
        return "straddles"
    dearer = bool(point[COST] > 0)
    if point[QALY] > 0:
        return "per_qaly_gained" if dearer else "dominates"
    return "dominated" if dearer else "per_qaly_lost"
