"""Whether chains have settled: their mean's drift, and how long each follows where it was.

The later half of the rounds is kept, as for R-hat. Chains are independent, so that the drift of
their common mean has a Monte Carlo error that their differences tell, and how alike the ends of the
kept rounds are is a rank correlation over chains. Both are held to limits for all columns at once
(Bonferroni), so that chains which have settled are called otherwise in one study of twenty.
Sources: Fisher (1921) for the correlation; Gelman & Rubin (1992), Stat Sci 7:457-72 for R-hat,
which of few rounds is noisy.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import atanh, sqrt, tanh

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.missing.imputed import SETTLED, Trace
from cesp_analysis.models.student import t_quantile

ERROR_RATE = 0.05
"""Chance that any column of chains that have settled is said to drift or to hang."""
HANGS = 0.5
"""Correlation of where a chain is with where it was half of its rounds before: from here on where
it began still shows at the end (in a quarter of the variance of the middle)."""
CERTAIN = 1 - 1e-12
"""Correlation that is 1 but for rounding."""
FEWEST_CHAINS = 10
"""Chains of which a rank correlation is told apart from others."""


@dataclass(frozen=True)
class Drift:
    """A column's chains over the kept rounds.

    moved: mean of all chains in the last round less that in the first kept one, in the column's
    unit; error: its Monte Carlo error; limit: errors beyond which it is more than chance; between:
    SD between chains in the last round; follows: rank correlation of the chains in both (None:
    fewer than FEWEST_CHAINS, or no variance), at_least: its lower limit; rounds: between both.
    """

    moved: float
    error: float
    limit: float
    between: float
    follows: float | None
    at_least: float | None
    rounds: int

    @property
    def in_errors(self) -> float | None:
        """The drift in Monte Carlo errors; None where chains move alike, which have none."""
        return self.moved / self.error if self.error > 0 else None

    @property
    def drifts(self) -> bool:
        """Whether the mean moved by more than chance."""
        return self.error > 0 and abs(self.moved) > self.limit * self.error

    def sentences(self) -> Iterator[str]:
        """What is wrong, if anything."""
        if self.drifts:
            yield (
                f"the mean of what is imputed still moves: by {abs(self.moved) / self.between:.2f}"
                f" of its SD between sets in the last {self.rounds} rounds, which is"
                f" {abs(self.moved) / self.error:.1f} Monte Carlo errors, and chance makes at most"
                f" {self.limit:.1f}: raise missing_data.imputation.iterations"
            )
        if self.at_least is not None and self.at_least > HANGS:
            yield (
                f"what is imputed still follows what was imputed {self.rounds} rounds before (rank"
                f" correlation {self.follows:.2f} over the sets), and so where chains began: raise"
                " missing_data.imputation.iterations"
            )


def drift(trace: Trace, columns: int) -> Drift | None:
    """The drift of one of so many columns; None: too few rounds, one chain, or nothing varies."""
    rounds, chains = trace.mean.shape
    if rounds < SETTLED or chains < 2:
        return None
    first, last = trace.mean[rounds // 2], trace.mean[-1]
    step = last - first
    error, between = float(step.std(ddof=1)) / sqrt(chains), float(last.std(ddof=1))
    size = float(np.abs(last).max())
    if between <= 1e-12 * size:  # rounding of one value
        return None
    tail = ERROR_RATE / (2 * columns)  # of each of the two tests
    follows = at_least = None
    spread = float(first.std(ddof=1))
    if chains >= FEWEST_CHAINS and spread > 1e-12 * size:
        follows = float(np.corrcoef(_ranks(first), _ranks(last))[0, 1])
        inside = min(max(follows, -CERTAIN), CERTAIN)
        near = atanh(inside) - t_quantile(1 - tail, np.inf) / sqrt(chains - 3)
        at_least = tanh(near)
    return Drift(
        moved=float(step.mean()),
        error=error,
        limit=t_quantile(1 - tail / 2, chains - 1),
        between=between,
        follows=follows,
        at_least=at_least,
        rounds=rounds - 1 - rounds // 2,
    )


def _ranks(values: Floats) -> Floats:
    """Ranks, the mean one of those that are alike."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(count) - (count - 1) / 2)[place])


def drifts(traces: Sequence[Trace]) -> dict[tuple[str, str], Drift]:
    """Column and group → its drift, all of them held to one limit."""
    tested = [one for one in traces if one.mean.shape[0] >= SETTLED]
    found = {(one.column, one.group): drift(one, len(tested)) for one in tested}
    return {place: one for place, one in found.items() if one is not None}
