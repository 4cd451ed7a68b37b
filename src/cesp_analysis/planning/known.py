"""What this study tells of a trial's assumptions: draws of spread, correlation, retention.

Spread and correlation have the right-Haar prior of the bivariate normal: the first value's variance
is scaled inverse chi-squared, the last one's is regressed on it. Its posterior of SD and of
correlation has the frequency of its level in repeated studies, exactly (Berger & Sun 2008, Ann Stat
36:963-82; the correlation's is Fisher's fiducial law of 1930). People who
were not followed count in the first variance, as the regression of those who were holds for them:
answers missing at random given the first (Little & Rubin 2019, section 7.2, monotone pattern).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.alike import all_alike
from cesp_analysis.arrays import Floats

JEFFREYS = 0.5  # added to those with and without: the prior of a share


@dataclass(frozen=True)
class Told:
    """Draws (draws,) of what this study tells, in the quantity's unit; n: the people (or locations)
    that tell it; method: words. draws None: it tells nothing, and reason says why."""

    draws: Floats | None
    n: int
    method: str = ""
    reason: str | None = None


@dataclass(frozen=True)
class Spreads:
    """Of one outcome: SD of people within groups at the first and the last measurement, and the
    correlation of one person's two values within groups. Rows of draws belong together."""

    first: Told
    last: Told
    correlation: Told


def spreads(
    first: Floats, last: Floats, group: NDArray[np.generic], draws: int, rng: np.random.Generator
) -> Spreads:
    """Posterior of people's first and last values (n,), NaN where there is none, in groups (n,).

    Groups are what the trial compares within (sites): their means are not assumed equal. People of
    one group are taken as independent: where neighbourhoods or link workers make them alike, the SD
    is less certain than this. People with a last value alone say nothing where others have both;
    where nobody has, the last SD is theirs.
    """
    first, last = np.asarray(first, float), np.asarray(last, float)
    start = _scatter(first[None, np.isfinite(first)], group[np.isfinite(first)])
    both = np.isfinite(first) & np.isfinite(last)
    pairs = _scatter(np.stack([first[both], last[both]]), group[both])
    before = _spread(start, draws, rng, "a first value")
    if before.draws is None or (reason := _no_regression(pairs)):
        reason = reason if before.draws is not None else before.reason
        end = _scatter(last[None, np.isfinite(last)], group[np.isfinite(last)])
        return Spreads(
            before, _spread(end, draws, rng, "a last value"), Told(None, pairs.n, reason=reason)
        )
    after, correlation = _regressed(before.draws, pairs, draws, rng)
    said = f"{pairs.n} people with a first and a last value, {start.n} with a first"
    return Spreads(
        before,
        Told(after, pairs.n, f"regression on the first value, {said}; missing at random given it"),
        Told(correlation, pairs.n, f"Fisher's law of a correlation within groups, {said}"),
    )


def share(with_it: int, of: int, draws: int, rng: np.random.Generator) -> Told:
    """Posterior of a share, as of people who answer again: beta, Jeffreys' prior (Brown, Cai &
    DasGupta 2001, Stat Sci 16:101-33). People are taken as independent."""
    if not 0 <= with_it <= of:
        raise ValueError(f"{with_it} of {of} is no share")
    if of == 0:
        return Told(None, 0, reason="there is nobody to count")
    found = rng.beta(with_it + JEFFREYS, of - with_it + JEFFREYS, draws)
    return Told(found, of, f"beta posterior of {with_it} of {of}, Jeffreys' prior")


def retention(
    followed: Sequence[int], of: Sequence[int], draws: int, rng: np.random.Generator
) -> Told:
    """Posterior of retention from people followed of those started, an arm each.

    The draws are the arms' harmonic mean: with as many people in each arm, the one retention that
    gives the variance of a difference of arms, 1 / (m r0) + 1 / (m r1).
    """
    arms = [share(k, n, draws, rng) for k, n in zip(followed, of, strict=True)]
    if not arms or any(one.draws is None for one in arms):
        empty = f"{sum(n == 0 for n in of)} of the {len(of)}" if sum(of) else "all of the"
        return Told(None, sum(of), reason=f"{empty} arms had nobody to follow")
    inverse = sum(1 / one.draws for one in arms if one.draws is not None)
    said = "; ".join(f"{k} of {n}" for k, n in zip(followed, of, strict=True))
    whose = "harmonic mean of the arms' beta posteriors" if len(arms) > 1 else "beta posterior"
    how = f"{whose}, Jeffreys' prior ({said})"
    return Told(np.asarray(len(arms) / inverse), sum(of), how)


def error_of_median(drawn: Floats | None) -> float | None:
    """Monte Carlo standard error of the median of draws (n,): half the distance of those √n / 2
    places below and above it, whose ranks are a binomial's standard error away; None where there
    are none, or all are the same."""
    if drawn is None or not np.ptp(drawn):
        return None
    off = 0.5 / np.sqrt(len(drawn))
    low, high = np.quantile(drawn, (0.5 - off, 0.5 + off))
    return float(high - low) / 2


@dataclass(frozen=True)
class _Scatter:
    """Sums of squares and products (p, p) of n people within groups, on df degrees of freedom; why
    there are none."""

    squares: Floats
    n: int
    df: int
    reason: str | None


def _scatter(values: Floats, group: NDArray[np.generic]) -> _Scatter:
    """Of values (p, n) in groups (n,)."""
    code = np.unique(group, return_inverse=True)[1]
    size = np.bincount(code).astype(float)
    around = np.array([one - (np.bincount(code, one) / size)[code] for one in values])
    n, df = values.shape[1], values.shape[1] - len(size)
    reason = None
    if df >= 1 and all(all_alike(values[0, code == own]) for own in range(len(size))):
        reason = "within groups all values are the same"
    return _Scatter(around @ around.T, n, df, reason)


def _spread(found: _Scatter, draws: int, rng: np.random.Generator, what: str) -> Told:
    """SD: root of the sum of squares over chi-squared."""
    if not found.n:
        return Told(None, 0, reason=f"nobody has {what}")
    if found.df < 1:
        return Told(None, found.n, reason=f"no group has two people with {what}")
    if found.reason:
        return Told(None, found.n, reason=found.reason)
    sd = np.sqrt(found.squares[0, 0] / rng.chisquare(found.df, draws))
    return Told(sd, found.n, f"scaled inverse chi-squared on {found.df} df")


def _no_regression(pairs: _Scatter) -> str | None:
    """Why last values have no regression on first ones."""
    if not pairs.n:
        return "nobody has a first and a last value"
    if pairs.df < 2:
        return f"{pairs.n} people with a first and a last value are too few for their groups"
    if pairs.reason:
        return f"{pairs.reason} among those who have a last one too"
    rest = _rest(pairs)
    if rest <= 1e-12 * pairs.squares[1, 1]:
        return "last values follow from the first without error, or are all the same"
    return None


def _rest(pairs: _Scatter) -> float:
    """The last value's sum of squares that the first does not explain."""
    s = pairs.squares
    return float(s[1, 1] - s[0, 1] ** 2 / s[0, 0])


def _regressed(
    before: Floats, pairs: _Scatter, draws: int, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Draws of the last value's SD and of the correlation, given those of the first one's SD."""
    s = pairs.squares
    residual = np.sqrt(_rest(pairs) / rng.chisquare(pairs.df - 1, draws))
    slope = s[0, 1] / s[0, 0] + rng.standard_normal(draws) * residual / np.sqrt(s[0, 0])
    after = np.hypot(slope * before, residual)
    return after, slope * before / after
