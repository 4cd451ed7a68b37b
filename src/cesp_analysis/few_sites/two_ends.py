"""Difference in differences and analysis of covariance of the same people, and why they differ.

With b the slope of the later answer on the first within arms and gap the arms' difference at
baseline, DiD - ANCOVA = (b - 1) * gap exactly: the residuals of least squares on the baseline are
orthogonal to the arm. Ding & Li (2019), Political Analysis 27:605-15, for when they bracket an
effect; Van Breukelen (2006), J Clin Epidemiol 59:920-5, for what groups that differed before do.
"""

from dataclasses import dataclass

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.models.did_design import fitted
from cesp_analysis.models.least_squares import DEPENDENT
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.sandwich import Inference, infer


@dataclass(frozen=True)
class TwoEnds:
    """Both ends from the same people, in the outcome's unit; HC2 errors (people independent).

    gap: intervention minus control at baseline; sd: at baseline within arms, pooled (None: it does
    not vary); slope: of the later answer on the first within arms. An end that these data do not
    hold is the reason why, as text.
    """

    gap: float
    sd: float | None
    slope: float | None
    did: Inference | str
    ancova: Inference | str

    @property
    def difference(self) -> float | None:
        """DiD - ANCOVA, which is (slope - 1) * gap."""
        return None if self.slope is None else (self.slope - 1) * self.gap

    @property
    def gap_in_sd(self) -> float | None:
        """The gap in SDs within arms."""
        return self.gap / self.sd if self.sd else None


def two_ends(before: Floats, after: Floats, arm: Floats) -> TwoEnds:
    """Both ends from people's first (n,) and later (n,) answers; arm (n,) 1 intervention."""
    treated = arm == 1
    gap = float(before[treated].mean() - before[~treated].mean())
    inside, later = within(before, treated), within(after, treated)
    squares = float(inside @ inside)
    known = squares > DEPENDENT**2 * float(before @ before)
    x = {"(intercept)": np.ones(len(arm)), "arm": arm}
    did = _inferred(after - before, x)
    if not known:
        reason = "everybody of an arm has the same value at baseline: nothing to adjust for"
        return TwoEnds(gap, None, None, did, reason)
    slope = float(inside @ later) / squares
    ancova = _inferred(after, x | {"(baseline)": before})
    return TwoEnds(gap, float(np.sqrt(squares / (len(before) - 2))), slope, did, ancova)


def within(y: Floats, treated: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> Floats:
    """Deviations (n,) from the mean of each one's arm."""
    return np.asarray(y - np.where(treated, y[treated].mean(), y[~treated].mean()))


def _inferred(y: Floats, x: dict[str, Floats]) -> Inference | str:
    """The arm's coefficient; the reason if there is no error for it."""
    try:
        fit = fitted(y, x, None)
        return infer(fit, np.array([float(name == "arm") for name in x]), "HC2")
    except NotEstimable as error:
        return str(error)
