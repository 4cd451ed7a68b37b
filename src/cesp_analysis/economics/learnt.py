"""What more evidence is worth by regression of draws: a check beside each closed form.

Closed forms take what is not known for normal, and a trial's prior of several shocks pair by pair.
Draws have the shape of the bootstrap's samples, prices that of a gamma law, shocks that of their
mixture; the regression (parameter_value.py) takes nothing of it for normal.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.columns import Row
from cesp_analysis.economics.asked import EvaluateSpec
from cesp_analysis.economics.law import Law, brought_to
from cesp_analysis.economics.parameter_value import (
    RegressedValue,
    evppi,
    evsi_by_regression,
    trial_summaries,
)
from cesp_analysis.economics.quadrants import COST, QALY
from cesp_analysis.economics.varied import changed
from cesp_analysis.economics.words import HIGH, LOW, TORNADO
from cesp_analysis.models.student import t_quantile
from cesp_analysis.streams import stream

DRAWS = 5_000
"""Draws, at least; fewer samples of a law than the least are not drawn from."""


@dataclass(frozen=True)
class Price:
    """A parameter of the tornado that is known with an error: its name; the service whose cost it
    multiplies; what incremental cost rises by with each multiple of the value in use, £ a person;
    the multiple's SD (its mean is 1)."""

    name: str
    service: str
    slope: float
    sd: float

    @property
    def of_cost(self) -> float:
        """SD of incremental cost that not knowing it makes, £ a person."""
        return abs(self.slope) * self.sd


def prices_of(how: EvaluateSpec, rows: Iterable[Row], approach: str) -> list[Price]:
    """Those that say with which probability they lie between low and high; rows: the table
    Economics, of which the tornado's tell what each does to cost."""
    cost = {
        row["scenario"]: row["estimate"]
        for row in rows
        if row["quantity"] == "cost" and row["approach"] == approach
    }
    found = []
    for name, one in how.economics.tornado.items():
        ends = [cost.get(f"{TORNADO}{name}: {end}") for end in (LOW, HIGH)]
        if one.holds is None or ends[0] is None or ends[1] is None:
            continue
        by = (changed(one, value, how)[0] for value in (one.low, one.high))
        (service, low), (_, high) = (item for multiple in by for item in multiple.items())
        sd = (high - low) / (2 * t_quantile(0.5 + one.holds / 2, np.inf))
        found.append(Price(name, service, (ends[1] - ends[0]) / (high - low), sd))
    return found


def regressed_rows(
    rows: Iterable[Row],
    law: Law,
    prices: Sequence[Price],
    sds: Mapping[float, Floats],
    errors: Mapping[int, float],
    seed: int,
) -> Iterator[Row]:
    """Rows of the table Information with what draws say beside each.

    sds: threshold → SDs (pairs,) of shocks to net benefit, £; errors: people an arm of a trial →
    the standard error that its net benefit has, £.
    """
    samples = drawn_of(law, seed)
    drawn = np.tile(samples, (-(-DRAWS // len(samples)), 1))  # others are drawn anew beside each
    multiples = multiples_of(prices, len(drawn), seed)
    of_prices = (multiples - multiples.mean(axis=0)) @ np.array([one.slope for one in prices])
    names = [f"{TORNADO}{one.name}" for one in prices]
    for row in rows:
        of, at = row["of"], row["threshold"]
        benefit = at * drawn[:, QALY] - drawn[:, COST]
        shaken = benefit + _shocks(sds.get(at), len(drawn), seed)
        if of == "all":
            yield row | _drawn(shaken - of_prices)
        elif of == "trial":
            noise = np.array([[errors[row["size"]] ** 2]])
            seen = trial_summaries(shaken[:, None], noise, stream(seed, "trial"))
            yield row | _regressed(evsi_by_regression, shaken, seen, seed)
        elif of in names:
            yield row | _regressed(evppi, benefit - of_prices, multiples[:, names.index(of)], seed)
        else:
            seen = samples[:, COST if of == "cost" else QALY]
            yield row | _regressed(evppi, benefit[: len(samples)], seen, seed)


def drawn_of(law: Law, seed: int) -> Floats:
    """Draws (B, 2) of cost and QALYs with the law's mean and covariance: its own, normal ones where
    it has none."""
    own = law.draws
    if own is None:
        own = stream(seed, "law").standard_normal((DRAWS, 2))
    return brought_to(own, law.point, law.cov)


def multiples_of(prices: Sequence[Price], n: int, seed: int) -> Floats:
    """n draws (n, k) of the multiples: gamma, as prices are never below 0 (Briggs, Claxton &
    Sculpher 2006, Decision Modelling for Health Economic Evaluation, ch. 4)."""
    variance = np.array([one.sd for one in prices]) ** 2
    return stream(seed, "prices").gamma(1 / variance, variance, (n, len(prices)))


def _shocks(sds: Floats | None, n: int, seed: int) -> Floats:
    """What shocks to sites add to net benefit (n,), £: pairs of the prior are as likely."""
    if sds is None:
        return np.zeros(n)
    rng = stream(seed, "shocks")
    found = rng.choice(sds, n) * rng.standard_normal(n)
    return np.asarray(found - found.mean())  # the draws' own mean is no news


def _drawn(benefit: Floats) -> Row:
    """What deciding on the mean loses in each draw."""
    loss = np.maximum(benefit if benefit.mean() < 0 else -benefit, 0.0)
    error = float(loss.std(ddof=1) / np.sqrt(len(loss)))
    return {"regressed": float(loss.mean()), "regressed_error": error}


def _regressed(
    by: Callable[[Floats, Floats, np.random.Generator], RegressedValue],
    benefit: Floats,
    seen: Floats,
    seed: int,
) -> Row:
    """Of the intervention less control; blank where the regression finds no end."""
    both = np.column_stack([np.zeros(len(benefit)), benefit])
    try:
        found = by(both, seen, stream(seed, "coefficients"))
    except ArithmeticError:
        return {}
    return {"regressed": found.value, "regressed_error": found.std_error}
