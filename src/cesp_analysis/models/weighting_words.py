"""What is said of weighted estimates: warnings, and why there are none."""

import numpy as np

from cesp_analysis.models.balance import (
    CovariateBalance,
    Group,
    GroupWeights,
    differing,
    weights_of,
)
from cesp_analysis.models.frame import Frame
from cesp_analysis.models.overlap import DependentIn, OutOfReach, Parted
from cesp_analysis.models.refusals import Collinear
from cesp_analysis.models.spec import ModelSpec

BALANCED = (
    "Balancing covariates does not remove a site shock: weights make the arms alike in what was"
    " measured and named, and whatever else happened at one of the sites is part of the estimate as"
    " before."
)
"""The sentence that every weighted estimate of arms made of sites carries."""

PRECISION_NOT_SAMPLING = (
    "the weights are taken as precisions (a record of weight 2 is as sure as the mean of two): the"
    " variances of residuals are those of a record of weight 1. If they are survey weights, which"
    " say how many people a record stands for, use kind did with covariance: CR2"
)
"""What weights mean to a mixed model and to classical errors; those of surveys mean others."""

ALIKE = 0.1
"""Standardised differences up to this are called small (Austin 2009, Stat Med 28:3083-107)."""


LARGEST_SHARE, LEAST_EFFECTIVE = 0.1, 0.5
"""By default: the share of a group's weight that one record may carry, and the part of a group's
records that its effective sample size should at least be, before a row says so."""
OVERLAP = "look at where the groups overlap"
AS_GIVEN = "look at the weights of these records, and at the estimate without weights"
SAMPLED = f"the sampling weights alone make it so: {AS_GIVEN}"


def exploding(
    weights: dict[str, GroupWeights],
    largest_share: float,
    least_effective: float,
    look: str = OVERLAP,
) -> list[str]:
    """A sentence for each group in which few records carry the weight; look: the remedy."""
    said = []
    for name, group in weights.items():
        if group.largest_share > largest_share or group.effective < least_effective * group.n:
            said.append(
                f"{name}: the {group.n} records are worth {group.effective:.1f} equally weighted"
                f" ones, and one carries {group.largest_share:.0%} of the weight: few people"
                f" decide this estimate; {look}"
            )
    return said


def uneven(
    spec: ModelSpec, frame: Frame, weight: np.ndarray, time: str | None, once: bool = False
) -> list[str]:
    """A sentence for each arm and time in which few records carry the weights of the panel.

    weight (n,) of the frame's records, above zero; time: of the estimate, beside the reference time
    (None: all times count); once: people have one weight at both times, which counts once. Nothing
    where the model takes no weights.
    """
    if not spec.weighted:
        return []
    asked = {spec.reference_time().name, time}
    cells = {
        f", {moment.label}": frame.time == index
        for index, moment in enumerate(spec.moments())
        if (moment.name in asked or time is None) and (frame.time == index).any()
    }
    if once or len(cells) == 1:
        cells = {"": next(iter(cells.values()))}
    groups = [
        Group(f"{arm} arm{cell}", rows & (frame.arm == code))
        for arm, code in (("intervention", 1), ("control", 0))
        for cell, rows in cells.items()
    ]
    held = weights_of([group for group in groups if group.rows.any()], weight)
    return exploding(held, LARGEST_SHARE, LEAST_EFFECTIVE, AS_GIVEN)


def as_precisions(spec: ModelSpec) -> tuple[str, ...]:
    """What the weights of a model are taken to be, where that is no number of people."""
    precise = spec.weighted and spec.weights_are_precisions()
    return (PRECISION_NOT_SAMPLING,) if precise else ()


def still_apart(compared: str, balance: dict[str, CovariateBalance]) -> list[str]:
    """A sentence on covariates that still differ after weighting."""
    listed = ", ".join(f"{name} {value:+.2f}" for name, value in differing(balance, ALIKE))
    if not listed:
        return []
    return [
        f"after weighting, {compared} still differ by more than {ALIKE:g} standard deviations in:"
        f" {listed}"
    ]


def fault_words(error: Exception, names: tuple[str, ...], cells: list[str]) -> str:
    """Why the weights cannot be found, for an analyst.

    names (p,): of what was to be balanced; cells: of the arms at both times, as strata_of counts.
    """
    if not isinstance(error, Collinear | DependentIn | Parted | OutOfReach):
        return str(error)
    listed = " and ".join(names[column] for column in error.columns)
    cell = None if isinstance(error, Collinear) else error.cell
    one, other = ("intervention arm", "control arm") if cell is None else (cells[0], cells[cell])
    if isinstance(error, DependentIn):
        return (
            f"{listed}: among those of the {other} it can be computed from the other covariates, or"
            " is the same for all, so it cannot be adjusted for there; leave it out or combine its"
            " categories"
        )
    if isinstance(error, Collinear):
        return (
            f"{listed}: can be computed from the other covariates, or is the same for everybody, so"
            " it cannot be balanced beside them; leave it out"
        )
    if isinstance(error, Parted):
        return _parted(error, listed, one, other)
    return _out_of_reach(error, listed, one, other)


def _parted(error: Parted, listed: str, one: str, other: str) -> str:
    if error.ranges is None:
        return (
            f"{listed} together part the {one} from the {other}: a propensity of 0 or 1 fits best"
            " and none can be estimated; name fewer covariates, or combine categories"
        )
    first, second = error.ranges
    return (
        f"{listed} parts the {one} ({_words(first)}) from the {other} ({_words(second)}): a"
        " propensity of 0 or 1 fits best and none can be estimated; leave it out, combine its"
        " categories, or compare those whom both hold"
    )


def _out_of_reach(error: OutOfReach, listed: str, one: str, other: str) -> str:
    if error.target is None or error.held is None:
        return (
            f"{listed} cannot be balanced together: the means of the {one} lie outside every"
            f" weighting of the {other}; name fewer covariates, or combine categories"
        )
    return (
        f"{listed} cannot be balanced: the mean of the {one} ({error.target:.4g}) is not inside"
        f" what the {other} holds ({_words(error.held)}), so no weights reach it; leave it out,"
        " combine its categories, or compare those whom both hold"
    )


def _words(held: tuple[float, float]) -> str:
    low, high = held
    return f"{low:.4g}" if low == high else f"{low:.4g} to {high:.4g}"
