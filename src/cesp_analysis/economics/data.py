"""Costs and QALYs of people of whom all is known, or was imputed, and the regressions of each.

In a study without randomisation QALYs and costs come as a bracket: the gain over baseline (QALYs
less baseline utility × duration, the analogue of differences in differences) and adjusted for
baseline (Manca, Hawkins & Sculpher 2005, Health Econ 14:487-96): both for utility at baseline, cost
for the costs at baseline that it counts, at its prices, QALYs for those of the base case, so that
within one run neither whose costs count nor a price moves them (of another base case, in another
run, imputed utilities and what QALYs are adjusted for are others). The first is right where the
sites' people would have moved alike, the second where people of the same baseline would have fared
alike.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from pandas import isna

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.economics.amounts import (
    ADJUSTED,
    GAIN,
    UNADJUSTED,
    Amounts,
    amounts_of,
    terms_of,
)
from cesp_analysis.economics.frame import Frame
from cesp_analysis.economics.words import column_in_words
from cesp_analysis.models.refusals import Collinear, NotEstimable
from cesp_analysis.numbers import listed


@dataclass(frozen=True)
class Data(Amounts):
    """n people; the cost at baseline that QALYs are adjusted for is equal whosever costs count and
    at any prices.

    treated (n,), sites, clusters (n,): as in Frame; years, cost_ratio: what
    baseline counts over the follow-up; rows (n,): whose of the frame; left_out: covariates that are
    the same for all of them; names (k,): of the covariates' columns; site_names: in
    the order of the sites' codes; known_of: what is known of
    each of them, in words; fewest: by arm, of which part of it fewest are known.
    """

    treated: np.ndarray
    sites: Codes
    clusters: Codes
    years: float
    cost_ratio: float
    rows: Codes
    left_out: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    site_names: tuple[str, ...] = ()
    known_of: str = "costs and QALYs"
    fewest: tuple[str, str] = ("", "")

    @property
    def n(self) -> int:
        """How many people."""
        return len(self.cost)

    def part(self, chosen: np.ndarray) -> "Data":
        """Some of the people (n,); covariates that are the same for all of them left out."""
        own = self.covariates[chosen]
        varies = np.ptp(own, axis=0) > 0 if len(own) else np.ones(own.shape[1], dtype=bool)
        return replace(
            self,
            cost=self.cost[chosen],
            qaly=self.qaly[chosen],
            utility=self.utility[chosen],
            base_cost=None if self.base_cost is None else self.base_cost[chosen],
            equal_cost=None if self.equal_cost is None else self.equal_cost[chosen],
            covariates=own[:, varies],
            names=_those(self.names, varies),
            treated=self.treated[chosen],
            sites=self.sites[chosen],
            clusters=self.clusters[chosen],
            rows=self.rows[chosen],
        )


@dataclass(frozen=True)
class Regressions:
    """Two outcomes (n,) and the columns (n, k) of each, the same ones in the base case; the arm is
    column 1 of both."""

    cost: Floats
    qaly: Floats
    cost_x: Floats
    qaly_x: Floats

    @property
    def same(self) -> bool:
        """Whether both have the same columns: a regression of net benefit is then both together."""
        return np.array_equal(self.cost_x, self.qaly_x)


def approaches(randomised: bool) -> tuple[str, ...]:
    """With chance alone between the arms adjusted for baseline; else the bracket of two."""
    return (ADJUSTED,) if randomised else (GAIN, ADJUSTED)


def data_of(
    frame: Frame, completed: Floats, rows: Codes | None = None, shift: Floats | None = None
) -> Data:
    """The people `rows` of a completed table (n, P): its columns, and those made of them; shift
    (n, p): what costs rise by at other prices."""
    at = np.arange(len(completed)) if rows is None else rows
    return Data(
        **vars(amounts_of(frame, completed, at, shift)),
        treated=frame.treated[at],
        sites=frame.sites[at],
        clusters=frame.clusters[at],
        years=frame.years,
        cost_ratio=frame.cost_ratio,
        rows=at,
        names=frame.covariates,
        site_names=site_names_of(frame),
    )


def site_names_of(frame: Frame) -> tuple[str, ...]:
    """The sites' names in the order of their codes; '' of people without one."""
    first = np.unique(frame.sites, return_index=True)[1]
    names = frame.equations.people.once["site"].iloc[first].tolist()
    return tuple("" if isna(one) else str(one) for one in names)


def complete_of(frame: Frame, table: Floats, approach: str = ADJUSTED) -> Data:
    """The people of whom costs and QALYs are known, and, where the approach is not unadjusted,
    baseline and covariates too; table (n, P): as it is, with columns that are made of others."""
    whole = data_of(frame, table)
    parts = _needed(whole, frame.covariates if approach != UNADJUSTED else None)
    known = np.flatnonzero(np.all(list(parts.values()), axis=0))
    found = replace(
        data_of(frame, table[known], known),
        known_of=listed(list(parts)),
        fewest=(_fewest(parts, ~whole.treated), _fewest(parts, whole.treated)),
    )
    varies = np.ptp(found.covariates, axis=0) > 0 if len(known) else np.ones(0, dtype=bool)
    lost = tuple(name for name, own in zip(frame.covariates, varies, strict=False) if not own)
    if not lost:
        return found
    kept = _those(frame.covariates, varies)
    return replace(found, covariates=found.covariates[:, varies], left_out=lost, names=kept)


def _those(names: Sequence[str], which: np.ndarray) -> tuple[str, ...]:
    return tuple(name for name, own in zip(names, which, strict=False) if own)


def column_of(data: Data, column: Floats) -> str:
    """What a column (n,) of a regression is, in words."""
    if np.array_equal(column, data.utility):
        return "utility at baseline"
    for name, own in zip(data.names, data.covariates.T, strict=False):
        if np.array_equal(column, own):
            return column_in_words(name)
    return "costs before"


def no_regression(error: NotEstimable, data: Data, x: Floats) -> str:
    """Why a regression on x (n, k) has no answer, its columns by name."""
    if not isinstance(error, Collinear):
        return str(error)
    alike = [at for at in error.columns if np.ptp(x[:, at]) == 0]
    told = [
        (alike, "the same for everybody, so that nothing is adjusted for it"),
        ([at for at in error.columns if at not in alike], "a sum of what else is adjusted for"),
    ]
    return "; ".join(
        f"{listed([column_of(data, x[:, at]) for at in own])}: {why}" for own, why in told if own
    )


def _needed(data: Data, covariates: Sequence[str] | None) -> dict[str, np.ndarray]:
    """What must be known of people, in words, and of whom (n,) each part of it is; covariates:
    those of what is adjusted, None for what is not."""
    parts = {"costs": data.cost, "QALYs": data.qaly}
    if covariates is not None:
        before = (data.base_cost, data.equal_cost)
        costs = [one for one in before if one is not None]
        parts["utility at the start"] = data.utility
        parts |= {"costs at the start": np.sum(costs, axis=0)} if costs else {}
        parts |= dict(zip(map(column_in_words, covariates), data.covariates.T, strict=True))
    return {name: np.isfinite(values) for name, values in parts.items()}


def _fewest(parts: Mapping[str, np.ndarray], arm: np.ndarray) -> str:
    """Which part is known of fewest people of an arm (n,), and of how many."""
    n, name = min((int(known[arm].sum()), name) for name, known in parts.items())
    return f"{name} alone of {n} of {int(arm.sum())}"


def regressions(data: Data, approach: str) -> Regressions:
    """Outcomes and columns of an approach: gain, adjusted, or unadjusted."""
    own = terms_of(data, approach, data.years, data.cost_ratio)
    start = np.column_stack([np.ones(data.n), data.treated.astype(float)])
    cost_x, qaly_x = (
        np.column_stack([start, *beside]) for beside in (own.beside_cost, own.beside_qaly)
    )
    return Regressions(own.cost, own.qaly, cost_x, qaly_x)


def net_benefit(data: Data, threshold: float) -> Floats:
    """Each person's net benefit (n,) at a threshold, £."""
    return threshold * data.qaly - data.cost
