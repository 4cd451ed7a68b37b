"""First and last values of people: correlation, spread for planning, responsiveness."""

from dataclasses import dataclass
from math import atanh, sqrt, tanh

import numpy as np

from cesp_analysis.columns import Row
from cesp_analysis.measurement.asked import MeasureSpec
from cesp_analysis.measurement.candidate import Candidate
from cesp_analysis.measurement.quantity import Quantity, normal_quantile, without
from cesp_analysis.measurement.responsiveness import (
    correlation,
    effect_size,
    guyatt_important,
    response_mean,
)
from cesp_analysis.measurement.second import Second
from cesp_analysis.measurement.spread import spread

NOUN = {"person": "people", "respondent": "respondents"}


@dataclass(frozen=True)
class Pairs:
    """First and last values (n,) of those who have both; group and arm of each."""

    before: np.ndarray
    after: np.ndarray
    group: np.ndarray
    arm: np.ndarray


def pairs_of(own: Candidate) -> Pairs:
    """Those who have a value at the first and at the last time."""
    if own.first == own.last:
        none = np.zeros(0)
        return Pairs(none, none, none.astype(str), none.astype(str))
    columns = ["unit", "value", "group", "arm"]
    known = own.rows[np.isfinite(own.values)]
    first = known.loc[known["time"].astype("str") == own.first, columns]
    last = known.loc[known["time"].astype("str") == own.last, ["unit", "value"]]
    both = first.astype({"unit": "str"}).merge(
        last.astype({"unit": "str"}), on="unit", suffixes=("", "_last")
    )
    return Pairs(
        both["value"].to_numpy(float),
        both["value_last"].to_numpy(float),
        both["group"].astype("str").to_numpy(),
        both["arm"].astype("str").to_numpy(),
    )


def changed(own: Candidate, pairs: Pairs, second: Second | str, how: MeasureSpec) -> Row:
    """The columns of Measurability from pairs to change."""
    noun = NOUN[own.outcome.level]
    told = pairs.arm == "intervention"
    before, after = pairs.before[told], pairs.after[told]
    r = within_correlation(pairs, how.ci_level)
    size = effect_size(before, after, how.seed, how.draws, how.ci_level)
    srm = response_mean(after - before, how.ci_level)
    guyatt = _guyatt(own, second, how)
    if not len(pairs.before):
        r = size = srm = without(_no_pairs(own, noun))
    named = {"correlation": r, "effect size": size, "SRM": srm, "Guyatt": guyatt}
    return {
        "pairs": len(pairs.before),
        "changed_n": int(told.sum()),
        **_three("correlation", r),
        **_spread(own, how),
        **_three("effect_size", size),
        **_three("srm", srm),
        **_three("guyatt", guyatt),
        "change_method": "; ".join(f"{n}: {q.method}" for n, q in named.items() if q.method)
        or None,
        "change": _reasons(named),
    }


def _no_pairs(own: Candidate, noun: str) -> str:
    """Why nobody has a first and a last value."""
    if own.first is None:
        return f"no {noun} have a value at any time"
    if own.first != own.last:
        return f"no {noun} have values at the first and the last time"
    if len(set(own.time)) > 1:
        return f"no {noun} have values at more than one time"
    return "was measured once"


def within_correlation(pairs: Pairs, ci_level: float) -> Quantity:
    """Of first and last values, the groups' means taken out; Fisher's interval loses a person for
    each group beyond the first."""
    n, groups = len(pairs.before), sorted(set(pairs.group))
    before, after = pairs.before.copy(), pairs.after.copy()
    for group in groups:
        here = pairs.group == group
        before[here] -= before[here].mean()
        after[here] -= after[here].mean()
    found = correlation(before, after, ci_level)
    room = n - 3 - (len(groups) - 1)
    if found.value is None or found.low is None or room < 1:
        return found
    half = normal_quantile(0.5 + ci_level / 2) / sqrt(room)
    low, high = tanh(atanh(found.value) - half), tanh(atanh(found.value) + half)
    return Quantity(found.value, low, high, "Pearson within groups, Fisher's z interval")


def _spread(own: Candidate, how: MeasureSpec) -> Row:
    here = (own.time == own.first) & np.isfinite(own.values)
    found = spread(
        [own.values[here & (own.group == group)] for group in own.groups], how.sd_confidence
    )
    return {
        "sd_within": found.sd,
        "sd_df": found.df,
        "sd_upper": found.upper,
        "sd_confidence": how.sd_confidence,
    }


def _guyatt(own: Candidate, second: Second | str, how: MeasureSpec) -> Quantity:
    """The difference to plan for, over the SD of changes of stable people."""
    if isinstance(second, str):
        return without(second)
    effect = how.effects.get(own.name)
    value = effect.value if effect else own.outcome.mid.value if own.outcome.mid else None
    if value is None:
        return without("neither an important difference nor one to plan for is declared")
    return guyatt_important(value, second.change, how.ci_level)


def _three(name: str, quantity: Quantity) -> Row:
    return {name: quantity.value, f"{name}_low": quantity.low, f"{name}_high": quantity.high}


def _reasons(named: dict[str, Quantity]) -> str | None:
    """Each reason once, with what it holds for."""
    found: dict[str, list[str]] = {}
    for name, quantity in named.items():
        if quantity.reason:
            found.setdefault(quantity.reason, []).append(name)
    said = [f"{', '.join(names)}: {reason}" for reason, names in found.items()]
    return "; ".join(said) or None
