"""How an analysis does in simulated trials, with the Monte Carlo error of each number.

Measures and their errors: Morris, White & Crowther (2019), Stat Med 38:2074-102, tables 5 and 6.
Trials are added up by block, so that ten million need no more memory than one block.
"""

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from math import fsum, nan, sqrt

import numpy as np

from cesp_analysis.arrays import Bools, Floats
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.planning.critical import critical


@dataclass(frozen=True)
class Performance:
    """Of n trials analysed, n_failed of them without an answer, which no other number counts.

    bias and SEs in the outcome's unit; model_se: root of the mean squared standard error;
    relative_error: of model_se, over empirical_se, less 1; coverage: of the interval at the level;
    power: share of trials that reject no effect (type I error where there is none). Each with its
    Monte Carlo standard error (mcse). NaN: the analysis has no such number.
    """

    n: int
    n_failed: int
    bias: float
    bias_mcse: float
    empirical_se: float
    empirical_se_mcse: float
    model_se: float
    model_se_mcse: float
    relative_error: float
    relative_error_mcse: float
    coverage: float
    coverage_mcse: float
    power: float
    power_mcse: float


@dataclass(frozen=True)
class Tally:
    """Sums over trials: n of them, failed, sums of error and squared error, of squared and fourth
    powers of the standard error, how many intervals hold the truth, how many tests reject."""

    n: float
    failed: float
    error: float
    square: float
    variance: float
    variance_square: float
    covered: float
    rejected: float


def tally(
    error: Floats,
    std_error: Floats,
    df: Floats,
    truth: float,
    level: float,
    failed: Bools,
    rejected: Bools | None = None,
    covered: Bools | None = None,
) -> Tally:
    """The sums over r trials; all arrays (r,); error: estimate less truth.

    rejected, covered: of a test that is no t (a permutation's); by default |estimate| is compared
    with the t quantile times std_error, df infinite for a normal.
    """
    if rejected is None or covered is None:
        half = critical(level, df) * std_error
        rejected = np.abs(error + truth) > half if rejected is None else rejected
        covered = np.abs(error) <= half if covered is None else covered
    if failed.any():
        fine = ~failed
        error, std_error = error[fine], std_error[fine]
        rejected, covered = rejected[fine], covered[fine]
    variance = std_error * std_error
    sums = (error, error * error, variance, variance * variance)
    counts = (np.count_nonzero(covered), np.count_nonzero(rejected))
    return Tally(
        float(len(failed)),
        float(np.count_nonzero(failed)),
        *(float(part.sum()) for part in sums),
        *map(float, counts),
    )


def performance_of(tallies: Iterable[Tally]) -> Performance:
    """Performance of all blocks; the sum is exact, so that it does not depend on their order."""
    total = added(tallies)
    n = total.n - total.failed
    if n < 2:
        raise NotEstimable(f"{total.failed:.0f} of {total.n:.0f} simulated trials have no answer")
    bias = total.error / n
    empirical = sqrt(max(total.square - total.error * bias, 0.0) / (n - 1))
    mean = total.variance / n
    model = sqrt(mean)
    spread = max(total.variance_square - total.variance * mean, 0.0) / (n - 1)
    model_mcse = sqrt(spread / (4 * n * mean)) if mean > 0 else nan
    relative = (model / empirical, model_mcse / model) if empirical > 0 and mean > 0 else (nan, nan)
    empirical_mcse = mcse_of_empirical_se(empirical, n)
    covered, rejected = total.covered / n, total.rejected / n
    return Performance(
        n=int(total.n),
        n_failed=int(total.failed),
        bias=bias,
        bias_mcse=mcse_of_bias(empirical, n),
        empirical_se=empirical,
        empirical_se_mcse=empirical_mcse,
        model_se=model,
        model_se_mcse=model_mcse,
        relative_error=relative[0] - 1,
        relative_error_mcse=relative[0] * sqrt(relative[1] ** 2 + 1 / (2 * (n - 1))),
        coverage=covered,
        coverage_mcse=mcse_of_share(covered, n),
        power=rejected,
        power_mcse=mcse_of_share(rejected, n),
    )


def added(tallies: Iterable[Tally]) -> Tally:
    """All of them together."""
    return Tally(*map(fsum, zip(*map(astuple, tallies), strict=True)))


def mcse_of_bias(empirical_se: float, n: float) -> float:
    """Monte Carlo standard error of a bias from n trials."""
    return empirical_se / sqrt(n)


def mcse_of_empirical_se(empirical_se: float, n: float) -> float:
    """Monte Carlo standard error of an empirical standard error."""
    return empirical_se / sqrt(2 * (n - 1))


def mcse_of_share(share: float, n: float) -> float:
    """Monte Carlo standard error of a coverage or a power."""
    return sqrt(share * (1 - share) / n)


def cautious_mcse(hits: float, n: float) -> float:
    """The same of `hits` among n, not 0 where all or none are hits: two of each are added (Agresti
    & Coull 1998). What a run is stopped by."""
    return mcse_of_share((hits + 2) / (n + 4), n + 4)


def error_of(made: Sequence[Tally]) -> float:
    """The Monte Carlo standard error of power, never 0."""
    total = added(made)
    return cautious_mcse(total.rejected, total.n - total.failed)
