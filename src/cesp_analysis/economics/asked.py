"""What the steps `resample` and `evaluate` are told of the study."""

from cesp_analysis.declared.base import Frozen
from cesp_analysis.declared.design import Moment, Place
from cesp_analysis.declared.follow_up import DAYS_IN
from cesp_analysis.declared.handling import Handling
from cesp_analysis.declared.missing_data import Imputation
from cesp_analysis.declared.outcomes import Covariate, Outcome
from cesp_analysis.economics.ahead import Ahead
from cesp_analysis.economics.evaluation import Evaluation, OfPeople


class PeopleSpec(Frozen):
    """The section's people; times, sites, events' handling; covariates and auxiliary outcomes.

    days: of the study's unit of time; ahead: what is looked at first; windows: time → from when to
    when an answer counts.
    """

    economics: OfPeople
    seed: int
    randomised: bool
    times: tuple[Moment, ...]
    days: float
    windows: dict[str, tuple[float, float]] = {}
    sites: tuple[Place, ...] = ()
    handling: Handling
    imputation: Imputation
    covariates: dict[str, Covariate] = {}
    outcomes: dict[str, Outcome] = {}
    ahead: Ahead = Ahead()

    @property
    def names(self) -> tuple[str, ...]:
        """The times, in order."""
        return tuple(one.name for one in self.times)

    @property
    def years(self) -> tuple[float, ...]:
        """Where each time stands, in years since the first."""
        first = self.times[0].position
        return tuple((one.position - first) * self.days / DAYS_IN["years"] for one in self.times)


class EvaluateSpec(PeopleSpec):
    """What is estimated of them. indirect: minutes of other work for one with people; copied: as
    CostSpec."""

    economics: Evaluation
    ci_level: float
    indirect: float = 0.0
    copied: dict[str, str] = {}
