"""Trials of two arms with an outcome that is yes or no, or a count.

Binary: shares of locations vary by a beta law (`icc` is the correlation of two people's answers).
With a baseline a location's two shares correlate by `cac`, a person's two answers by `iac` within
the location. Counts: Poisson, each person's rate a gamma multiple of the location's, which is a
gamma multiple of the arm's; with a baseline a location's two multiples correlate by `cac`, a
person's two counts by `iac`. The effect is a difference of shares or rates. How they are drawn:
planning/level_draws.py, planning/level_rates.py.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.planning.level_people import check_levels, most_alike
from cesp_analysis.planning.level_rates import copula_of
from cesp_analysis.planning.trials import Baseline, Trial


@dataclass(frozen=True)
class BinaryTrial:
    """A trial whose outcome is yes or no.

    control, intervention: shares of people with the outcome after the intervention (before it, all
    have that of controls); other fields as in `Trial`.
    """

    locations: tuple[int, int]
    people: int | tuple[int, ...]
    control: float
    intervention: float
    icc: float
    cac: float = 1.0
    iac: float = 0.0
    baseline: Baseline = "none"
    retention: float = 1.0
    size_cv: float = 0.0

    def __post_init__(self) -> None:
        check_levels("binary", self.control, self.intervention)
        _ = self.frame

    @property
    def effect(self) -> float:
        """Difference of the shares."""
        return self.intervention - self.control

    @cached_property
    def frame(self) -> Trial:
        """Its locations and people, as those of a trial."""
        return Trial(
            self.locations, self.people, self.effect, self.icc, cac=self.cac, iac=self.iac,
            baseline=self.baseline, retention=self.retention, size_cv=self.size_cv,
        )  # fmt: skip

    @cached_property
    def copula(self) -> float:
        """Correlation of the normal places of a location's two shares whose shares, with the mean
        of controls, correlate by `cac`."""
        return copula_of(self.control, self.icc, self.cac)


@dataclass(frozen=True)
class CountTrial:
    """A trial whose outcome is a count for each person.

    control, intervention: mean counts after the intervention (before it, all have that of
    controls); location_cv: of locations' true rates (Hayes & Bennett 1999,
    Int J Epidemiol 28:319-26: k); person_cv: of people's within a location; other fields as in
    `Trial`, iac and cac 0 or more.
    """

    locations: tuple[int, int]
    people: int | tuple[int, ...]
    control: float
    intervention: float
    location_cv: float
    person_cv: float = 0.0
    cac: float = 1.0
    iac: float = 0.0
    baseline: Baseline = "none"
    retention: float = 1.0
    size_cv: float = 0.0

    def __post_init__(self) -> None:
        check_levels("count", self.control, self.intervention)
        for cv in (self.location_cv, self.person_cv):
            if not 0 <= cv < np.inf:
                raise NotEstimable(f"a CV must be 0 or more, not {cv:g}")
        for name, own in (("CAC", self.cac), ("IAC", self.iac)):
            if not 0 <= own <= 1:
                raise NotEstimable(f"the {name} of counts must lie in [0, 1], not {own:g}")
        _ = self.frame

    @property
    def effect(self) -> float:
        """Difference of the mean counts."""
        return self.intervention - self.control

    @cached_property
    def frame(self) -> Trial:
        """Its locations and people, as those of a trial."""
        return Trial(
            self.locations, self.people, self.effect, 0.0, cac=self.cac, iac=self.iac,
            baseline=self.baseline, retention=self.retention, size_cv=self.size_cv,
        )  # fmt: skip

    @property
    def most_alike(self) -> float:
        """The most that a person's two counts can correlate, of an arm between the two."""
        middle = (self.control + self.intervention) / 2
        return most_alike(middle, self.location_cv, self.person_cv, self.cac)
