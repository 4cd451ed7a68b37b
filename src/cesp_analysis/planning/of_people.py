"""A declared design that allocates people, as what answers it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.arrays import Floats
from cesp_analysis.planning.answers import UNLIMITED
from cesp_analysis.planning.individual import Individual, IndividualAnswers, answered_individual
from cesp_analysis.planning.scenarios import Fields
from cesp_analysis.planning.solved import MOST_LOCATIONS, Powers, crossed
from cesp_analysis.planning.trial_costs import Visits

ROUNDING = 1e-6  # of a whole person or location, that does not call for one more


@dataclass(frozen=True)
class OfPeople:
    """A design that allocates people within locations, half to each arm: link workers serve one.

    people_a_worker: about how many a link worker serves, who are whole in each location (as many
    as come nearest); effect_sd: of the difference between locations; caseload_cv: of the numbers
    whom link workers serve. What locations differ by is in both arms, and taken off.
    """

    people_a_worker: float
    alpha: float
    difference: float
    effect_sd: float = 0.0
    caseload_cv: float = 0.0

    def __call__(self, fields: Fields) -> IndividualAnswers:
        """Answers (n,) to scenarios."""
        return answered_individual(self.trials(fields))

    def needed(self, fields: Fields, target: float, whole: bool = True) -> Floats:
        """Locations (n,) with which power is the target; NaN where no number has it. whole: those
        that can be had, not the exact root."""
        own = self.trials(fields)
        each = own.workers / own.locations, own.controls / own.locations

        def powers(locations: Floats, which: NDArray[np.int64]) -> Floats:
            workers, controls = (one[which] * locations for one in each)
            more = {"locations": locations, "workers": workers, "controls": controls}
            return answered_individual(own.take(which).with_(**more)).power

        exact = _crossed(powers, len(own), (1.0, MOST_LOCATIONS), target)
        return np.ceil(exact - ROUNDING) if whole else exact

    def people_needed(self, fields: Fields, target: float, whole: bool = True) -> Floats:
        """People (n,) of a location, as many link workers with them as they need, with which these
        locations have the target power; NaN where no number has it."""
        own = {
            name: np.broadcast_to(value, len(fields["people"])) for name, value in fields.items()
        }

        def powers(people: Floats, which: NDArray[np.int64]) -> Floats:
            some = {name: value[which] for name, value in own.items()}
            return self(some | {"people": people}).power

        exact = _crossed(powers, len(fields["people"]), (2.0, UNLIMITED), target)
        return _next_even(powers, exact, target) if whole else exact

    def trials(self, fields: Fields) -> Individual:
        """The fields as trials of people; `people`: of a location, both arms together;
        `sd_controls`, `sd_served`, `sd_places`: as in `levels.Spread`, where arms differ in it."""
        half = fields["people"] / 2
        arm = fields["locations"] * half
        workers = np.maximum(1, np.round(half / self.people_a_worker))
        within = fields["sd"] * np.sqrt(1 - fields["icc"])
        return Individual.of(
            locations=fields["locations"],
            workers=fields["locations"] * workers,
            caseload=half / workers,
            controls=arm,
            effect=fields.get("effect", np.array(self.difference)),
            sd=fields.get("sd_controls", within),
            sd_served=fields.get("sd_served", within),
            places_sd=fields.get("sd_places", np.array(0.0)),
            worker_icc=fields["icc_link_worker"],
            correlation=fields["iac"],
            retention=fields["retention"],
            effect_sd=self.effect_sd,
            caseload_cv=self.caseload_cv,
            alpha=self.alpha,
        )

    @property
    def visits(self) -> Visits:
        """Asked before and at the end, recruited once."""
        return Visits(2.0, 1.0)


def _next_even(powers: Powers, exact: Floats, target: float) -> Floats:
    """The next even number (n,) whose power is the target: where one more link worker is needed
    power jumps, and a root may lie on either side."""
    found = np.maximum(2 * np.floor(exact / 2), 2)
    short = np.flatnonzero(np.isfinite(exact))
    while len(short := short[~(powers(found[short], short) >= target)]):
        found[short] += 2
    return np.asarray(found)


def _crossed(powers: Powers, n: int, ends: tuple[float, float], target: float) -> Floats:
    """Where power is the target; what is too small to have an answer has no power."""
    return crossed(
        lambda value, which: np.nan_to_num(powers(value, which)),
        np.full(n, target),
        ends,
        np.ones(n, dtype=bool),
    )
