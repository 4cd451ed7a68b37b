"""What of the section is estimated, without the words that tables and figures alone say."""

from typing import Literal

from cesp_analysis.declared.base import Frozen, Name
from cesp_analysis.declared.economics import BootImpute


class Source(Frozen):
    """Where a number of people is (economics.Quantity)."""

    score: str | None = None
    variable: Name | None = None

    @property
    def name(self) -> str:
        """What it is, whatever tables call it."""
        return self.score or self.variable or ""


class Total(Source):
    """Totals of costs, with the dearest that one person's can be (economics.costs)."""

    most: float | None = None


class Valued(Source):
    """Utilities, with what the tables' column `value_set` calls them; range: the lowest and the
    highest that there can be, None where it is not known."""

    label: str
    range: tuple[float | None, float | None] = (None, None)


class Multiplied(Frozen):
    """By what imputed values of an arm after the first time are multiplied
    (economics.departures)."""

    utility: dict[Literal["intervention", "control"], float] = {}
    cost: dict[Literal["intervention", "control"], float] = {}


class Between(Frozen):
    """A parameter at its low and its high value, and with which probability it lies between
    (economics.tornado)."""

    of: str
    low: float
    high: float
    holds: float | None = None


class Further(Frozen):
    """Whom a decision concerns, and a further trial (economics.information)."""

    incidence: float
    years: float
    threshold: float | None = None
    sizes: tuple[int, ...]
    trial_fixed: float
    trial_per_person: float


class OfPeople(Frozen):
    """What people's costs and QALYs are made of, and how they are completed and drawn again;
    perspectives: name → sectors."""

    perspectives: dict[Name, tuple[Name, ...]]
    costs: Total | None
    baseline_costs: bool
    utility: Valued
    qalys: Source | None
    discount: float
    covariates: tuple[str, ...]
    cluster: Literal["link_worker", "neighbourhood"] | None
    missing: BootImpute
    departures: dict[Name, Multiplied]


class Evaluation(OfPeople):
    """What of the section is estimated."""

    value_sets: dict[Name, Valued]
    thresholds: tuple[float, ...]
    curve_to: float
    covariance: Literal["classical", "HC2"]
    tornado: dict[Name, Between]
    subgroups: tuple[str, ...]
    information: Further | None

    @property
    def decided_at(self) -> float:
        """£ a QALY at which a decision on more evidence is looked at: as declared, else the
        first."""
        if self.information is None or self.information.threshold is None:
            return self.thresholds[0]
        return self.information.threshold
