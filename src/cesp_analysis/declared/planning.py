"""The definitive trial in many locations: designs, what is assumed, costs, what is simulated."""

from math import inf
from typing import Literal

from pydantic import Field

from cesp_analysis.declared.base import Frozen, Name
from cesp_analysis.declared.trial_designs import TrialDesign

Parameter = Literal[
    "control", "sd", "correlation", "retention", "icc", "cac", "icc_link_worker",
    "icc_neighbourhood", "size_cv",
]  # fmt: skip
"""control: the share, or the mean count, of the control arm; of a binary or count outcome alone."""
PARAMETERS: tuple[str, ...] = (
    "control", "sd", "correlation", "retention", "icc", "cac", "icc_link_worker",
    "icc_neighbourhood", "size_cv",
)  # fmt: skip
LEARNT = ("control", "sd", "correlation", "retention", "icc_link_worker", "icc_neighbourhood")
"""Of these a study with few sites tells something; of the others two sites tell nothing."""
Analysis = Literal[
    "mixed_satterthwaite",
    "mixed_kenward_roger",
    "location_means_t",
    "gee_cr2",
    "permutation",
    "z",
]


NOISE = 3.0
"""Monte Carlo errors that chance explains."""

_SUPPORT = {"sd": (0.0, inf), "size_cv": (0.0, 2.0)}


def support_of(name: str, value: float, kind: str, structure: str) -> tuple[float, float]:
    """Between which numbers a parameter lies, and so its law; kind: the outcome's type.

    Correlations that are declared above 0 stay there: one that may lie on either side is declared
    at 0 or below.
    """
    if name == "control":
        return 0.0, 1.0 if kind == "binary" else inf
    own_sides = name == "correlation" or (name == "cac" and structure != "block_exchangeable")
    return (-1.0, 1.0) if own_sides and value <= 0 else _SUPPORT.get(name, (0.0, 1.0))


class Assumed(Frozen):
    """A number that the study does not tell, with how sure its source is of it."""

    value: float = Field(allow_inf_nan=False, description="The number; of a distribution its mean.")
    sd: float = Field(
        default=0.0,
        ge=0,
        allow_inf_nan=False,
        description="How uncertain: SD of its distribution, a beta between the ends of what it can"
        " be (shares, correlations, size_cv) or, of what has no upper end (sd, mean counts), a"
        " lognormal.",
    )
    source: str = Field(min_length=1, description="Whose number, or that it is assumed.")


class TrialCosts(Frozen):
    """What a trial costs, in £."""

    fixed: float = Field(default=0.0, ge=0, allow_inf_nan=False, description="Whatever its size.")
    location: float = Field(ge=0, allow_inf_nan=False, description="Each location.")
    person: float = Field(
        default=0.0, ge=0, allow_inf_nan=False, description="Each person who is recruited."
    )
    survey: float = Field(
        default=0.0,
        ge=0,
        allow_inf_nan=False,
        description="Each period in which a location is measured.",
    )
    assessment: float = Field(
        ge=0, allow_inf_nan=False, description="Each time that somebody is asked."
    )
    source: str = Field(min_length=1, description="Whose figures, or that they are assumed.")


class Trials(Frozen):
    """Trials that are simulated and analysed, to see what formulas promise."""

    analyses: tuple[Analysis, ...] = Field(
        default=("mixed_kenward_roger", "location_means_t"),
        min_length=1,
        description="z: as if the"
        " standard error were known, which rejects too often with few locations; to be shown.",
    )
    monte_carlo_error: float = Field(
        default=0.005, gt=0, lt=0.2, description="Standard error of power at which they stop."
    )
    most: int = Field(
        default=100_000,
        ge=1000,
        le=1_000_000_000,
        description="Trials of a scenario at most, in whole blocks (of up to 8,192), of which there"
        " is one at least.",
    )
    parts: int = Field(
        default=2, ge=1, le=1000, description="Jobs that share them: on a cluster as many as nodes."
    )
    plasmode: bool = Field(
        default=False, description="Whether this study's people are drawn again, too."
    )


class Planning(Frozen):
    """What the definitive trial needs: power, assurance, locations, people, costs."""

    outcome: Name = Field(description="Its primary outcome: one of people, at two times.")
    time: str | None = Field(default=None, description="When it is compared; by default the last.")
    difference: float | None = Field(
        default=None,
        gt=0,
        allow_inf_nan=False,
        description="The difference that it should find; by default the important one (mid).",
    )
    difference_source: str = Field(default="", description="Who says so, if it is no mid.")
    difference_sd: float = Field(
        default=0.0,
        ge=0,
        allow_inf_nan=False,
        description="How uncertain the true difference is: SD of a normal distribution about it,"
        " for assurance; 0 holds it.",
    )
    alpha: float = Field(default=0.05, gt=0, lt=1, description="Two-sided.")
    power: float = Field(default=0.9, gt=0, lt=1, description="To be reached, at the medians.")
    assurance: float = Field(
        default=0.8, gt=0, lt=1, description="To be reached, over all that is uncertain."
    )
    locations_at_most: int | None = Field(
        default=None, ge=4, description="Locations that there are, or that can be won."
    )
    structure: Literal["exchangeable", "block_exchangeable", "decay"] = Field(
        default="decay",
        description="How a location's periods are alike: all the same, the same but of their own,"
        " less the further they are apart.",
    )
    known: dict[Parameter, Literal["study", "published", "neighbourhoods"] | Assumed] = Field(
        default_factory=dict,
        description="Parameter → study (by default of sd, correlation, retention,"
        " icc_link_worker), published (by default of icc and cac: the pairs of few_sites.prior),"
        " neighbourhoods (of icc, if the trial's locations are to be like this study's), or {value,"
        " sd, source}.",
    )
    draws: int = Field(default=2000, ge=200, le=100_000, description="Of the uncertain parameters.")
    designs: dict[Name, TrialDesign] = Field(min_length=1)
    costs: TrialCosts | None = None
    delay: float = Field(
        default=0.0,
        ge=0,
        allow_inf_nan=False,
        description="Years until the trial has told: who needs to know before gains nothing.",
    )
    trials: Trials = Trials()

    @property
    def simulated(self) -> dict[str, TrialDesign]:
        """The designs of which trials are simulated."""
        return {name: one for name, one in self.designs.items() if one.simulate}
