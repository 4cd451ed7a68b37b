"""Model kind `group_time`: what an intervention does that begins at different times in different
sites (Callaway & Sant'Anna 2021, J Econometrics 225:200-30).

Each start's effect at each time is a comparison of its own with those who have not begun; averages
of these say what is asked. No site that has begun compares, which is what biases a regression on
effects of site and time where effects grow (Goodman-Bacon 2021, J Econometrics 225:254-77).
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from cesp_analysis.models.answers import answers_of
from cesp_analysis.models.every_kind import ModelKind
from cesp_analysis.models.group_time_engine import Adjustment
from cesp_analysis.models.group_time_plan import averages_of
from cesp_analysis.models.group_time_rows import fitted
from cesp_analysis.models.group_time_sums import Multiplier
from cesp_analysis.models.results import Fit, of_all
from cesp_analysis.models.spec import ArmsAt, Cluster

if TYPE_CHECKING:
    import pandas as pd

Asked = Literal["overall", "since_start", "by_start", "by_time", "group_time"]


class GroupTime(ModelKind):
    """Group-time average effects of a staggered start."""

    seeded: ClassVar[bool] = True

    kind: Literal["group_time"]
    design: Literal["panel", "cross_sections"] = Field(
        description="panel: changes of people who answered at both times of a comparison;"
        " cross_sections: different people each time."
    )
    comparison: Literal["never_treated", "not_yet_treated"] = Field(
        default="never_treated",
        description="With whom those who began are compared: those who never do, or all who have"
        " not begun yet.",
    )
    base: Literal["varying", "universal"] = Field(
        default="varying",
        description="The time that a change before the start counts from: the one before it"
        " (varying), or the last before the start (universal), as changes after the start do.",
    )
    anticipation: int = Field(
        default=0,
        ge=0,
        description="How many of the model's times before the start may hold an effect already.",
    )
    adjustment: Adjustment = Field(
        default="doubly_robust",
        description="How covariates, as at baseline, are adjusted for: doubly_robust, regression"
        " (of the untreated) or weighting (by a logistic propensity).",
    )
    cluster: Cluster = Field(default="site", description="What is taken as independent.")
    group_sizes: Literal["fixed", "sampled"] = Field(
        default="fixed",
        description="Averages over starts weigh each by its people. fixed: these shares are the"
        " study's own; sampled: they estimate those of a population, which adds to the error.",
    )
    effects: tuple[Asked, ...] = Field(
        default=("overall", "since_start", "by_start", "by_time"),
        description="Which rows: overall; since_start (event study); by_start; by_time;"
        " group_time (each start at each time).",
    )
    draws: int = Field(
        default=4_999, ge=199, description="Draws of the bootstrap for simultaneous intervals."
    )
    multiplier: Multiplier = Field(
        default="rademacher", description="What clusters are multiplied by in a draw."
    )

    def faults(self) -> Iterator[str]:
        """The base time follows from each start; so there is no reference."""
        if self.reference is not None:
            yield ("reference: changes count from the time before each start, see base; remove it")

    def estimate_tails(self) -> tuple[str, ...]:
        """What follows model/outcome in the names of its estimates; blank: the overall one."""
        return tuple(row.tail for row in averages_of(self))

    def arms_at(self) -> ArmsAt:
        """Its comparisons have groups of their own, at times of their own, which it looks at itself
        (`group_time_data.compared`)."""
        return "neither"

    def levels(self) -> tuple[str, ...]:
        """Its clusters'."""
        return (self.cluster,)

    def no_means(self) -> str:
        """Comparisons have groups and base times of their own."""
        return "each of its comparisons has a base time and a group of its own"

    def own_fit(self, panel: "pd.DataFrame") -> Fit:
        """A fit to every outcome of the spec."""
        answers = answers_of(panel, self)
        return of_all({outcome: fitted(self, answers, outcome) for outcome in self.outcomes})
