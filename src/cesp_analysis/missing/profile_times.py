"""Which times a normal profile can hold: one that nobody answered must not cost all others.

A profile of t times has t means and a covariance of t by t. Draws of these need t + 2 answers in
each arm at each time, which must vary (`normal_profiles`). A time that an arm does not answer so
often is left out of both arms' profiles, the one with the fewest answers first; the reference time
stays.
"""

from dataclasses import dataclass

import numpy as np

from cesp_analysis.arrays import Codes, Floats

NOBODY = "nobody of the arm answered then"
ALIKE = "all answers of an arm are the same then"


@dataclass(frozen=True)
class ProfileTimes:
    """kept: numbers of the times that profiles hold; left: number → why a time is none of them."""

    kept: Codes
    left: dict[int, str]

    def at(self, time: int) -> int:
        """The number of a time among those kept."""
        return int(np.flatnonzero(self.kept == time)[0])

    def whole(self, observed: Floats, filled: Floats) -> Floats:
        """Answers (..., n, t) of all times: `filled` (..., n, kept), and as `observed` (n, t) at
        those left out."""
        full = np.broadcast_to(observed, (*filled.shape[:-1], observed.shape[1])).copy()
        full[..., self.kept] = filled
        return full


def profile_times(y: Floats, arm: Codes, first: int) -> ProfileTimes:
    """Of answers y (n, t), arm (n,): 0 or 1; first: the reference time."""
    counts = np.stack([np.isfinite(y[arm == group]).sum(axis=0) for group in (0, 1)])
    alike = np.array([_alike(y[:, time], arm) for time in range(y.shape[1])])
    kept = list(range(y.shape[1]))
    left: dict[int, str] = {}
    while True:
        fewest = counts.min(axis=0)
        wanted = len(kept) + 2
        bad = [one for one in kept if one != first and (alike[one] or fewest[one] < wanted)]
        if not bad:
            return ProfileTimes(np.array(kept), left)
        worst = min(bad, key=lambda one: int(fewest[one]))
        kept.remove(worst)
        left[worst] = _why(int(fewest[worst]), wanted)


def _alike(y: Floats, arm: Codes) -> bool:
    """Whether an arm's answers do not vary."""
    parts = [part[np.isfinite(part)] for part in (y[arm == 0], y[arm == 1])]
    return any(len(part) > 0 and float(np.ptp(part)) == 0 for part in parts)


def _why(fewest: int, wanted: int) -> str:
    if fewest == 0:
        return NOBODY
    if fewest < wanted:
        return f"an arm has {fewest} of the {wanted} answers that means and covariances need"
    return ALIKE
