"""What more evidence would be worth: to know all, a part of it, or what a further trial tells."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.columns import Row
from cesp_analysis.economics.asked import EvaluateSpec
from cesp_analysis.economics.data import Data, regressions
from cesp_analysis.economics.decided import shocks
from cesp_analysis.economics.law import Law
from cesp_analysis.economics.learnt import Price, regressed_rows
from cesp_analysis.economics.quadrants import COST, QALY
from cesp_analysis.economics.site_shock import evpi_with_shocks, evsi_with_shocks
from cesp_analysis.economics.value_of_information import (
    enbs,
    people_over_time,
    unit_normal_loss,
)
from cesp_analysis.economics.words import TORNADO
from cesp_analysis.models.least_squares import least_squares
from cesp_analysis.models.prior import Prior
from cesp_analysis.streams import seed_of


def information_rows(
    how: EvaluateSpec,
    approach: str,
    law: Law,
    sets: Sequence[Data],
    prior: Prior | None,
    prices: Sequence[Price] = (),
) -> Iterator[Row]:
    """Rows of the table Information, at the declared threshold (the first) alone for trials.

    What is not known holds shocks to sites where there is a prior of them, and prices that are
    known with an error; of a part alone (cost or QALYs as sampled, one price) it holds no shocks:
    no prior says how a shock would be shared by cost and QALYs. The trial: two arms of people
    allocated one by one, analysed by the same approach, so with the variance among people that it
    leaves (`unexplained`), at prices in use; designs with clusters give their own variance when a
    trial is planned. Beside each value in closed form: what a regression of draws says (learnt.py).
    """
    told = how.economics.information
    at = list(how.economics.thresholds)
    trials_at = how.economics.decided_at
    sds = {}
    if prior is not None:
        every = list(dict.fromkeys([*at, trials_at]))
        found = shocks(how, approach, sets, np.array(every), prior)
        sds = dict(zip(every, found.T, strict=True))
    people = None
    rows = list(_parts(at, law, sds, prices))
    errors = {}
    if told is not None:
        people = people_over_time(told.incidence, told.years, how.economics.discount)
        left = unexplained(sets, approach, trials_at)
        errors = {n: left * float(np.sqrt(2 / n)) for n in told.sizes}
        rows += _trials(how, trials_at, law, sds, errors, people)
    seed = seed_of(how.seed, "economics", "information", approach)
    for row in regressed_rows(rows, law, prices, sds, errors, seed):
        yield row | {
            "approach": approach, "people": people,
            "shocks": "yes" if sds and row["of"] in ("all", "trial") else "no",
            "population": None if people is None else row["per_person"] * people,
        }  # fmt: skip


def unexplained(sets: Sequence[Data], approach: str, threshold: float) -> float:
    """SD of people's net benefit, £, that the regressions of an approach leave (divisor n - k):
    of imputed sets the root of the mean variance."""
    variances = []
    for data in sets:
        made = regressions(data, approach)
        y = threshold * made.qaly - made.cost
        variances.append(least_squares(y, made.cost_x).residual_variance)
    return float(np.sqrt(np.mean(variances)))


def _parts(
    at: Sequence[float], law: Law, sds: Mapping[float, Floats], prices: Sequence[Price]
) -> Iterator[Row]:
    """What it is worth to know all, cost or QALYs as sampled, each price."""
    estimate, error = law.net_benefit(np.array(at))
    every = np.hypot(error, np.sqrt(sum(one.of_cost**2 for one in prices)))
    services = {f"{TORNADO}{one.name}": one.service for one in prices}
    for k, threshold in enumerate(at):
        of_sites = sds.get(threshold, np.zeros(1))[:, None]
        whole = evpi_with_shocks(estimate[[k]], every[[k]], of_sites)
        learnt = {"cost": 0.0, "qaly": 0.0}
        for name, entry in (("cost", COST), ("qaly", QALY)):
            own = law.cov[entry, entry]
            cross = threshold * law.cov[QALY, entry] - law.cov[COST, entry]
            learnt[name] = abs(float(cross)) / float(np.sqrt(own)) if own > 0 else 0.0
        learnt |= {f"{TORNADO}{one.name}": one.of_cost for one in prices}
        yield {"of": "all", "threshold": threshold, "per_person": float(whole[0])}
        for of, sd in learnt.items():
            worth = float(unit_normal_loss(estimate[k], np.array(sd)))
            service = services.get(of)
            yield {"of": of, "service": service, "threshold": threshold, "per_person": worth}


def _trials(
    how: EvaluateSpec,
    threshold: float,
    law: Law,
    sds: Mapping[float, Floats],
    errors: Mapping[int, float],
    people: float,
) -> Iterator[Row]:
    """What trials of each size tell, cost, and are worth above it."""
    told = how.economics.information
    assert told is not None
    mean, sd = (float(one[0]) for one in law.net_benefit(np.array([threshold])))
    variances = np.array(list(errors.values())) ** 2
    worth = evsi_with_shocks(mean, sd, sds.get(threshold, np.zeros(1)), variances)
    costs = told.trial_fixed + told.trial_per_person * 2 * np.array(told.sizes, dtype=float)
    net = enbs(worth, people, costs)
    columns = (one.tolist() for one in (worth, net, costs))
    for n, each, gain, cost in zip(told.sizes, *columns, strict=True):
        yield {
            "of": "trial", "threshold": threshold, "size": n, "per_person": each, "net": gain,
            "cost": cost,
        }  # fmt: skip
