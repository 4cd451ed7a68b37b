"""What more evidence would be worth: to know all, a part of it, or what a further trial tells."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from cesp_analysis.economics.asked import EvaluateSpec
from cesp_analysis.economics.data import Data
from cesp_analysis.economics.decided import shocks, spread
from cesp_analysis.economics.law import Law
from cesp_analysis.economics.quadrants import COST, QALY
from cesp_analysis.economics.site_shock import evpi_with_shocks, evsi_with_shocks
from cesp_analysis.economics.value_of_information import (
    enbs,
    normal_evpi,
    people_over_time,
    unit_normal_loss,
)
from cesp_analysis.models.prior import Prior


def information_rows(
    how: EvaluateSpec, approach: str, law: Law, sets: Sequence[Data], prior: Prior | None
) -> Iterator[dict[str, Any]]:
    """Rows of the table Information, at the declared threshold (the first) alone for trials.

    What is not known holds shocks to sites where there is a prior of them (of cost or QALYs alone,
    what sampling leaves unknown: no prior says how a shock would be shared by the two). The trial:
    two arms of people allocated one by one, each arm's mean net benefit with the variance among
    people of this study; designs with clusters give their own variance when a trial is planned.
    """
    told = how.economics.information
    at = np.array(how.economics.thresholds)
    estimate, error = law.net_benefit(at)
    whole = normal_evpi(estimate, error)
    if prior is not None:
        whole = evpi_with_shocks(estimate, error, shocks(how, approach, sets, at, prior))
    people = None
    if told is not None:
        people = people_over_time(told.incidence, told.years, how.economics.discount)
    plain = {"approach": approach, "people": people, "shocks": "no"}
    said = plain if prior is None else plain | {"shocks": "yes"}
    for k, threshold in enumerate(at.tolist()):
        yield said | _row("all", threshold, float(whole[k]), people)
        for name, entry in (("cost", COST), ("qaly", QALY)):
            own = law.cov[entry, entry]
            cross = threshold * law.cov[QALY, entry] - law.cov[COST, entry]
            learnt = abs(cross) / np.sqrt(own) if own > 0 else 0.0
            part = float(unit_normal_loss(estimate[k], np.array(learnt)))
            yield plain | _row(name, threshold, part, people)
    if told is None or people is None:
        return
    threshold = told.threshold or float(at[0])
    mean, sd = law.net_benefit(np.array([threshold]))
    sds = np.zeros((1, 1))
    if prior is not None:
        sds = shocks(how, approach, sets, np.array([threshold]), prior)
    among = float(np.mean([spread(data, threshold) for data in sets])) ** 2
    sizes = np.array(told.sizes, dtype=float)
    worth = evsi_with_shocks(float(mean[0]), float(sd[0]), sds[:, 0], 2 * among / sizes)
    net = enbs(worth, people, 2 * sizes, told.trial_fixed, told.trial_per_person)
    for n, each, gain in zip(told.sizes, worth.tolist(), net.tolist(), strict=True):
        cost = told.trial_fixed + told.trial_per_person * 2 * n
        row = _row("trial", threshold, each, people)
        yield said | row | {"size": n, "cost": cost, "net": gain}


def _row(of: str, threshold: float, worth: float, people: float | None) -> dict[str, Any]:
    return {
        "of": of, "threshold": threshold, "per_person": worth,
        "population": None if people is None else worth * people,
    }  # fmt: skip
