"""What the information of a planned trial is worth, and what it leaves after the trial's cost.

The decision is on net benefit a person. What this study knows of it, with the shocks to its sites,
is the prior; the trial estimates it with the variance that its design gives a person's net benefit
as an outcome. That is economics' value of sample information, at the number of people allocated one
by one who would tell as much: 4 σ² / variance. All else is economics/value_of_information.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.economics.site_shock import evsi_with_shocks
from cesp_analysis.economics.value_of_information import enbs, people_over_time
from cesp_analysis.planning.assurance import Answer, answers
from cesp_analysis.planning.uncertain import Uncertain, error_of_mean

ASSUMED = (
    "What is known of net benefit now is normal, and so is the trial's estimate of it.",
    "What is known now holds shocks to this study's sites; the trial's locations are many and"
    " allocated at random, so that theirs are in the variance of its estimate.",
    "People of one location are as alike in net benefit as the published pairs say of other"
    " outcomes, and people are lost as they were from this study.",
    "Nothing of net benefit is foretold by a value before the start, unless a correlation is"
    " declared: the trial then tells rather more than is reckoned here.",
    "The decision is taken once, on the mean, when the trial is over; those for whom it comes too"
    " late gain nothing from it.",
)
"""Sentences for the report, in order."""


@dataclass(frozen=True)
class Decision:
    """inmb: net benefit expected now, £ a person, and its std_error; incidence: people a year for
    whom the decision is made; years: from now, until it is out of date; shock_sds (pairs,): SDs of
    shocks to this study's sites, £ a person, each as likely (economics.decided.shocks); delay:
    years until the trial has told; discount: a year."""

    inmb: float
    std_error: float
    incidence: float
    years: float
    shock_sds: tuple[float, ...] = (0.0,)
    delay: float = 0.0
    discount: float = 0.035

    def people(self) -> float:
        """For whom the trial's result is in time, discounted to now."""
        if not self.delay >= 0:
            raise ValueError("a trial tells nothing before it began")
        told = min(self.delay, self.years)
        whole = people_over_time(self.incidence, self.years, self.discount)
        return whole - people_over_time(self.incidence, told, self.discount)


@dataclass(frozen=True)
class Worth:
    """Of trials (k,). per_person: £, mean over the draws, and its Monte Carlo error; alone: people
    allocated one by one who would tell as much (both arms together), median over the draws;
    population: £ to all for whom it is in time; net: that less the trial's cost; best: position of
    the highest net, None where no trial is worth its cost. NaN: a draw has no answer."""

    per_person: Floats
    error: Floats
    alone: Floats
    population: Floats
    cost: Floats
    net: Floats
    best: int | None


def worth(
    answer: Answer,
    designs: Mapping[str, Floats],
    net_benefit: Uncertain,
    decision: Decision,
    cost: Floats,
) -> Worth:
    """Of trials of one design: fields of Scenarios (k,), their costs (k,).

    net_benefit: assumptions whose `sd` is that of people's net benefit (`for_net_benefit`). The
    value is averaged over the draws: how alike people are is known when the trial is analysed.
    """
    each, error, alone = [], [], []
    zero = np.zeros(net_benefit.draws)  # the variance does not depend on the effect
    given = replace(net_benefit, values={**net_benefit.values, "effect": zero})
    for made, rows in answers(answer, designs, given):
        drawn = _values(decision, made.std_error).reshape(rows, -1)
        each.append(drawn.mean(axis=1))
        error.append(error_of_mean(drawn))
        size = alone_of(np.tile(net_benefit.values["sd"], rows), made.std_error)
        alone.append(np.median(size.reshape(rows, -1), axis=1))
    a_person, people = np.concatenate(each), decision.people()
    paid = np.asarray(cost, dtype=float)
    net = enbs(a_person, people, paid)
    return Worth(
        a_person, np.concatenate(error), np.concatenate(alone), a_person * people, paid, net,
        _best(net, paid),
    )  # fmt: skip


def _best(net: Floats, paid: Floats) -> int | None:
    """Where most is left above the cost, of equal ones the cheapest; None where nothing is."""
    known = np.where(np.isnan(net), -np.inf, net)
    at = int(np.lexsort((paid, -known))[0])
    return at if known[at] > 0 else None


def _values(decision: Decision, std_error: Floats) -> Floats:
    """What trials (n,) with these standard errors tell is worth, £ a person; NaN without one."""
    answered = np.isfinite(std_error)
    variance = np.where(answered, std_error**2, np.inf)
    shocks = np.array(decision.shock_sds)
    value = evsi_with_shocks(decision.inmb, decision.std_error, shocks, variance)
    return np.where(answered, value, np.nan)


def alone_of(sd: Floats, std_error: Floats) -> Floats:
    """People (n,) allocated one by one to two equal arms whose difference has this standard error:
    4 sd² / SE², by element."""
    return np.asarray(4 * (sd / std_error) ** 2)


def for_net_benefit(
    known: Uncertain,
    sd_within: Floats,
    cac: float = 0.0,
    iac: float = 0.0,
) -> Uncertain:
    """The same assumptions for people's net benefit: sd_within (draws,) or one number, £, of people
    within locations. cac, iac: how much of it a value before the start foretells; 0 is nothing."""
    zero = np.zeros(known.draws)
    icc = known.values.get("icc", zero)
    sd = np.broadcast_to(np.asarray(sd_within, dtype=float), (known.draws,)) / np.sqrt(1 - icc)
    values = dict(known.values) | {"sd": sd, "cac": zero + cac, "iac": zero + iac}
    return Uncertain(values)
