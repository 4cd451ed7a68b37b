"""What follows from the level of shares and counts for each arm of a design.

Two answers of one person that are yes or no correlate at most by the root of the smaller over the
larger odds of the two shares: where one period is treated and the other is not, less than answers
of one share can. The formulas have one SD, that of both arms at the end, and one correlation: the
one with which they have the variance that such answers leave.

How it is computed: with v the variances of the two shares, c the covariances of two answers and s²
the mean of v over arms. Adjusted for the first answer a common slope b = mean c / v0 leaves
s² - b² v0 on average over the arms: the correlation is mean c / (sd0 s). Else the effect is a sum
of people's answers with weights a, their treatment less what sequence and period tell of it, and
has the variance of their changes, (vs + vt) / 2 - c of two periods weighed by -a_s a_t: the
correlation is 1 - this mean over s².
"""

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.declared.trial_designs import TrialDesign
from cesp_analysis.planning.laid_out import layout_of
from cesp_analysis.planning.layouts import Layout
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
    """The formulas' correlation (draws,) of two answers of a person that are yes or no, of shares
    control and treated, each pair of which correlates by `alike` as far as it can."""
    if not design.followed:
        return alike
    shares = control, treated
    spread = [one * (1 - one) for one in shares]
    with np.errstate(divide="ignore", invalid="ignore"):  # shares of 0 and 1: any correlation
        odds = [one / (1 - one) for one in shares]
        most = np.sqrt(np.minimum(*odds) / np.maximum(*odds))
        across = np.fmin(alike, most) * np.sqrt(spread[0] * spread[1])
        both = (spread[0] + spread[1]) / 2
        if design.kind in ("parallel_baseline", "individual"):
            covariance = (alike * spread[0] + across) / 2
            found = covariance / np.sqrt(spread[0] * both)
        else:
            never, always, once = _changes(layout_of(design))
            same = (1 - alike) * (never * spread[0] + always * spread[1])
            found = 1 - (same + once * (both - across)) / both
    return np.where(np.isfinite(found), found, alike).clip(0, None)


def _changes(layout: Layout) -> tuple[float, ...]:
    """Weights of changes between two periods of which neither is treated, both are, one alone."""
    sequence, period = np.nonzero(layout.observed)
    treated, root = layout.treated[sequence, period], np.sqrt(layout.share[sequence])
    told = np.hstack([np.eye(layout.sequences)[sequence], np.eye(layout.periods)[period]])
    fit = np.linalg.lstsq(told * root[:, None], treated * root, rcond=None)[0]
    own = treated - told @ fit
    pairs = -np.outer(own * root, own * root) * (sequence[:, None] == sequence)
    np.fill_diagonal(pairs, 0)
    ends = treated[:, None] + treated
    return tuple(float(pairs[ends == both].sum() / pairs.sum()) for both in (0, 2, 1))
