"""What locations that there are, with their sizes, promise."""

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.arrays import Floats
from cesp_analysis.errors import CespError
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.planning.degrees import Rule
from cesp_analysis.planning.designed import OfLocations
from cesp_analysis.planning.power import noncentrality_for
from cesp_analysis.planning.scenarios import Fields
from cesp_analysis.planning.sizes import Sized, of_sizes
from cesp_analysis.planning.sizes_file import Sizes
from cesp_analysis.planning.uncertain import Uncertain

_ALIKE = np.ones(1)
MANY = 1e6  # times as many people: the ceiling of these locations


@dataclass(frozen=True)
class Found:
    """As `assurance.Answered`: arrays (n,)."""

    std_error: Floats
    df: Floats
    power: Floats
    reason: NDArray[np.object_]


@dataclass(frozen=True)
class OfThese:
    """A design of these very locations, each with its size, as what answers scenarios: their
    locations, people and size_cv are replaced."""

    own: OfLocations
    there: Sizes

    def __call__(self, fields: Fields) -> Found:
        """Answers (n,) to scenarios."""
        made = [self.sized(fields, at) for at in range(len(fields["icc"]))]
        error, df, power = (
            np.array([getattr(one, name) for one in made]) for name in ("std_error", "df", "power")
        )
        return Found(error, df, power, np.full(len(made), "", dtype=object))

    def sized(self, fields: Fields, at: int = 0, rule: Rule | Literal["cr2"] = "usual") -> Sized:
        """The answer to one scenario; CespError where these locations have none."""
        own = {name: value[at : at + 1] for name, value in fields.items()} | self.size
        model = replace(self.own.model, weights="people")
        try:
            arms = [float(own.get(name, _ALIKE)[0]) for name in ("part_control", "part_treated")]
            made = self.own.scenarios(own)
            return of_sizes(
                model, made, self.there.arm, self.there.people, rule, (arms[0], arms[1])
            )
        except NotEstimable as error:
            raise CespError(f"planning: {error}") from None

    @property
    def size(self) -> dict[str, Floats]:
        """Locations and mean people (1,)."""
        people = self.there.people
        return {"locations": np.array([float(len(people))]), "people": np.array([people.mean()])}


def at_medians(these: OfThese, drawn: Uncertain, target: float) -> dict[str, Any]:
    """Columns (1,) at the medians of what is known, said with the variation of these sizes."""
    middle = these.sized(drawn.middle())
    own = these.sized(drawn.middle(), rule="cr2")
    more = Sizes(these.there.arm, these.there.people * MANY)
    most = replace(these, there=more).sized(drawn.middle())
    at = np.array([middle.df]), np.array([these.own.alpha])
    method = (
        f"these sizes, each person alike: their CV {middle.cv:.3g} (of future locations"
        f" {middle.cv_of_future:.3g}), design effect {middle.design_effect:.4g},"
        f" {middle.people:.0f} people as good as {middle.people_over_design_effect:.1f} apart;"
        f" t on {middle.df:g} df, which is too bold where sizes lie far apart; with the"
        f" estimating equations' CR2 error on its own {own.df:.3g} df power is"
        f" {own.power:.1%}"
    )
    return {
        "std_error": np.array([middle.std_error]),
        "df": np.array([middle.df]),
        "power": np.array([middle.power]),
        "power_normal": np.array([middle.power_normal]),
        "detectable": middle.std_error * noncentrality_for(target, *at),
        "reason": np.array([""], dtype=object),
        "method": method,
        "ceiling": np.array([most.power]),
    }
