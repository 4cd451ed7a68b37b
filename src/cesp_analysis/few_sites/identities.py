"""Numbers that must be the same, checked where their conditions hold: held, not applicable, failed.

A failure is a warning, never a stop: it means that one of two ways of computing the same number is
wrong for these data.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.few_sites.two_ends import TwoEnds, within
from cesp_analysis.models.did_design import fitted
from cesp_analysis.models.nested import (
    NotConverged,
    NotIdentified,
    ZeroResidualVariance,
    fit_nested,
)
from cesp_analysis.models.nested_df import judged
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.sandwich import infer
from cesp_analysis.models.weighted_means import weighted_change

if TYPE_CHECKING:
    import pandas as pd

    from cesp_analysis.models.balanced import Sample
    from cesp_analysis.models.weighted_means import Weighted

Status = Literal["held", "not applicable", "failed"]

ROUNDING = 1e-9
"""Of the largest answer: sums of a million numbers differ by less."""
OPTIMUM = 1e-6
"""Relative: how near an iterated likelihood's errors and df come to the closed form."""
BALANCED = 1e-8
"""Of the largest change: what is left of balance after Newton's method."""


@dataclass(frozen=True)
class Identity:
    """One row of identities.csv; see schemas.Identities."""

    identity: str
    level: str
    outcome: str
    time: str
    status: Status
    reason: str | None = None
    one: float | None = None
    other: float | None = None
    tolerance: float | None = None


@dataclass(frozen=True)
class Checked:
    """What a check found, still without the outcome and time it is about."""

    identity: str
    one: float | None = None
    other: float | None = None
    tolerance: float | None = None
    reason: str | None = None
    failed: bool = False

    def about(self, level: str, outcome: str, time: str) -> Identity:
        """The row of the table."""
        one, other, room = self.one, self.other, self.tolerance
        if one is None or other is None or room is None:
            none: Status = "failed" if self.failed else "not applicable"
            return Identity(self.identity, level, outcome, time, none, self.reason)
        held = abs(one - other) <= room
        said = None if held else f"they differ by {one - other:.3g}, more than rounding"
        return Identity(
            self.identity, level, outcome, time, "held" if held else "failed", said, one, other,
            room,
        )  # fmt: skip


BRACKET = "DiD − ANCOVA = (slope − 1) × baseline gap"
MEANS = "DiD by regression = difference of mean differences"
MIXED = "mixed model, arm × time = t-test on change: "
NO_ANSWER = "one of them has no answer: {fault}"
BALANCE = "entropy-balanced ATT = improved doubly robust"


def check_bracket(ends: TwoEnds, size: float) -> Checked:
    """The two ends differ by what the slope and the gap say."""
    if isinstance(ends.did, str) or isinstance(ends.ancova, str) or ends.difference is None:
        return Checked(BRACKET, reason="one of the ends is not estimable")
    found = ends.did.estimate - ends.ancova.estimate
    return Checked(BRACKET, found, ends.difference, ROUNDING * size)


def check_means(before: Floats, after: Floats, arm: Floats) -> Checked:
    """y ~ arm × time on the same records, without covariates."""
    y, late = np.concatenate([before, after]), np.repeat([0.0, 1.0], len(arm))
    both = np.tile(arm, 2)
    x = {"1": np.ones(len(y)), "arm": both, "time": late, "arm:time": both * late}
    treated = arm == 1
    changes = [float(after[rows].mean() - before[rows].mean()) for rows in (treated, ~treated)]
    try:
        one = float(fitted(y, x, None).coef[3])
    except NotEstimable as fault:
        return Checked(MEANS, reason=NO_ANSWER.format(fault=fault))
    return Checked(MEANS, one, changes[0] - changes[1], ROUNDING * float(np.abs(y).max()))


def check_mixed(before: Floats, after: Floats, arm: Floats) -> list[Checked]:
    """y ~ arm × time with an intercept for each person: estimate, error and df of the t-test.

    The variance between people must be estimated above zero: then the likelihood is as large as
    the mean squares make it, and balanced data leave the closed form.
    """
    names = [MIXED + part for part in ("estimate", "standard error", "df")]

    def without(reason: str, failed: bool = False) -> list[Checked]:
        return [Checked(name, reason=reason, failed=failed) for name in names]

    treated = arm == 1
    if float(within(before, treated) @ within(after, treated)) <= 0:
        return without("the variance between people is estimated as zero")
    n = len(arm)
    late, both = np.repeat([0.0, 1.0], n), np.tile(arm, 2)
    x = np.column_stack([np.ones(2 * n), both, late, both * late])
    y = np.concatenate([before, after])
    try:
        t_test = infer(
            fitted(after - before, {"1": np.ones(n), "arm": arm}, None),
            np.array([0.0, 1.0]),
            "classical",
        )
        fit = fit_nested(y, x, [np.tile(np.arange(n), 2)])
        contrast = np.array([0.0, 0.0, 0.0, 1.0])
        error, df = judged(fit, contrast, "kenward_roger", "expected")
    except NotConverged as fault:
        return without(f"the mixed model has no answer: {fault}", failed=True)
    except (NotIdentified, ZeroResidualVariance, NotEstimable) as fault:
        return without(NO_ANSWER.format(fault=fault))
    pairs = ((float(fit.coef[3]), t_test.estimate), (error, t_test.std_error), (df, t_test.df))
    rooms = (ROUNDING * float(np.abs(y).max()), OPTIMUM * t_test.std_error, OPTIMUM * t_test.df)
    return [
        Checked(name, one, other, room)
        for name, (one, other), room in zip(names, pairs, rooms, strict=True)
    ]


def check_balance(sample: "Sample", doubly: "Weighted") -> Checked:
    """The entropy-balanced difference in mean change, of the moments that DR-DiD took."""
    frame = sample.frame
    try:
        balanced = weighted_change(frame.y, frame.arm, sample.x, "entropy", sample.sampling)
    except NotEstimable as fault:
        return Checked(BALANCE, reason=NO_ANSWER.format(fault=fault))
    one, other = balanced.influence.estimate, doubly.influence.estimate
    return Checked(BALANCE, one, other, BALANCED * float(np.abs(frame.y).max()))


def identities_table(rows: list[Identity]) -> "pd.DataFrame":
    """The checks as a table with the columns of schemas.Identities."""
    import pandas as pd

    from cesp_analysis.few_sites.tables import Identities

    return pd.DataFrame([vars(row) for row in rows], columns=list(Identities.columns()))
