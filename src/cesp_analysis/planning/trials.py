"""What a two-arm trial of locations is: who is measured when, how alike they are, the effect.

Outcomes: y = arm's mean + location's effect in the period + person's; Var(y) = sd². A location's
effects in two periods correlate by `cac`, one person's (within the location) by `iac`.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.models.refusals import NotEstimable

Baseline = Literal["none", "cohort", "cross_section"]
MOST_PEOPLE = 10_000_000


@dataclass(frozen=True)
class Trial:
    """A trial whose locations are allocated to two arms.

    locations: of the control and the intervention arm; people: who are asked in one location in a
    period, or each location's own number, control first; effect, sd: in the outcome's unit; icc:
    within a period; baseline: none, the same people before (cohort), or other people of the same
    locations (cross_section); retention: share of the people asked who answer at follow-up, each by
    chance; size_cv: of future locations' people, drawn for each trial anew (gamma, whole numbers).

    Raises NotEstimable: a value that no trial can have, in one line.
    """

    locations: tuple[int, int]
    people: int | tuple[int, ...]
    effect: float
    icc: float
    sd: float = 1.0
    cac: float = 1.0
    iac: float = 0.0
    baseline: Baseline = "none"
    retention: float = 1.0
    size_cv: float = 0.0

    def __post_init__(self) -> None:
        for wrong, why in self._faults():
            if wrong:
                raise NotEstimable(why)

    def _faults(self) -> list[tuple[bool, str]]:
        sizes = np.atleast_1d(np.asarray(self.people))
        few = min(self.locations)
        return [
            (few < 2, f"an arm needs at least 2 locations; one of them has {few}"),
            (bool((sizes < 2).any()), "a location needs at least 2 people"),
            (bool((sizes > MOST_PEOPLE).any()), f"more than {MOST_PEOPLE:,} people in a location"),
            (
                sizes.size not in (1, self.k) or (sizes.size == 1 < np.ndim(self.people)),
                f"{sizes.size} numbers of people for {self.k} locations",
            ),
            (not np.isfinite(self.effect), "the effect is not a number"),
            (not 0 < self.sd < np.inf, f"the SD must be above 0, not {self.sd:g}"),
            (not 0 <= self.icc < 1, f"the ICC must lie in [0, 1), not {self.icc:g}"),
            (not -1 <= self.cac <= 1, f"the CAC must lie in [-1, 1], not {self.cac:g}"),
            (not -1 < self.iac < 1, f"the IAC must lie in (-1, 1), not {self.iac:g}"),
            (not 0 < self.retention <= 1, f"retention must lie in (0, 1], not {self.retention:g}"),
            (not 0 <= self.size_cv < 2, f"the CV of sizes must lie in [0, 2): {self.size_cv:g}"),
            (self.size_cv > 0 and sizes.size > 1, "sizes are given or have a CV, not both"),
        ]  # fmt: skip

    @property
    def k(self) -> int:
        """How many locations."""
        return sum(self.locations)

    @property
    def alike(self) -> bool:
        """Whether all locations have the same number of people who answer."""
        return isinstance(self.people, int) and self.size_cv == 0 and self.retention == 1

    @property
    def adjusted(self) -> bool:
        """Whether there is a baseline to adjust for."""
        return self.baseline != "none"

    @cached_property
    def of_people(self) -> tuple[float, float]:
        """Slope of a person's outcome on the own baseline within a location; SD of what is left."""
        own = self.sd * float(np.sqrt(1 - self.icc))
        if self.baseline != "cohort":
            return 0.0, own
        return self.iac, own * float(np.sqrt(1 - self.iac**2))


def same_arms(locations: int, people: int, effect: float, icc: float, **other: Any) -> Trial:
    """A trial of that many locations in all, half of them (and the odd one) intervention."""
    control = locations // 2
    return Trial((control, locations - control), people, effect, icc, **other)


@dataclass(frozen=True)
class Means:
    """How means over m people of a location spread: SD of the baseline's, slope of the outcome's on
    it, SD of what is left (arrays if m is one)."""

    sd_x: Floats
    slope: Floats
    rest: Floats


def means_of(trial: Trial, answering: Floats | float, before: Floats | float) -> Means:
    """Of locations in which `answering` people have an outcome, `before` a baseline.

    A cohort's baseline is that of the people with an outcome. Without a baseline slope and sd_x are
    0. Nobody: infinite.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        person = (1 - trial.icc) / np.asarray(answering, dtype=float)
        y = trial.icc + person
        if not trial.adjusted:
            return Means(np.zeros_like(y), np.zeros_like(y), trial.sd * np.sqrt(y))
        cohort = trial.baseline == "cohort"
        x = y if cohort else trial.icc + (1 - trial.icc) / np.asarray(before, dtype=float)
        both = trial.icc * trial.cac + (trial.iac * person if cohort else 0.0)
        slope = both / x
        rest = np.sqrt(np.maximum(y - slope * both, 0.0))
    return Means(trial.sd * np.sqrt(x), slope, trial.sd * rest)
