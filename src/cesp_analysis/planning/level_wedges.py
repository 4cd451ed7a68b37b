"""Trials of any layout whose outcome is yes or no, or a count of each person, as they are drawn.

Controls have the same mean in all periods; treated ones have the other. Locations' shares follow a
beta law with `icc`, rates are gamma multiples of the mean; they correlate over periods, and so do a
person's answers within the location, as the frame has it. Analysed as answers of any kind are: the
mixed model of the frame, which sees people's answers as numbers.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.planning.level_people import check_levels, most_alike
from cesp_analysis.planning.level_rates import copula_of, lagged
from cesp_analysis.planning.wedge_trials import Wedge

LEAST = -1e-6  # an eigenvalue that is rounding


@dataclass(frozen=True)
class LevelWedge:
    """A trial of a layout.

    frame: its locations, people, correlations, and the effect, treated less control; kind; control:
    share of people, or mean count, of who is not treated. Of counts location_cv (of locations' true
    rates) and person_cv (of people's within a location) say how they vary.

    Raises NotEstimable: a value that no trial can have.
    """

    frame: Wedge
    kind: Literal["binary", "count"]
    control: float
    location_cv: float = 0.0
    person_cv: float = 0.0

    def __post_init__(self) -> None:
        check_levels(self.kind, self.control, self.treated)
        if self.frame.cac < 0:
            raise NotEstimable("locations' shares and rates are drawn with a CAC of 0 or more")
        if self.kind == "binary" and np.linalg.eigvalsh(self.places).min() < LEAST:
            raise NotEstimable("no law of locations' shares has these correlations over periods")

    @property
    def treated(self) -> float:
        """Share, or mean count, of who is treated."""
        return self.control + self.frame.effect

    @property
    def effect(self) -> float:
        """Treated less control."""
        return self.frame.effect

    @property
    def size_cv(self) -> float:
        """CV of locations' sizes."""
        return self.frame.size_cv

    @property
    def decays(self) -> bool:
        """Whether periods are less alike the further they are apart."""
        return self.frame.structure == "decay"

    @property
    def cac(self) -> float:
        """Correlation of a location's true values in neighbouring periods."""
        return 1.0 if self.frame.structure == "exchangeable" else self.frame.cac

    @property
    def one_by_one(self) -> bool:
        """Whether people are drawn one by one."""
        return self.kind == "count" or self.frame.cohort

    @property
    def treats(self) -> Floats:
        """Who is treated when (l, periods); 0 also where nobody is measured."""
        return np.asarray(np.nan_to_num(self.frame.layout.treated)[self.frame.sequence])

    @cached_property
    def places(self) -> Floats:
        """Correlations (periods, periods) of the normal places of a location's shares."""
        wanted = lagged(self.cac, self.frame.layout.periods, self.decays)
        known = {one: copula_of(self.control, self.frame.icc, one) for one in np.unique(wanted)}
        return np.array([[known[one] for one in row] for row in wanted])

    @property
    def answers(self) -> Floats:
        """Correlations (periods, periods) of a person's answers."""
        return lagged(self.frame.iac, self.frame.layout.periods, self.decays)

    @property
    def most_alike(self) -> float:
        """The most that two counts of a person can correlate, half of them treated."""
        middle = self.control + self.effect / 2
        return most_alike(middle, self.location_cv, self.person_cv, self.cac)
