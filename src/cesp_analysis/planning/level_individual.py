"""Trials of people allocated within locations whose outcome is yes or no, or a count of each.

Locations have a share, or a rate, of their own, the same before and after. What link workers differ
by is added in their arm: their people's chances vary by a beta law, or rates by gamma multiples.
Analysed as answers of any kind are, by the mixed model of the frame.
"""

from dataclasses import dataclass
from typing import Literal

from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.planning.individual_trials import IndividualTrial
from cesp_analysis.planning.level_people import LESS_THAN_CHANCE, check_levels, rates_alike


@dataclass(frozen=True)
class LevelIndividual:
    """A trial of people.

    frame: locations, link workers, people, correlations, the effect; kind; control: share, or mean
    count, of controls; icc: of locations; cv: of counts their SD over their mean, in both arms.

    Raises NotEstimable: a value that no trial can have.
    """

    frame: IndividualTrial
    kind: Literal["binary", "count"]
    control: float
    icc: float
    cv: float = 0.0

    def __post_init__(self) -> None:
        if self.frame.effect_sd:
            raise NotEstimable(
                "a difference that varies between locations is drawn of normal answers alone"
            )
        check_levels(self.kind, self.control, self.treated)
        if self.kind == "count" and min(self.of_people) < 0:
            raise NotEstimable(LESS_THAN_CHANCE)

    @property
    def treated(self) -> float:
        """Share, or mean count, of who has a link worker."""
        return self.control + self.frame.effect

    @property
    def effect(self) -> float:
        """Treated less control."""
        return self.frame.effect

    @property
    def size_cv(self) -> float:
        """CV of caseloads."""
        return self.frame.caseload_cv

    @property
    def places_sd(self) -> float:
        """SD between locations of what the arms differ by, as their spread follows from level."""
        if self.kind == "count":
            return self.location_cv * abs(self.effect)
        own = [(one * (1 - one)) ** 0.5 for one in (self.control, self.treated)]
        return float(self.icc**0.5 * abs(own[1] - own[0]))

    @property
    def location_cv(self) -> float:
        """CV of locations' rates."""
        return float(self.icc**0.5 * self.cv)

    @property
    def worker_cv(self) -> float:
        """CV of link workers' multiples of their location's rate."""
        within = (1 - self.icc) * self.cv**2
        return float((self.frame.worker_icc * within / (1 + self.location_cv**2)) ** 0.5)

    @property
    def of_people(self) -> tuple[float, float]:
        """Squared CV of people's own rates, of controls (and of all before) and of the served;
        below 0: there are none. Between the arms' means."""
        middle = self.control + self.effect / 2
        found = []
        for worker in (0.0, self.frame.worker_icc):
            left = (1 - self.icc) * (1 - worker) * self.cv**2 - 1 / middle
            scale = (1 + self.location_cv**2) * (1 + self.worker_cv**2 * (worker > 0))
            found.append(left / scale)
        return found[0], found[1]

    @property
    def most_alike(self) -> float:
        """The most that two counts of a control can correlate within a location."""
        extra = self.of_people[0] * (1 + self.location_cv**2)
        return float(extra / (extra + 1 / (self.control + self.effect / 2)))

    @property
    def served_alike(self) -> float:
        """What two counts of one of the served correlate by, within a link worker, where those of
        controls correlate as is known: link workers take a part of what people have lastingly."""
        before, after = self.of_people
        if min(before, after) <= 0:
            return 0.0
        alike = rates_alike(self.frame.correlation, self.most_alike)
        shared = min(alike * (before * after) ** 0.5, before, after)
        places, middle = 1 + self.location_cv**2, self.control + self.effect / 2
        spread = [one * places for one in (before, after * (1 + self.worker_cv**2))]
        variances = [1 / middle + one for one in spread]
        return float(shared * places / (variances[0] * variances[1]) ** 0.5)
