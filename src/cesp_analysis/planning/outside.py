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

from cesp_analysis.errors import CespError
from cesp_analysis.models.prior import NOT_SAID, Pair, Prior, read_prior
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.numbers import counted
from cesp_analysis.planning.known import Floats, Told

BLOCK = Path(__file__).with_name("block_pairs.csv")
"""The block-exchangeable fits of the table whose decay fits are models/shock_prior.csv."""


@dataclass(frozen=True)
class Fixed:
    """A declared number."""

    value: float


@dataclass(frozen=True)
class Beta:
    """A declared law of a share, correlation or retention: mean and SD of a beta distribution."""

    mean: float
    sd: float


@dataclass(frozen=True)
class Normal:
    """A declared law of a number, such as the effect: mean and SD of a normal distribution."""

    mean: float
    sd: float


Declared = Fixed | Beta | Normal


@dataclass(frozen=True)
class SitePairs:
    """Draws (draws,) of locations' within-period ICC and autocorrelation; pair: of which pair each
    is, counted from 0; said: in words; left_out: pairs that the design cannot have, with why;
    months: over which the autocorrelations are, None where not every pair says over how many."""

    icc: Floats
    cac: Floats
    pair: np.ndarray
    said: str
    left_out: tuple[str, ...]
    months: float | None = None


def published(structure: str, path: Path | None = None) -> Prior:
    """The pairs that go with a correlation structure: the fits of that structure, or the study's
    own file (path), of columns rho, cac, period_months, cluster_type, source."""
    if path is not None or structure == "decay":
        return read_prior(path)
    prior = read_prior(BLOCK)
    name = "Kasza 2023, Table 5, block-exchangeable fits (doi 10.1177/09622802231194753)"
    return replace(prior, name=name, own=False)


def of_kind(prior: Prior, kinds: tuple[str, ...]) -> Prior:
    """The pairs whose clusters are of these kinds alone; CespError if there are none."""
    pairs = tuple(pair for pair in prior.pairs if pair.cluster_type in kinds)
    if not pairs:
        known = sorted({pair.cluster_type or NOT_SAID for pair in prior.pairs})
        raise CespError(
            f"{prior.name}: holds no pair of {', '.join(kinds)} (its kinds: {', '.join(known)})"
        )
    return replace(prior, name=f"{prior.name}, {', '.join(kinds)}", pairs=pairs)


def site_pairs(
    prior: Prior,
    structure: str,
    periods: int,
    draws: int,
    rng: np.random.Generator,
    period_months: float | None = None,
) -> SitePairs:
    """Pairs drawn equally often (but for one), in random order, for a trial of so many periods.

    Autocorrelations are scaled to the trial's period where pair and trial say how long theirs is;
    where a location's effects are the same in all periods (exchangeable) they are 1. A pair that
    the structure cannot have, as a block-exchangeable one below 0, is left out, and said.
    CespError if none is left.
    """
    reasons = [_unfit(pair, structure, periods) for pair in prior.pairs]
    pairs = [pair for pair, reason in zip(prior.pairs, reasons, strict=True) if reason is None]
    both = zip(prior.pairs, reasons, strict=True)
    left = tuple(f"{pair.source}: {why}" for pair, why in both if why)
    if not pairs:
        raise CespError(f"{prior.name}: no pair fits a trial of {periods} periods: {left[0]}")
    order = rng.permutation(np.resize(rng.permutation(len(pairs)), draws))
    icc = np.array([pair.rho for pair in pairs])[order]
    over = [1.0 if structure == "exchangeable" else one.cac_over(period_months) for one in pairs]
    cac = np.array(over)[order]
    said = Prior(prior.name, tuple(pairs), prior.own).described(period_months)
    said += f", {counted(len(left), 'pair')} left out" if left else ""
    dated = all(pair.period_months is not None for pair in pairs)
    return SitePairs(icc, cac, order, said, left, period_months if dated else None)


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
        case Normal(mean, sd):
            if not sd >= 0:
                raise CespError(f"the SD of a declared law must be 0 or more, not {sd:g}")
            return mean + sd * rng.standard_normal(draws)
        case Beta(mean, sd):
            return _beta(mean, sd, draws, rng)


def _beta(mean: float, sd: float, draws: int, rng: np.random.Generator) -> Floats:
    """With shapes mean × c and (1 - mean) × c, c = mean (1 - mean) / sd² - 1."""
    most = sqrt(max(mean * (1 - mean), 0.0))
    if not 0 < mean < 1:
        raise CespError(f"the mean of a beta law lies between 0 and 1, not at {mean:g}")
    if not 0 < sd < most:
        raise CespError(f"a beta law of mean {mean:g} has an SD below {most:.3g}, not {sd:g}")
    size = mean * (1 - mean) / sd**2 - 1
    return np.asarray(rng.beta(mean * size, (1 - mean) * size, draws))


def settled(
    name: str, told: Told, declared: Declared | None, draws: int, rng: np.random.Generator
) -> Told:
    """What was declared of a quantity or, without that, what this study tells.

    NotEstimable, with the study's reason, if it tells nothing and nothing is declared.
    """
    if declared is not None:
        made = declared_draws(declared, draws, rng)
        return Told(made, 0, f"declared: {_said(declared)}")
    if told.draws is None:
        raise NotEstimable(
            f"{name}: this study does not tell it ({told.reason}); declare a number or a law of it"
        )
    return told


def _said(declared: Declared) -> str:
    """A declared law in words."""
    if isinstance(declared, Fixed):
        return f"{declared.value:g}"
    law = "beta" if isinstance(declared, Beta) else "normal"
    return f"{law} with mean {declared.mean:g} and SD {declared.sd:g}"
