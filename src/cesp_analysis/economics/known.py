"""What is known of net benefit at the declared threshold: where planning a trial begins."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from cesp_analysis.economics.asked import EvaluateSpec
from cesp_analysis.economics.data import Data
from cesp_analysis.economics.decided import shocks, spread
from cesp_analysis.economics.law import Law
from cesp_analysis.models.prior import Prior


def known_rows(
    how: EvaluateSpec, approach: str, law: Law, sets: Sequence[Data], prior: Prior | None
) -> Iterator[dict[str, Any]]:
    """Rows of the table NetBenefitKnown, where the study says whom a decision concerns.

    One for each pair of the prior of shocks to sites, all as likely; one without a shock where
    there is no prior.
    """
    if how.economics.information is None:
        return
    threshold = how.economics.decided_at
    at = np.array([threshold])
    mean, error = law.net_benefit(at)
    same = {
        "approach": approach,
        "threshold": threshold,
        "expected": float(mean[0]),
        "std_error": float(error[0]),
        "among": float(np.mean([spread(data, threshold) for data in sets])),
    }
    sds = np.zeros((1, 1)) if prior is None else shocks(how, approach, sets, at, prior)
    for pair, sd in enumerate(sds[:, 0].tolist()):
        yield same | {"pair": pair, "shock_sd": sd}
