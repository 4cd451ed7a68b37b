"""Answers of people that are yes or no, or counts, over periods, given what is true of locations.

Yes or no: a person's answer in a period has the location's share as its chance, moved by what the
person said before, so that two answers correlate as declared within the location (conditional
linear family: Qaqish 2003, Biometrika 90:455-63), as far as shares that differ allow it. Counts:
Poisson, each with the person's gamma multiple of the location's rate. If that decays, two counts of
one person do so less, as chance is each count's own: `most` times a power of the rates' own.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.arrays import Floats
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.planning.level_rates import gammas


def yes_or_no(rng: np.random.Generator, share: Floats, people: int, alike: Floats) -> Floats:
    """Answers (..., people, t) of the same people, of locations with these shares (..., t); alike
    (t, t): correlations of one person's answers, of full rank and none below 0.

    Where a chance would leave 0 to 1 after some answers, all are moved less: shares stay exact.
    """
    found = np.empty((*share.shape[:-1], people, share.shape[-1]))
    spread = np.sqrt(share * (1 - share))
    scale = np.where(spread > 0, spread, 1.0)
    least, most = -share / scale, (1 - share) / scale  # of an answer, less its share, over its SD
    for at in range(share.shape[-1]):
        own = share[..., at, None]
        chance = own
        if at:
            weight = np.linalg.solve(alike[:at, :at], alike[:at, at])
            off = (found[..., :at] - share[..., None, :at]) / scale[..., None, :at]
            down, up = (spread[..., at] * (one[..., :at] @ weight) for one in (least, most))
            kept = np.minimum(over(own[..., 0], -down, 1.0), over(1 - own[..., 0], up, 1.0))
            chance = own + (np.minimum(kept, 1.0) * spread[..., at])[..., None] * (off @ weight)
        found[..., at] = rng.random(found.shape[:-1]) < chance
    return found


def counts(
    rng: np.random.Generator, rate: Floats, people: int, cv: float, alike: float, decays: bool
) -> Floats:
    """Counts (..., people, t) of the same people, of locations with these rates (..., t); cv: of
    people's own rates, of which two periods' correlate by `alike`."""
    own = gammas(rng, cv, alike, decays, (*rate.shape[:-1], people, rate.shape[-1]))
    return rng.poisson(rate[..., None, :] * own).astype(float)


def counted_once(
    rng: np.random.Generator, size: Floats, rate: Floats, cv: float
) -> tuple[Floats, Floats]:
    """Means of people's counts (size's shape), 0 of nobody, and sums of squares about them; cv: of
    people's own rates."""
    most = int(size.max(initial=0))
    each = np.broadcast_to(rate[..., None], (*size.shape, most))
    if cv > 0:
        shape = cv**-2
        each = each * (rng.standard_gamma(shape, each.shape) / shape)
    drawn = rng.poisson(each) * (np.arange(most) < size[..., None])
    mean = over(drawn.sum(-1), size)
    return mean, np.maximum((drawn * drawn).sum(-1) - size * mean * mean, 0.0)


def yes_twice(
    rng: np.random.Generator, people: Floats, before: Floats, after: Floats, alike: float
) -> tuple[Floats, Floats, Floats]:
    """How many of the same people say yes before, both times, and after (people's shape), with
    these chances; two answers of one correlate by `alike`, as far as the chances allow it."""
    n = people.astype(np.int64)
    spread = np.sqrt(before * (1 - before) * after * (1 - after))
    both = before * after + alike * spread
    both = np.clip(both, np.maximum(before + after - 1, 0), np.minimum(before, after))
    first = rng.binomial(n, before)
    twice = rng.binomial(first, np.clip(over(both, before), 0, 1))
    later = rng.binomial(n - first, np.clip(over(after - both, 1 - before), 0, 1))
    return first.astype(float), twice.astype(float), (twice + later).astype(float)


def about_means(
    people: Floats, x: Floats, y: Floats, squares: tuple[Floats, Floats, Floats]
) -> tuple[Floats, Floats, Floats]:
    """Sums of squares and products about means x and y of people, from those about 0."""
    xx, xy, yy = squares
    own = np.maximum(xx - people * x * x, 0.0), np.maximum(yy - people * y * y, 0.0)
    return own[0], xy - people * x * y, own[1]


def over(total: NDArray[Any], people: Floats, nobody: float = 0.0) -> Floats:
    """Means; of nobody (of nothing) 0, or what is said."""
    return np.asarray(np.divide(total, people, out=np.full(people.shape, nobody), where=people > 0))


LESS_THAN_CHANCE = "counts vary less than chance alone would have them (Poisson); none are drawn"


def check_levels(kind: str, *levels: float) -> None:
    """NotEstimable where a share (binary) or a mean count is none that answers can have."""
    for one in levels:
        if kind == "binary" and not 0 < one < 1:
            raise NotEstimable(f"a share must lie between 0 and 1, not {one:g}")
        if kind == "count" and not 0 < one < np.inf:
            raise NotEstimable(f"a mean count must be above 0, not {one:g}")


def most_alike(mean: float, location_cv: float, person_cv: float, cac: float) -> float:
    """The most that two counts of one person can correlate within a location, if chance (Poisson)
    is each count's own and the person's rate stays the same."""
    extra = person_cv**2 * mean**2
    return float(extra * (1 + cac * location_cv**2) / (extra * (1 + location_cv**2) + mean))


def rates_alike(correlation: float, most: float) -> float:
    """Correlation of a person's own rates in two periods that gives two counts this correlation;
    1 where no rates do."""
    if correlation <= 0:
        return 0.0
    return 1.0 if correlation >= most else correlation / most
