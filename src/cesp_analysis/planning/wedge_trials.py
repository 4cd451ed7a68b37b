"""Trials of any layout as they are drawn: stepped wedges, crossovers, parallel with a baseline.

Outcomes: y = period's mean + effect * treated + location's effect in the period + person's; Var(y)
= sd². Correlations as in planning/correlation.py. Analysed by a mixed model of all answers: period
(and arm, for `change`) + treated, random location, location-period and, in a cohort, person.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.arrays import Floats
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.planning.correlation import location_covariance, parameters, person_covariance
from cesp_analysis.planning.layouts import Analysis, Layout
from cesp_analysis.planning.precision import patterns
from cesp_analysis.planning.scenarios import Sampling, Scenarios, Structure
from cesp_analysis.planning.trials import MOST_PEOPLE


@dataclass(frozen=True)
class Wedge:
    """A trial of a layout.

    locations: of each sequence; people: of a location in a period, or each location's own number,
    in the order of sequences; effect, sd: in the outcome's unit; icc, cac, iac, structure,
    sampling: as in `Scenarios`; retention: share of the people asked who answer from the layout's
    `loses_from` on, each by chance (in a cohort a person answers all later periods or none);
    size_cv: of future locations' people, drawn for each trial anew (gamma, whole numbers, at least
    2).

    Raises NotEstimable: a value that no trial can have, or nothing to estimate a variance from.
    """

    layout: Layout
    locations: tuple[int, ...]
    people: int | tuple[int, ...]
    effect: float
    icc: float
    sd: float = 1.0
    cac: float = 1.0
    iac: float = 0.0
    structure: Structure = "block_exchangeable"
    sampling: Sampling = "cross_section"
    retention: float = 1.0
    size_cv: float = 0.0
    analysis: Analysis = "adjusted"

    def __post_init__(self) -> None:
        for wrong, why in (*self._faults_of_numbers(), *self._faults_of_locations()):
            if wrong:
                raise NotEstimable(why)
        if self._left_between() < 1:
            raise NotEstimable(
                f"{self.k} locations tell the variance between locations from nothing else; a"
                " sequence more of them is needed"
            )

    def _faults_of_numbers(self) -> list[tuple[bool, str]]:
        sizes = np.atleast_1d(np.asarray(self.people))
        return [
            (bool((sizes < 2).any()), "a location needs at least 2 people in a period"),
            (bool((sizes > MOST_PEOPLE).any()), f"more than {MOST_PEOPLE:,} people in a location"),
            (not np.isfinite(self.effect), "the effect is not a number"),
            (not 0 < self.sd < np.inf, f"the SD must be above 0, not {self.sd:g}"),
            (not 0 <= self.icc < 1, f"the ICC must lie in [0, 1), not {self.icc:g}"),
            *self._faults_of_cac(),
            (not 0 <= self.iac < 1, f"the IAC must lie in [0, 1), not {self.iac:g}"),
            (not 0 < self.retention <= 1, f"retention must lie in (0, 1], not {self.retention:g}"),
            (not 0 <= self.size_cv < 2, f"the CV of sizes must lie in [0, 2): {self.size_cv:g}"),
            (self.size_cv > 0 and sizes.size > 1, "sizes are given or have a CV, not both"),
        ]  # fmt: skip

    def _faults_of_cac(self) -> list[tuple[bool, str]]:
        decays = self.structure == "decay"
        ends = "(-1, 1] with decay" if decays else "[0, 1]"
        fine = self.cac <= 1 and (self.cac > -1 if decays else self.cac >= 0)
        return [(not fine, f"the CAC must lie in {ends}, not {self.cac:g}")]

    def _faults_of_locations(self) -> list[tuple[bool, str]]:
        sizes, sequences = np.size(self.people), self.layout.sequences
        given = len(self.locations)
        return [
            (given != sequences, f"{given} numbers of locations for {sequences} sequences"),
            (min(self.locations, default=0) < 1, "each sequence needs a location"),
            (
                np.ndim(self.people) == 1 and sizes != sum(self.locations),
                f"{sizes} numbers of people for {sum(self.locations)} locations",
            ),
        ]

    def _left_between(self) -> int:
        """Locations less what fixed effects take between them."""
        arms = self.layout.sequences if self.analysis == "change" else 1
        share = self.x.sum(1)[:, -1]  # treated, over the periods
        return self.k - arms - bool(self.analysis == "adjusted" and np.ptp(share) > 1e-9)

    @property
    def k(self) -> int:
        """Locations of the whole trial."""
        return sum(self.locations)

    @property
    def level(self) -> tuple[str, ...]:
        """The analysis's random effects, innermost first; of one period the location's alone."""
        person = ("person",) if self.cohort else ()
        period = ("period",) if self.repeated else ()
        return (*person, *period, "location")

    @property
    def repeated(self) -> bool:
        """Whether any location is measured more than once."""
        return bool(self.seen.sum(1).max() > 1)

    @property
    def cohort(self) -> bool:
        """Whether the same people answer in several periods."""
        return self.sampling == "cohort" and self.repeated

    @property
    def seen(self) -> NDArray[np.bool_]:
        """Which sequence is measured when (sequences, periods)."""
        return self.layout.observed

    @property
    def whole(self) -> bool:
        """Whether every location is measured in every period."""
        return bool(self.seen.all())

    @property
    def alike(self) -> bool:
        """Whether all locations have the same number of people in all periods, whatever happens."""
        return isinstance(self.people, int) and self.size_cv == 0 and self.retention == 1

    @cached_property
    def sequence(self) -> NDArray[np.intp]:
        """The sequence (l,) of each location."""
        return np.repeat(np.arange(self.layout.sequences), self.locations).astype(np.intp)

    @cached_property
    def x(self) -> Floats:
        """Fixed effects (sequences, periods, p) of the analysis, treated last; 0 where not seen.

        Raises NotEstimable where the layout cannot tell the effect from periods or arms.
        """
        own = patterns(self.layout, self.analysis)
        found = np.zeros((*self.seen.shape, own[0].x.shape[-1]))
        for pattern in own:
            found[np.ix_(pattern.own, pattern.seen)] = pattern.x
        return found

    @cached_property
    def of_locations(self) -> Floats:
        """Covariance (periods, periods) of a location's effects, in the outcome's squared unit."""
        own = parameters(self._scenario, self.structure, self.sampling)
        found = location_covariance(own, self.structure, self.layout.periods)[0]
        return np.asarray(self.sd**2 * found)

    @cached_property
    def of_people(self) -> Floats:
        """Covariance (periods, periods) of a person's answers within a location."""
        own = parameters(self._scenario, self.structure, self.sampling)
        found = person_covariance(own, self.structure, self.layout.periods)[0]
        return np.asarray(self.sd**2 * found)

    @property
    def _scenario(self) -> Scenarios:
        return Scenarios.of(
            locations=self.k, people=float(np.mean(self.people)), effect=self.effect, icc=self.icc,
            cac=self.cac, iac=self.iac,
        )  # fmt: skip
