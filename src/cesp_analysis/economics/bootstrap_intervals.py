"""Intervals of percentiles of bootstrap draws.

Source: Davison & Hinkley (1997), section 5.3 (limits between two order statistics on the normal
scale: eq. 5.8).
"""

from dataclasses import dataclass

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.models.refusals import NotEstimable


@dataclass(frozen=True)
class DrawnInterval:
    """low, high: in the estimate's unit; draws: how many there were; failed: of them without an
    answer (NaN), which are left out and counted here; method: words."""

    low: float
    high: float
    draws: int
    failed: int
    method: str


def percentile(drawn: Floats, level: float = 0.95) -> DrawnInterval:
    """The middle `level` of draws (B,). Raises NotEstimable: too few draws, too many failed."""
    found = answered(drawn, level)
    low, high = (_at(found, share) for share in ((1 - level) / 2, (1 + level) / 2))
    return _interval("percentile", low, high, drawn)


def answered(drawn: Floats, level: float = 0.95) -> Floats:
    """The draws that have an answer, in order; raises NotEstimable if too few have one.

    Raises as `too_many` says.
    """
    found = np.sort(drawn[np.isfinite(drawn)])
    failed = len(drawn) - len(found)
    if too_many(failed, len(drawn), level):
        raise NotEstimable(
            f"{failed} of {len(drawn)} bootstrap draws have no estimate (such as one without"
            " anybody in a category of a covariate): too many for an interval of the others; leave"
            " out or merge rare categories"
        )
    return found


def too_many(failed: int, draws: int, level: float) -> bool:
    """Whether so many draws failed that the others bear no interval: if those without an estimate
    could all lie beyond a limit, it would be anywhere, so fewer than half of 1 - level may fail."""
    return failed > 0 and failed > (1 - level) / 2 * draws - 0.5  # a count, whatever rounding does


def _at(found: Floats, share: float) -> float:
    """The draw below which a share of them lies, between two on the normal scale."""
    from scipy.special import ndtri  # type: ignore[import-untyped, unused-ignore]

    place = (len(found) + 1) * share
    below = int(np.floor(place + 1e-9))  # 10,000 * 0.025 is 250 but for rounding
    if not 1 <= below < len(found) + (abs(place - below) < 1e-9):
        raise NotEstimable(
            f"{len(found)} bootstrap draws are too few for an interval's limit at {share:.4%}"
        )
    own = float(found[below - 1])
    if abs(place - below) < 1e-9:
        return own
    at, first, last = ndtri([share, below / (len(found) + 1), (below + 1) / (len(found) + 1)])
    return own + float((at - first) / (last - first)) * float(found[below] - own)


def _interval(name: str, low: float, high: float, drawn: Floats) -> DrawnInterval:
    failed = int(np.sum(~np.isfinite(drawn)))
    missing = f" ({failed} of them without an estimate)" if failed else ""
    words = f"{name} interval of {len(drawn)} bootstrap draws{missing}"
    return DrawnInterval(low, high, len(drawn), failed, words)
