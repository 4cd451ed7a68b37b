"""What this study cannot tell of a trial's assumptions: declared, or drawn from published pairs.

Two sites say nothing of how alike people of one site are (their difference is the effect's too),
nor of how a site's mean moves from one period to the next. Both come from published pairs, drawn as
pairs: where the correlation within a period is high, so may be the autocorrelation, and a mean of
products is no product of means. Each pair is as likely as any other, as it is for shocks to sites
(models/prior.py). A pair's own error of estimation is left out, as none is published with it.
"""

from dataclasses import dataclass, replace
from math import sqrt
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.arrays import Floats
from cesp_analysis.errors import CespError
from cesp_analysis.models.prior import Pair, Prior, read_prior
from cesp_analysis.numbers import counted

BLOCK = Path(__file__).with_name("block_pairs.csv")
"""The block-exchangeable fits of the table whose decay fits are models/shock_prior.csv."""

TRIED = 50
END = 1e-9
"""How near to an end a draw of a beta law may lie: rounding puts some on it, which is no share."""


@dataclass(frozen=True)
class Fixed:
    """A declared number."""

    value: float


@dataclass(frozen=True)
class Beta:
    """A declared law of a number between two ends, as a share is or a correlation: mean and SD of a
    beta distribution, stretched."""

    mean: float
    sd: float
    low: float = 0.0
    high: float = 1.0


@dataclass(frozen=True)
class Lognormal:
    """A declared law of a number above 0 without an upper end, as an SD is: its mean and SD."""

    mean: float
    sd: float


Declared = Fixed | Beta | Lognormal


def law_of(value: float, sd: float, low: float, high: float) -> Declared:
    """The law of a number between low and high (or infinity) with this mean and SD."""
    if sd == 0:
        return Fixed(value)
    return Beta(value, sd, low, high) if np.isfinite(high) else Lognormal(value, sd)


def in_words(declared: Declared) -> str:
    """A law as the table of what is known calls it."""
    match declared:
        case Fixed():
            return "held"
        case Beta(low=low, high=high):
            return "beta law" if (low, high) == (0, 1) else f"beta law from {low:g} to {high:g}"
        case Lognormal():
            return "lognormal law"


@dataclass(frozen=True)
class SitePairs:
    """Draws (draws,) of locations' within-period ICC and autocorrelation; pair: of which pair each
    is, counted from 0; said: in words; left_out: pairs that the design cannot have, with why;
    months (draws,): over which the autocorrelations are, NaN where a pair does not say."""

    icc: Floats
    cac: Floats
    pair: NDArray[np.int64]
    said: str
    left_out: tuple[str, ...]
    months: Floats


def published(structure: str, path: Path | None = None) -> Prior:
    """The pairs that go with a correlation structure: the fits of that structure, or the study's
    own file (path), of columns rho, cac, period_months, cluster_type, source."""
    if path is not None or structure == "decay":
        return read_prior(path)
    prior = read_prior(BLOCK)
    name = "Kasza 2023, Table 5, block-exchangeable fits (doi 10.1177/09622802231194753)"
    return replace(prior, name=name, own=False)


def site_pairs(
    prior: Prior,
    structure: str,
    periods: int,
    draws: int,
    rng: np.random.Generator,
    period_months: float | None = None,
) -> SitePairs:
    """Pairs drawn equally often (but for one), in random order, for a trial of so many periods;
    their medians are those of the pairs, as nearly as these numbers can be.

    Autocorrelations are scaled to the study's period where pair and study say how long theirs is,
    and are over a pair's own where the study does not; where a location's effects are the same in
    all periods (exchangeable) they are 1. A pair that the structure cannot have, as a
    block-exchangeable one below 0, is left out, and said.
    CespError if none is left.
    """
    reasons = [_unfit(pair, structure, periods) for pair in prior.pairs]
    pairs = [pair for pair, reason in zip(prior.pairs, reasons, strict=True) if reason is None]
    left = tuple(
        f"{pair.source}: {why}" for pair, why in zip(prior.pairs, reasons, strict=True) if why
    )
    if not pairs:
        raise CespError(f"{prior.name}: no pair fits a trial of {periods} periods: {left[0]}")
    over = [1.0 if structure == "exchangeable" else one.cac_over(period_months) for one in pairs]
    both = np.array([[pair.rho for pair in pairs], over])
    order = rng.permutation(_alike_often(both, draws, rng))
    icc, cac = both[:, order]
    said = Prior(prior.name, tuple(pairs), prior.own).described(period_months)
    said += f", {counted(len(left), 'pair')} left out" if left else ""
    months = np.array([pair.months_over(period_months) for pair in pairs])[order]
    return SitePairs(icc, cac, order, said, left, months)


def _alike_often(both: Floats, draws: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Positions (draws,) of pairs (2, p), each as often as the others, or once more.

    Which stand once more moves the medians from one pair to the next: of TRIED choices the first
    whose medians are nearest to those of the pairs.
    """
    pairs = both.shape[1]
    whole = np.tile(np.arange(pairs), draws // pairs)
    tried = [np.concatenate([whole, rng.permutation(pairs)[: draws % pairs]]) for _ in range(TRIED)]
    middle = np.median(both, axis=1)
    off = [float(np.abs(np.median(both[:, one], axis=1) - middle).sum()) for one in tried]
    return tried[int(np.argmin(off))]


def _unfit(pair: Pair, structure: str, periods: int) -> str | None:
    """Why a pair is no correlation between so many periods."""
    least = {"block_exchangeable": 0.0, "decay": -1 + 1e-9}.get(structure, -np.inf)
    if periods == 1 or pair.cac >= least:
        return None
    return f"an autocorrelation of {pair.cac:g} is none of the structure {structure}"


def declared_draws(declared: Declared, draws: int, rng: np.random.Generator) -> Floats:
    """Draws (draws,) of what was declared; of a fixed number the same each time."""
    match declared:
        case Fixed(value):
            return np.full(draws, value)
        case Lognormal(mean, sd):
            if not (mean > 0 and sd > 0):
                raise CespError(
                    f"a lognormal law has a mean and an SD above 0, not {mean:g} and {sd:g}"
                )
            spread = np.log1p((sd / mean) ** 2)
            return np.asarray(mean * rng.lognormal(-spread / 2, np.sqrt(spread), draws))
        case Beta(mean, sd, low, high):
            width = high - low
            return low + width * _beta((mean - low) / width, sd / width, draws, rng)


def _beta(mean: float, sd: float, draws: int, rng: np.random.Generator) -> Floats:
    """With shapes mean × c and (1 - mean) × c, c = mean (1 - mean) / sd² - 1."""
    most = sqrt(max(mean * (1 - mean), 0.0))
    if not 0 < mean < 1:
        raise CespError(f"the mean of a beta law lies between 0 and 1, not at {mean:g}")
    if not 0 < sd < most:
        raise CespError(f"a beta law of mean {mean:g} has an SD below {most:.3g}, not {sd:g}")
    size = mean * (1 - mean) / sd**2 - 1
    drawn = rng.beta(mean * size, (1 - mean) * size, draws)
    return np.asarray(drawn.clip(END, 1 - END))
