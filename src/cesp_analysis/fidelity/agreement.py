"""How alike raters rated the same person: shares, kappa, intraclass correlations."""

from collections.abc import Iterator
from math import nan
from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis.columns import Row
from cesp_analysis.declared.delivery import Rated
from cesp_analysis.fidelity.intraclass import NAMES, Form, pair_icc
from cesp_analysis.fidelity.kappa import FEWEST, TOO_FEW, kappa
from cesp_analysis.fidelity.pairs import Pairs, Scored, pairs_of
from cesp_analysis.fidelity.scores import OVERALL, level_of
from cesp_analysis.fidelity.shares import wilson_of
from cesp_analysis.measurement.cluster_icc import cluster_icc
from cesp_analysis.measurement.quantity import Quantity, normal_quantile, without

ONE_RATER = "its ratings name one rater alone: nobody else rated the same people"
NO_RATERS = "the ratings do not name their raters"
NO_RATINGS = "there are no ratings by it"
FEW = {
    "sources": "fewer than 3 people were rated by both within {days} days",
    "raters": "fewer than 3 people were rated by two of its raters within {days} days",
}
_CODES = {"low": 0, "moderate": 1, "high": 2}


def agreement(table: pd.DataFrame, how: Rated, level: float) -> list[Row]:
    """Rows of FidelityAgreement but for link workers; the order of `table` does not matter."""
    found: list[Row] = []
    coded: dict[int, dict[str, np.ndarray]] = {}
    for pairs in pairs_of(table, how):
        own = pairs.table
        codes = coded.setdefault(id(own), _codes(own, how))
        units = np.unique(own.units.astype(str), return_inverse=True)[1]
        why = _why_none(pairs, table)
        for word in (OVERALL, *how.components):
            size = 3 if word == OVERALL else len(how.steps)
            values = own.values[word].to_numpy(dtype=float)
            measured = _measured(pairs, values, codes[word], size, units, how, level, why)
            key = {"of": pairs.of, "first": pairs.first, "second": pairs.second, "component": word}
            found += [key | row | {"ci_level": level} for row in measured]
    return found


def _codes(table: Scored, how: Rated) -> dict[str, np.ndarray]:
    """Component → the category of each row (n,), -1 where it was not rated."""
    found = {w: nearest(table.chosen[w].to_numpy(dtype=float), how.steps) for w in how.components}
    levels = level_of(table.chosen[OVERALL], how).map(_CODES).fillna(-1)
    return found | {OVERALL: levels.to_numpy(dtype=np.int64)}


def nearest(values: np.ndarray, steps: tuple[float, ...]) -> np.ndarray:
    """The number of the nearest step, the lower of two equally near ones; -1 where unknown."""
    apart = np.abs(np.subtract.outer(np.where(np.isnan(values), 0.0, values), np.array(steps)))
    codes = np.argmin(apart.round(12), axis=1)
    return np.where(np.isnan(values), -1, codes)


def _why_none(pairs: Pairs, table: pd.DataFrame) -> str:
    """Why there is no pair, where the ratings tell more than that there are too few."""
    if pairs.of == "sources":
        known = set(table["source"])
        lacking = [name for name in (pairs.first, pairs.second) if name not in known]
        return f"there are no ratings by {', '.join(lacking)}" if lacking else ""
    if pairs.first != pairs.second:
        return ""
    own = table.loc[table["source"] == pairs.first, "rater"]
    if own.empty:
        return NO_RATINGS
    if own.isna().all():
        return NO_RATERS
    return ONE_RATER if own.dropna().nunique() == 1 else ""


def _measured(
    pairs: Pairs,
    values: np.ndarray,
    codes: np.ndarray,
    size: int,
    units: np.ndarray,
    how: Rated,
    level: float,
    why: str,
) -> Iterator[Row]:
    """The same category, kappa, weighted kappa and ICC of one component."""
    known = (codes[pairs.one] >= 0) & (codes[pairs.two] >= 0)
    one, two = pairs.one[known], pairs.two[known]
    people, a, b = units[one], codes[one], codes[two]
    if len(np.unique(people)) < FEWEST:
        why = why or FEW[pairs.of].format(days=how.paired_within)
    either = pairs.interchangeable
    form: Form = "one_way" if either else "agreement"
    plain = kappa(a, b, size, people, "none", either, level)
    weighted = kappa(a, b, size, people, how.weights, either, level)
    found = {
        "same category": _same(a == b, people, level),
        "kappa": plain.value,
        "weighted kappa": weighted.value,
        NAMES[form]: pair_icc(values[one], values[two], people, form, level),
    }
    for measure, quantity in found.items():
        reason = why if why and quantity.value is None else quantity.reason
        yield {
            "measure": measure,
            "pairs": len(one),
            "people": len(np.unique(people)),
            **of_quantity(quantity),
            "reason": reason,
        }


def of_quantity(quantity: Quantity) -> Row:
    """status, estimate, limits, method and reason of a quantity."""
    return {
        "status": "not_estimable" if quantity.value is None else "estimated",
        "estimate": quantity.value,
        "ci_low": quantity.low,
        "ci_high": quantity.high,
        "method": quantity.method or None,
        "reason": quantity.reason,
    }


def _same(same: np.ndarray, people: np.ndarray, level: float) -> Quantity:
    """The share of pairs in the same category; Wilson's interval of as many independent pairs as
    pairs of these people are worth."""
    who = np.unique(people, return_inverse=True)[1]
    count = int(who.max()) + 1 if len(who) else 0
    if count < FEWEST:
        return without(TOO_FEW)
    n, share = len(same), float(same.mean())
    sums = np.bincount(who, same - share) / n
    variance = count / (count - 1) * float(sums @ sums)
    worth = share * (1 - share) / variance if variance > 0 else float(count)
    worth = n if count == n else min(worth, n)
    z = normal_quantile(0.5 + level / 2)
    low, high = wilson_of(share, worth, z)
    how = "Wilson" if count == n else "Wilson, of the effective number of pairs"
    return Quantity(share, low, high, how)


def of_link_workers(scores: "pd.Series[Any]", workers: "pd.Series[Any]", level: float) -> Row:
    """How alike the overall fidelity of people of one link worker is: their ICC."""
    known = scores.notna() & workers.notna()
    own, of = scores[known].to_numpy(dtype=float), workers[known].to_numpy(dtype=object)
    found = cluster_icc(own, np.unique(of.astype(str), return_inverse=True)[1], level=level)
    quantity = Quantity(found.value, found.low, found.high, found.method, found.reason)
    if found.value is None:
        quantity = without(found.reason or "")
    return {
        "of": "link_worker",
        "first": "link_worker",
        "second": None,
        "component": OVERALL,
        "measure": "ICC of link workers",
        "pairs": found.n,
        "people": found.clusters,
        **of_quantity(quantity),
        "ci_level": level if found.value is not None else nan,
    }
