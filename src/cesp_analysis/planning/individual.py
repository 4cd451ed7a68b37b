"""Trials that randomise people, some of whom a link worker then serves: partial nesting.

How it is computed: within each location people are randomised; those of the intervention arm share
link workers, the others share nobody. With w workers of m people and n controls in all, Var =
(u + e / m) / w + s² / n: u the variance between workers, e of people within one, s² in the control
arm (Moerbeek & Wong 2008, Stat Med 27:2850-64). Caseloads that differ, as chosen or by loss, are
weighed as by a mixed model (planning/unequal.py): link workers within a location and then, by the
sums of their weights, taken as gamma, locations; each df falls by 1 + CV² of the weights. The
baseline takes a share r² off a person's variance, not off the workers'. If the effect differs
between locations (`effect_sd`), that adds effect_sd² / locations.

df: Satterthwaite (1946) of these parts. What a worker's people have in common is told by workers of
one location (w - locations df) and, mixed with the other arm's part, by how the arms' difference
varies between locations: locations - 1 df, which tell as much as the square of the workers' share
of the variance leaves (own derivation: expected information of REML). A worker's variance that is
estimated below 0 counts as 0, so that the whole is never taken as less than it is without (see
`power`); `cautious`: as Kenward and Roger's test has it. Of an effect that differs locations - 1
df, for then the variance of all parts together is told by the locations' own differences (exact
where locations are alike; a paired t of locations, which needs no more than one link worker each).
"""

from dataclasses import dataclass, fields
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cesp_analysis.arrays import Floats
from cesp_analysis.planning.power import noncentrality_for, power
from cesp_analysis.planning.scenarios import Reasons
from cesp_analysis.planning.unequal import weight, with_loss

_DEFAULTS = {
    "locations": 1.0, "sd_served": np.nan, "correlation": 0.0, "retention": 1.0,
    "caseload_cv": 0.0, "effect_sd": 0.0, "places_sd": 0.0, "alpha": 0.05,
}  # fmt: skip

ONE_EACH = "with a link worker a location, how they differ is seen in 3 or more locations"
NO_CONTROLS = (
    "with fewer controls who answer than locations and one more, hardly anything tells how controls"
    " differ: ask more people of each location"
)
_ROUNDING = 1e-9
LEAST_CASELOAD = 1.0
"""People whom a link worker serves at least, as trials are drawn."""
_UNLIMITED = 1e12  # link workers and people, where their number does not bound the answer


@dataclass(frozen=True)
class Individual:
    """Arrays of one length (n,).

    locations; workers and controls of the whole trial; caseload: people of a worker; effect; sd of
    a control within a location; sd_served: total SD of the intervention arm (NaN: the same);
    worker_icc: share of it between workers; correlation of baseline and follow-up, within both;
    retention; caseload_cv; effect_sd: SD of the effect between locations, which the analysis has;
    places_sd: the same, which it has not, as shares and counts have it; alpha, two-sided.
    """

    locations: Floats
    workers: Floats
    caseload: Floats
    controls: Floats
    effect: Floats
    sd: Floats
    sd_served: Floats
    worker_icc: Floats
    correlation: Floats
    retention: Floats
    caseload_cv: Floats
    effect_sd: Floats
    places_sd: Floats
    alpha: Floats

    @classmethod
    def of(cls, **values: ArrayLike) -> Self:
        """Trials of numbers and arrays that broadcast; raises TypeError for a wrong name."""
        names, given = [one.name for one in fields(cls)], _DEFAULTS | values
        if wrong := sorted(set(given) ^ set(names)):
            raise TypeError(f"trials have {', '.join(names)}; wrong or missing: {wrong}")
        arrays = [np.atleast_1d(np.asarray(given[name], dtype=np.float64)) for name in names]
        return cls(*(np.array(one) for one in np.broadcast_arrays(*arrays)))

    def __len__(self) -> int:
        return len(self.workers)

    def take(self, which: NDArray[np.int64]) -> Self:
        """Some of the trials."""
        return type(self)(*(getattr(self, one.name)[which] for one in fields(self)))

    def with_(self, **values: ArrayLike) -> Self:
        """The trials with other values."""
        kept = {one.name: getattr(self, one.name) for one in fields(self)}
        return type(self).of(**(kept | values))


@dataclass(frozen=True)
class IndividualAnswers:
    """Arrays (n,), as of `answers.Answers`; design_effect: of the intervention arm; least: share of
    the error's square below which it is not estimated."""

    std_error: Floats
    df: Floats
    power: Floats
    power_normal: Floats
    design_effect: Floats
    least: Floats
    reason: Reasons
    trials: Individual
    method: str = (
        "people allocated within locations, t by Satterthwaite's df of link workers, people of the"
        " other arm (Moerbeek and Wong 2008); what locations differ by is taken off; link workers"
        " weighed as by a mixed model, of gamma caseloads"
    )

    def detectable(self, target: ArrayLike = 0.8) -> Floats:
        """The smallest effect (n,) found with the target power, in the outcome's unit."""
        return self.std_error * noncentrality_for(target, self.df, self.trials.alpha, self.least)

    @cached_property
    def ceiling(self) -> Floats:
        """Power (n,) that these locations cannot exceed, however many people, and link workers for
        them, each has: what the difference itself varies by between locations is left."""
        more = self.trials.with_(workers=_UNLIMITED, controls=_UNLIMITED)
        found = answered_individual(more).power
        return np.where(self.reason == "", found, np.nan)


def answered_individual(trials: Individual, cautious: bool = True) -> IndividualAnswers:
    """Power and precision of each trial.

    What is wrong with one trial is its reason; its numbers are NaN.
    """
    reason = individual_faults(trials)
    with np.errstate(divide="ignore", invalid="ignore"):
        parts, own_df, alone = _parts(trials)
        variance = parts.sum(axis=0)
        df = variance**2 / np.where(parts > 0, parts**2 / own_df, 0.0).sum(axis=0)
        floor = (alone + parts[1]) / variance if cautious else np.zeros(len(trials))
    differs = trials.effect_sd > 0
    df, least = np.where(differs, trials.locations - 1, df), np.where(differs, 0.0, floor)
    error, df = (np.where(reason == "", one, np.nan) for one in (np.sqrt(variance), df))
    shift = trials.effect / error
    people = trials.caseload * trials.retention
    inflated = 1 + ((1 + trials.caseload_cv**2) * people - 1) * trials.worker_icc
    at_normal = power(shift, np.where(np.isnan(df), np.nan, np.inf), trials.alpha)
    on_t = power(shift, df, trials.alpha, least)
    return IndividualAnswers(error, df, on_t, at_normal, inflated, least, reason, trials)


def individual_faults(t: Individual) -> Reasons:
    """Why a trial (n,) has no answer: one line, or ''."""
    of_all, few = t.locations >= 1, ~(t.effect_sd > 0)  # else t is of the locations' differences
    rules = [
        (~of_all, "a trial needs 1 or more locations"),
        (~(t.workers >= 2), "at least 2 link workers are needed to see how they differ"),
        ((t.workers < 2 * t.locations) & (t.locations < 3), ONE_EACH),
        (~(t.caseload * t.retention >= 1), "each link worker needs a person who answers"),
        (~(t.controls * t.retention >= 2), "at least 2 controls who answer are needed"),
        (~(t.controls * t.retention + _ROUNDING >= t.locations + 1) & few, NO_CONTROLS),
        (~np.isfinite(t.effect), "the effect is not a number"),
        (~(t.sd > 0) | (t.sd_served <= 0), "SDs must be above 0"),
        (np.isnan(t.worker_icc), "how alike the people of a link worker are is not known"),
        (~((t.worker_icc >= 0) & (t.worker_icc < 1)), "the link workers' ICC must lie in [0, 1)"),
        (~(np.abs(t.correlation) < 1), "the pre-post correlation must lie between -1 and 1"),
        (~((t.retention > 0) & (t.retention <= 1)), "retention must lie in (0, 1]"),
        (~((t.caseload_cv >= 0) & (t.caseload_cv < 2)), "the CV of caseloads must lie in [0, 2)"),
        (~(t.effect_sd >= 0), "the SD of the effect between locations must not be below 0"),
        ((t.effect_sd > 0) & (t.locations < 3), "an effect that differs needs 3 or more locations"),
        (~((t.alpha > 0) & (t.alpha < 1)), "alpha must lie between 0 and 1"),
    ]
    found = np.full(len(t), "", dtype=object)
    for wrong, why in rules:
        found[wrong & (found == "")] = why
    return found


def _parts(t: Individual) -> tuple[Floats, Floats, Floats]:
    """Parts of the variance (3, n), workers with people, controls, locations, and their df; what
    the first would be without workers."""
    served = np.where(np.isnan(t.sd_served), t.sd, t.sd_served) ** 2
    left = 1 - t.correlation**2
    answering = t.controls * t.retention
    people = (1 - t.worker_icc) * served * left / (t.caseload * t.retention) / t.workers
    workers = t.worker_icc * served / t.workers + people
    controls = t.sd**2 * left / answering
    mean, apart = weight(people / workers, _answering_cv(t), t.caseload, LEAST_CASELOAD)
    workers = workers / mean
    spread = np.sqrt(apart * t.locations / t.workers)  # of the sums of a location's weights
    lasting = t.effect_sd**2 / t.locations
    of_sums = workers / (workers + controls + lasting)
    mean, places_apart = weight(of_sums, spread, np.full(len(t), np.inf))
    within = (t.workers - t.locations) / (1 + apart)
    between = (t.locations - 1) / (1 + places_apart)
    told = within + between * (workers / (workers + controls)) ** 2
    df = np.stack([told, answering - t.locations, np.maximum(t.locations - 1, 1)])
    places = lasting / mean + t.places_sd**2 / t.locations
    return np.stack([workers / mean, controls / mean, places]), df, people


def _answering_cv(t: Individual) -> Floats:
    """CV (n,) of how many of a link worker's people answer."""
    return with_loss(t.caseload_cv, t.caseload, t.retention)
