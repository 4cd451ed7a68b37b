"""What follows from the level of shares and counts for each arm of a design.

Two answers of one person that are yes or no correlate at most by the root of the smaller over the
larger odds of the two shares: where one period is treated and the other is not, less than answers
of one share can. The formulas have one correlation: the mean over pairs of a design's periods.
"""

import numpy as np

from cesp_analysis.declared.trial_designs import TrialDesign
from cesp_analysis.planning.known import Floats
from cesp_analysis.planning.laid_out import layout_of
from cesp_analysis.planning.levels import spread_of_arms
from cesp_analysis.planning.uncertain import Uncertain


def by_arm(
    design: TrialDesign, drawn: Uncertain, control: Floats, change: float, level: str
) -> Uncertain:
    """The draws with what shares and counts (level) of people vary by in each arm, and how alike
    two of a person's answers can be.

    control (draws,): the control arm's level; change: intervention less control.
    """
    own = dict(drawn.values)
    spread = spread_of_arms(control, own["sd"], own["icc"], change, level)
    if level == "binary":
        own["iac"] = alike_by_arm(design, own["iac"], control, control + change)
    return Uncertain({
        **own, "sd_controls": spread.controls, "sd_served": spread.served,
        "sd_places": spread.places, **spread.parts(own["sd"]),
    })  # fmt: skip


def alike_by_arm(design: TrialDesign, alike: Floats, control: Floats, treated: Floats) -> Floats:
    """Correlation (draws,) of two answers of a person that are yes or no, shares as here: `alike`
    as far as it can be."""
    if not design.followed:
        return alike
    with np.errstate(divide="ignore", invalid="ignore"):  # shares of 0 and 1: any correlation
        odds = control / (1 - control), treated / (1 - treated)
        most = np.sqrt(np.minimum(*odds) / np.maximum(*odds))
    apart = _apart(design)
    return np.asarray((1 - apart) * alike + apart * np.fmin(alike, most))


def _apart(design: TrialDesign) -> float:
    """Share of the pairs of periods, over locations, of which one alone is treated."""
    if design.kind == "individual":
        return 0.5  # of the arm with link workers
    layout = layout_of(design)
    both = layout.observed[:, :, None] & layout.observed[:, None, :]
    differ = both & (layout.treated[:, :, None] != layout.treated[:, None, :])
    pairs = both.sum(axis=(1, 2)) - layout.observed.sum(axis=1)
    return float(layout.share @ differ.sum(axis=(1, 2)) / (layout.share @ pairs))
