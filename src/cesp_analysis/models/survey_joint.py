"""Whether the effects at all later waves are zero, by the design: an adjusted Wald F.

Source: Korn & Graubard (1990), Am Stat 44:270-76: with d degrees of freedom of the design and q
effects, (d - q + 1) / (d q) times Wald's statistic is F on q and d - q + 1.
"""

from typing import TYPE_CHECKING, Any

import numpy as np

from cesp_analysis.declared.design import Moment
from cesp_analysis.models.joint import Effects, as_diagnostic, test_of

if TYPE_CHECKING:
    from cesp_analysis.models.survey_group import Found


def joint_known(times: tuple[Moment, ...], found: "Found") -> dict[str, Any]:
    """The test as a diagnostic, or why there is none; found: of every coefficient."""
    if len(times) < 2:
        return {}
    rows = np.stack([found.regressed.fitted.contrast(time) for time in times])
    q, d = len(rows), found.said.df
    if d < q:
        return as_diagnostic(f"{d} degrees of freedom of the design are too few for {q} effects")
    effects = rows @ found.regressed.fitted.fit.coef
    covariance = rows @ found.said.covariance @ rows.T
    if np.linalg.matrix_rank(covariance) < q:
        return as_diagnostic("the sampling units leave no joint variance of the effects")
    words = "F, design-based (adjusted Wald test)"
    return as_diagnostic(test_of(Effects(effects, covariance, (d - q + 1) / d), d - q + 1, words))
