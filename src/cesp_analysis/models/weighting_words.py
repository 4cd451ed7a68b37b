"""What is said of weighted estimates: warnings, and why there are none."""

import numpy as np

from cesp_analysis.models.balance import CovariateBalance, GroupWeights, differing
from cesp_analysis.models.frame import Frame
from cesp_analysis.models.overlap import DependentIn, OutOfReach, Parted
from cesp_analysis.models.refusals import Collinear

BALANCED = (
    "Balancing covariates does not remove a site shock: weights make the arms alike in what was"
    " measured and named, and whatever else happened at one of the sites is part of the estimate as"
    " before."
)
"""The sentence that every weighted estimate of arms made of sites carries."""

ALIKE = 0.1
"""Standardised differences up to this are called small (Austin 2009, Stat Med 28:3083-107)."""


def exploding(
    weights: dict[str, GroupWeights], largest_share: float, least_effective: float
) -> list[str]:
    """A sentence for each group in which few records carry the weight."""
    said = []
    for name, group in weights.items():
        if group.largest_share > largest_share or group.effective < least_effective * group.n:
            said.append(
                f"{name}: the {group.n} records are worth {group.effective:.1f} equally weighted"
                f" ones, and one carries {group.largest_share:.0%} of the weight: few people"
                " decide this estimate; look at where the groups overlap"
            )
    return said


def still_apart(compared: str, balance: dict[str, CovariateBalance]) -> list[str]:
    """A sentence on covariates that still differ after weighting."""
    listed = ", ".join(f"{name} {value:+.2f}" for name, value in differing(balance, ALIKE))
    if not listed:
        return []
    return [
        f"after weighting, {compared} still differ by more than {ALIKE:g} standard deviations in:"
        f" {listed}"
    ]


def fault_words(error: Exception, frame: Frame, x: np.ndarray, names: tuple[str, ...]) -> str:
    """Why the weights cannot be found, for an analyst. x (n, p): what was to be balanced."""
    if isinstance(error, DependentIn):
        arm = "intervention" if error.cell < 2 else "control"
        when = "the later" if error.cell % 2 else "the reference"
        listed = ", ".join(names[column] for column in error.columns)
        return (
            f"{listed}: among the {arm} arm's records at {when} time it can be computed from the"
            " other covariates, so no regression can be fitted there; leave it out or combine its"
            " categories"
        )
    if not isinstance(error, Collinear | Parted | OutOfReach):
        return str(error)
    listed = " and ".join(names[column] for column in error.columns)
    if isinstance(error, Collinear):
        return (
            f"{listed}: can be computed from the other covariates, or is the same for all who are"
            " compared, so it cannot be balanced beside them; leave it out"
        )
    if len(error.columns) > 1:
        return _together(error, listed)
    value = x[:, error.columns[0]]
    one, other = value[frame.arm == 1], value[frame.arm == 0]
    ranges = f"{_range(one)} in the intervention arm, {_range(other)} in the control arm"
    if isinstance(error, Parted):
        return (
            f"{listed} parts the groups ({ranges}), so that a propensity of 0 or 1 fits best and"
            " none can be estimated; leave it out, combine its categories, or compare those whom"
            " both groups hold"
        )
    return (
        f"{listed} cannot be balanced: the intervention arm's mean ({one.mean():.4g}) is not"
        f" inside what those to be weighted hold ({ranges}), so no weights reach it; leave it out,"
        " combine its categories, or compare those whom both arms hold"
    )


def _together(error: Parted | OutOfReach, listed: str) -> str:
    if isinstance(error, Parted):
        return (
            f"{listed} together part the groups: a propensity of 0 or 1 fits best and none can be"
            " estimated; name fewer covariates, or combine categories"
        )
    return (
        f"{listed} cannot be balanced together: the intervention arm's means lie outside every"
        " weighting of the records to be weighted; name fewer covariates, or combine categories"
    )


def _range(values: np.ndarray) -> str:
    low, high = values.min(), values.max()
    return f"{low:g}" if low == high else f"{low:g} to {high:g}"
