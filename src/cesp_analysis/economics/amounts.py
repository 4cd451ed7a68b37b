"""What an evaluation has of people, and the columns of its regressions: of a table, or of many at
once. Whatever estimates by an approach takes its columns from here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.economics.frame import Frame

GAIN, ADJUSTED, UNADJUSTED = "gain", "adjusted", "unadjusted"


@dataclass(frozen=True)
class Amounts:
    """Of people (…, n): costs and QALYs of the follow-up, utility and cost (None: none) at
    baseline, and the cost at baseline that QALYs are adjusted for; covariates (…, n, k)."""

    cost: Floats
    qaly: Floats
    utility: Floats
    base_cost: Floats | None
    equal_cost: Floats | None
    covariates: Floats


@dataclass(frozen=True)
class Terms:
    """An approach's outcomes (…, n), and the columns (…, n) that the equation of each has beside a
    constant and the arm."""

    cost: Floats
    qaly: Floats
    beside_cost: tuple[Floats, ...]
    beside_qaly: tuple[Floats, ...]


def amounts_of(
    frame: Frame, completed: Floats, rows: Codes, shift: Floats | None = None
) -> Amounts:
    """The people `rows` (…, n) of completed tables (…, n, P): their columns, and those made of
    them; shift (n, p): what costs rise by at other prices, of one table."""
    whole = [one.name for one in frame.equations.columns]
    whole += [one.name for one in frame.equations.passive]
    base = completed[..., : len(frame.equations.columns)]
    priced = base if shift is None else base + shift[rows]
    before = total(priced, frame.costs_before)
    alike = shift is None and frame.equal_before == frame.costs_before
    return Amounts(
        cost=weighted(priced, frame.cost[rows]) + frame.beside[rows],
        qaly=weighted(base, frame.qaly[rows]),
        utility=base[..., frame.utility_at],
        base_cost=before,
        equal_cost=before if alike else total(base, frame.equal_before),
        covariates=completed[..., [whole.index(name) for name in frame.covariates]],
    )


def terms_of(own: Amounts, approach: str, years: float, cost_ratio: float) -> Terms:
    """Outcomes and columns of an approach: gain, adjusted, or unadjusted; years, cost_ratio: what
    baseline counts over the follow-up."""
    if approach == UNADJUSTED:
        return Terms(own.cost, own.qaly, (), ())
    both = tuple(np.moveaxis(own.covariates, -1, 0))
    if approach == GAIN:
        cost = own.cost if own.base_cost is None else own.cost - cost_ratio * own.base_cost
        return Terms(cost, own.qaly - years * own.utility, both, both)
    beside_cost, beside_qaly = (
        (*both, own.utility, *(() if before is None else (before,)))
        for before in (own.base_cost, own.equal_cost)
    )
    return Terms(own.cost, own.qaly, beside_cost, beside_qaly)


def total(table: Floats, columns: Sequence[int]) -> Floats | None:
    """Sums (…, n) of some columns of tables (…, n, p); None of no columns."""
    return np.asarray(table[..., list(columns)].sum(axis=-1)) if columns else None


def weighted(values: Floats, weights: Floats) -> Floats:
    """Sums (…, n) of weight × value (…, n, p); what has no weight need not be known, and columns
    without any change no digit."""
    counts = (weights != 0).any(axis=tuple(range(weights.ndim - 1)))
    values, weights = values[..., counts], weights[..., counts]
    return np.asarray(np.where(weights == 0, 0.0, values * weights).sum(axis=-1))
