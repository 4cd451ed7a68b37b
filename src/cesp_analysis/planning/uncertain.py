"""What is assumed of a trial, as draws: each row one set of assumptions that may be true."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.planning.known import Floats, Told
from cesp_analysis.planning.outside import SitePairs
from cesp_analysis.planning.scales import proportions


@dataclass(frozen=True)
class Uncertain:
    """values: name of a field of planning's Scenarios → its draws (draws,), rows belong together;
    said: the same names → where the draws come from."""

    values: Mapping[str, Floats]
    said: Mapping[str, str]

    @property
    def draws(self) -> int:
        """How many rows there are."""
        return len(next(iter(self.values.values())))

    def middle(self) -> dict[str, Floats]:
        """The median (1,) of each by itself: the one set of assumptions of a plan without
        uncertainty."""
        return {name: np.median(drawn, keepdims=True) for name, drawn in self.values.items()}


def uncertain(
    told: Mapping[str, Told], pairs: SitePairs | None = None, total: bool = False
) -> Uncertain:
    """Draws by name, and those of site pairs as icc and cac; all of one length.

    With pairs `sd` is that of people within a location of this study; that of the trial holds the
    differences between locations too: sd / √(1 - icc), row by row. total: it holds them already, as
    that of a share (`sd_of_shares`). NotEstimable for a quantity
    without draws, ValueError for lengths that differ.
    """
    values, said = {}, {}
    for name, one in told.items():
        if one.draws is None:
            raise NotEstimable(f"{name}: this study does not tell it ({one.reason})")
        values[name], said[name] = one.draws, one.method
    if pairs is not None:
        values |= {"icc": pairs.icc, "cac": pairs.cac}
        said |= {"icc": pairs.said, "cac": "of the same pair as the ICC"}
    if len({len(drawn) for drawn in values.values()}) > 1:
        raise ValueError(f"draws of different lengths: { {n: len(d) for n, d in values.items()} }")
    if pairs is not None and "sd" in values and not total:
        values["sd"] = values["sd"] / np.sqrt(1 - pairs.icc)
        said["sd"] += "; within locations, over √(1 − ICC)"
    return Uncertain(values, said)


def not_below_zero(told: Told) -> Told:
    """The same with draws below 0 at 0, and how many said: where a quantity is a share of variance,
    as a correlation of one person's answers within a location is in a cohort."""
    if told.draws is None or not (below := told.draws < 0).any():
        return told
    said = f"{told.method}; {below.mean():.1%} of draws below 0 count as 0"
    return replace(told, draws=np.maximum(told.draws, 0.0), method=said)


def sd_of_shares(control: Floats, difference: float, share: float = 0.5) -> Floats:
    """Total SD (n,) of an answer of yes or no for draws (n,) of the share in the control arm, at a
    difference between arms; share: of locations that are treated. NaN, which leaves a draw
    unanswered, where the other arm's share would not lie between 0 and 1."""
    other = control + difference
    can = (other > 0) & (other < 1) & (control > 0) & (control < 1)
    found = np.full(len(control), np.nan)
    found[can] = proportions(control[can], other[can], 0.0, share).sd
    return found


def crossed(designs: Mapping[str, Floats], known: Mapping[str, Floats]) -> dict[str, Floats]:
    """Each design (k,) with each row of what is known (draws,): (k × draws,) by name, the draws of
    a design together."""
    k, draws = len(next(iter(designs.values()))), len(next(iter(known.values())))
    return {name: np.repeat(value, draws) for name, value in designs.items()} | {
        name: np.tile(value, k) for name, value in known.items()
    }
