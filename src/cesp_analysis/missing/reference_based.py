"""What people who are lost would answer if, from then on, they went the way of a reference group.

For somebody of a group who was last seen at time d, the answers at all times are taken as normal
with these means (own group a, reference r), after Carpenter, Roger & Kenward (2013), J Biopharm
Stat 23:1352-71:

    missing at random        a throughout
    jump to reference        a up to d, then r
    copy increments          a up to d, then a at d plus what r changes from d on
    copy reference           r throughout

Two sites start from different places, so `change` first moves r to a's mean at the first time: the
reference is then the control's change, not its level. Gaps before d are missing at random.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from cesp_analysis.arrays import Bools, Codes, Floats

Strategy = Literal["missing_at_random", "jump_to_reference", "copy_increments", "copy_reference"]


COUNTED = 12
"""Times of which 2 to that power patterns are counted, not sorted."""


@dataclass(frozen=True)
class Profile:
    """A group's answers at t times: mean (..., t), cov (..., t, t); leading axes are draws."""

    mean: Floats
    cov: Floats


def expected(
    own: Profile, reference: Profile, last: int, strategy: Strategy, change: bool
) -> Profile:
    """The profile of somebody last seen at time `last` (-1: never)."""
    if strategy == "missing_at_random":
        return own
    there = reference.mean
    if change:
        there = there + own.mean[..., :1] - there[..., :1]
    if strategy == "copy_reference":
        return Profile(there, reference.cov)
    mean = own.mean.copy()
    mean[..., last + 1 :] = there[..., last + 1 :]
    if strategy == "copy_increments" and last >= 0:
        step = own.mean[..., last] - there[..., last]
        mean[..., last + 1 :] += step[..., None]
    return Profile(mean, _joined(own.cov, reference.cov, last + 1))


def _joined(own: Floats, reference: Floats, seen: int) -> Floats:
    """Own covariance of the first `seen` times; the later ones given these as in the reference."""
    if seen == 0:
        return reference
    before, after = slice(0, seen), slice(seen, own.shape[-1])
    first = reference[..., before, before]
    turn = np.swapaxes(np.linalg.solve(first, reference[..., before, after]), -1, -2)
    cov = np.empty_like(own)
    cov[..., before, before] = own[..., before, before]
    across = turn @ own[..., before, before]
    cov[..., after, before], cov[..., before, after] = across, np.swapaxes(across, -1, -2)
    gap = own[..., before, before] - first
    cov[..., after, after] = reference[..., after, after] + turn @ gap @ np.swapaxes(turn, -1, -2)
    return cov


def given(y: Floats, gaps: Codes, profile: Profile) -> Profile:
    """Means (..., n, g) and cov (..., g, g) of the times `gaps` given the rest of y (..., n, t)."""
    seen = np.delete(np.arange(y.shape[-1]), gaps)
    across = profile.cov[..., seen[:, None], gaps]
    slopes = np.linalg.solve(profile.cov[..., seen[:, None], seen], across)
    off = y[..., seen] - profile.mean[..., None, seen]
    mean = profile.mean[..., None, gaps] + off @ slopes
    own = profile.cov[..., gaps[:, None], gaps]
    return Profile(mean, own - np.swapaxes(across, -1, -2) @ slopes)


def patterns_of(gone: Bools) -> tuple[Bools, Codes]:
    """The different rows (p, t) of gone (n, t), in the order of np.unique, and which each is (n,).

    Rows are numbers in base 2: of few times they are counted, of many sorted, several times faster
    than rows are.
    """
    code = np.zeros(len(gone), dtype=np.int64)
    for at, column in enumerate(gone.T):
        if at % 40 == 39:  # before the number outgrows 63 bits
            code = np.unique(code, return_inverse=True)[1].astype(np.int64)
        code = 2 * code + column
    if gone.shape[1] <= COUNTED:
        there = np.bincount(code, minlength=2 ** gone.shape[1]) > 0
        first = np.empty(len(there), dtype=np.intp)
        first[code[::-1]] = np.arange(len(code))[::-1]
        return gone[first[there]], np.asarray(np.cumsum(there)[code] - 1)
    _, first, codes = np.unique(code, return_index=True, return_inverse=True)
    return gone[first], codes


def filled(
    y: Floats,
    own: Profile,
    reference: Profile,
    strategy: Strategy,
    change: bool = True,
    noise: Floats | None = None,
) -> Floats:
    """Answers (..., n, t) of one group's people y (n, t), gaps filled.

    noise None: with conditional means; or standard normal draws (..., n, t), of which each gap uses
    its own. Leading axes are those of the profiles (draws of parameters).
    """
    lead = own.mean.shape[:-1]
    full = np.broadcast_to(y, (*lead, *y.shape)).copy()
    patterns, codes = patterns_of(np.isnan(y))
    for number, gone in enumerate(patterns):
        rows = np.flatnonzero(codes == number)
        last = int(np.flatnonzero(~gone).max(initial=-1))
        before = np.flatnonzero(gone[: last + 1])
        after = np.arange(last + 1, y.shape[1])
        if len(before):
            _fill(full, rows, before, np.arange(last + 1), own, noise)
        if len(after):
            profile = expected(own, reference, last, strategy, change)
            _fill(full, rows, after, np.arange(y.shape[1]), profile, noise)
    return full


def _fill(
    full: Floats, rows: Codes, gaps: Codes, times: Codes, profile: Profile, noise: Floats | None
) -> None:
    """Fill the gaps of people who have the same ones, from their answers at `times`."""
    short = Profile(profile.mean[..., times], profile.cov[..., times[:, None], times])
    found = given(full[..., rows[:, None], times], gaps, short)
    made = found.mean
    if noise is not None:
        root = np.linalg.cholesky(found.cov)
        made = made + noise[..., rows[:, None], gaps] @ np.swapaxes(root, -1, -2)
    full[..., rows[:, None], gaps] = made
