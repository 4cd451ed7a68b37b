"""Taylor linearisation: the covariance of survey estimates from how each record pulls them.

An estimate is, to first order, its true value plus the sum of the records' influence. Its variance
is that of the sum of the sampling units' totals: within each stratum n / (n - 1) times the squares
about their mean (units drawn with replacement; no finite population correction). Sources: Binder
(1983), Int Stat Rev 51:279-92; Deville & Särndal (1992), JASA 87:376-82, for calibrated weights;
conventions for lone units and degrees of freedom as R's survey 4.1.
"""

from dataclasses import dataclass, replace

import numpy as np

from cesp_analysis.arrays import Bools, Codes, Floats
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.survey_design import Sample
from cesp_analysis.models.survey_margins import residual_of_margins, sums_by

_HOW = {
    "adjust": "its total is centred on the mean of all (adjust)",
    "certainty": "it counts as drawn for certain and adds no variance (certainty)",
    "average": "it gets the mean variance of the other strata (average)",
}
CHOICES = (
    "under surveys write lone_neighbourhood: adjust (centred on the mean of all), certainty (drawn"
    " for certain) or average (the mean variance of the other strata), or merge it with another"
    " stratum"
)


@dataclass(frozen=True)
class Linearised:
    """covariance (k, k) in the unit of the influence's columns; df: PSUs − strata of the domain;
    said: what was decided about strata with one PSU, a sentence each; spread (m, k): the sampling
    units' totals, centred and scaled, whose squares the covariance is."""

    covariance: Floats
    df: int
    n_psus: int
    n_strata: int
    said: tuple[str, ...] = ()
    spread: Floats | None = None

    def of(self, contrasts: Floats) -> "Linearised":
        """That of contrasts (q, k) of the k estimates: from the totals, so that a variance of zero
        is found even where those of the estimates are large."""
        if self.spread is None:
            raise ValueError("the totals were not kept")
        own = self.spread @ contrasts.T
        return replace(self, covariance=own.T @ own, spread=own)


def linearised(influence: Floats, sample: Sample, domain: Bools | None = None) -> Linearised:
    """The covariance of k estimates with this influence (n, k), 0 outside the domain (n,).

    The whole sample stays: units without a record of the domain count with a total of 0. df are
    counted among those of the domain (R's degf). Raises NotEstimable where a stratum with one unit
    has a part in it and none of the choices is made, and where no unit is left to vary.
    """
    influence = np.asarray(influence, dtype=np.float64)
    influence = influence[:, None] if influence.ndim == 1 else influence
    inside = np.ones(sample.n, dtype=bool) if domain is None else domain
    return of_totals(unit_totals(influence, sample), sample, inside)


def of_totals(totals: Floats, sample: Sample, inside: Bools) -> Linearised:
    """`linearised` from the sampling units' totals (p, k) of the influence."""
    psus, strata, df = counts(sample, inside)
    if df < 1:
        raise NotEstimable(_no_interval(sample, psus))
    means = sums_by(sample.stratum_of, totals) / sample.units_in[:, None]
    apart = totals - means[sample.stratum_of]
    units = sample.units_in
    scale = np.where(units > 1, units / np.maximum(units - 1, 1), 0.0)
    spread = apart * np.sqrt(scale)[sample.stratum_of][:, None]
    spread, said = _with_lone(spread, totals, sample, _reached(sample, inside))
    return Linearised(spread.T @ spread, df, psus, strata, said, spread)


def _reached(sample: Sample, inside: Bools) -> Bools:
    """Records (n,) of the domain, and those that share margins with it: of the same site and
    wave."""
    if not sample.margins:
        return inside
    if sample.margin_group is None:
        return np.ones(sample.n, dtype=bool)
    shared = np.bincount(sample.margin_group, inside) > 0
    return np.asarray(inside | shared[sample.margin_group])


def unit_totals(influence: Floats, sample: Sample) -> Floats:
    """The sum (p, k) of influence (n, k) in each PSU, residual of the margins."""
    return sums_by(sample.psu, residual_of_margins(influence, sample))


def unit_totals_at(influence: Floats, at: Codes, sample: Sample) -> Floats:
    """The same of records `at` (m,) with influence (m, k), all others having none."""
    if not sample.margins:
        return sums_by(sample.psu[at], influence, len(sample.stratum_of))
    whole = np.zeros((sample.n, influence.shape[1]))
    whole[at] = influence
    return unit_totals(whole, sample)


def counts(sample: Sample, inside: Bools) -> tuple[int, int, int]:
    """PSUs and strata with a record of the domain, and their difference, the df."""
    units = np.flatnonzero(np.bincount(sample.psu[inside], minlength=len(sample.stratum_of)))
    strata = len(np.unique(sample.stratum_of[units]))
    return len(units), strata, len(units) - strata


def _with_lone(
    spread: Floats, totals: Floats, sample: Sample, reached: Bools
) -> tuple[Floats, tuple[str, ...]]:
    """The spread of totals with what the declared choice makes of strata with one PSU.

    Of those alone that records of the domain, or of margins that it shares, lie in.
    """
    there = np.bincount(sample.strata[reached], minlength=len(sample.units_in)) > 0
    lone = np.flatnonzero((sample.units_in == 1) & there)
    if not len(lone):
        return spread, ()
    named = [_named(sample, int(stratum)) for stratum in lone]
    if sample.lone == "stop":
        raise NotEstimable(
            f"{'; '.join(named)}, so that its part of the variance is not known; {CHOICES}"
        )
    if sample.lone == "adjust":
        spread = np.vstack([spread, totals[np.isin(sample.stratum_of, lone)]])
    if sample.lone == "average":
        strata = int(there.sum())
        spread = spread * np.sqrt(strata / (strata - len(lone)))  # df >= 1: some stratum has two
    return spread, tuple(f"{what}: {_HOW[sample.lone]}" for what in named)


def _named(sample: Sample, stratum: int) -> str:
    alone = f"{sample.name_of_stratum(stratum)} has one {sample.unit}"
    return alone if sample.unit == "respondent" else f"{alone} ({sample.lone_unit(stratum)})"


def _no_interval(sample: Sample, psus: int) -> str:
    if psus == 1:
        return f"no interval: one {sample.unit}"
    return f"no interval: {psus} {sample.unit}s, and no stratum has two of them"
