"""The definitive trial in many locations: designs, what is assumed, costs, what is simulated."""

from typing import Literal, Self

from pydantic import Field, model_validator

from cesp_analysis.declared.base import Frozen, Name

Kind = Literal[
    "parallel_post",
    "parallel_baseline",
    "before_after",
    "crossover",
    "stepped_wedge",
    "individual",
]
"""What is allocated or compared, and when people are measured: DESCRIBED says it in words."""
DESCRIBED: dict[str, str] = {
    "parallel_post": "locations allocated to two arms, measured at the end",
    "parallel_baseline": "locations allocated to two arms, measured before and at the end",
    "before_after": "locations that were not allocated, measured before and at the end",
    "crossover": "locations allocated to the order of two periods",
    "stepped_wedge": "locations allocated to when they begin",
    "individual": "people allocated within locations, link workers in one arm",
}
Parameter = Literal[
    "control", "sd", "correlation", "retention", "icc", "cac", "icc_link_worker", "size_cv"
]
"""control: the share, or the mean count, of the control arm; of a binary or count outcome alone."""
PARAMETERS: tuple[str, ...] = (
    "control", "sd", "correlation", "retention", "icc", "cac", "icc_link_worker", "size_cv",
)  # fmt: skip
LEARNT = ("control", "sd", "correlation", "retention", "icc_link_worker")
"""Of these a study with few sites tells something; of the others two sites tell nothing."""
Analysis = Literal[
    "mixed_satterthwaite",
    "mixed_kenward_roger",
    "location_means_t",
    "gee_cr2",
    "permutation",
    "z",
]


class Assumed(Frozen):
    """A number that the study does not tell, with how sure its source is of it."""

    value: float = Field(description="The number; of a distribution its mean.")
    sd: float = Field(default=0.0, ge=0, description="How uncertain: SD of its distribution.")
    source: str = Field(min_length=1, description="Whose number, or that it is assumed.")


class TrialDesign(Frozen):
    """One design that the definitive trial might have, over a grid of sizes."""

    label: str = Field(description="How tables and figures call it.")
    kind: Kind
    locations: tuple[int, ...] = Field(
        default=(), description="Locations in all, each to be looked at."
    )
    people: tuple[int, ...] = Field(
        default=(), description="People asked in a location and period, each to be looked at."
    )
    sizes: str | None = Field(
        default=None,
        description="In place of both: a CSV of the locations that there are (location, arm,"
        " people), of two arms.",
    )
    sampling: Literal["cohort", "cross_section"] = Field(
        default="cohort", description="Whether the same people are asked in each period."
    )
    analysed: Literal["ancova", "repeated_measures"] = Field(
        default="ancova",
        description="Of a parallel_baseline cohort: adjusted for a person's own baseline, or both"
        " answers in one model, which also takes off what a location's mean said before.",
    )
    steps: int = Field(
        default=4, ge=2, description="Of a stepped wedge: groups of locations that begin together."
    )
    periods: int | None = Field(
        default=None,
        ge=3,
        description="Of a stepped wedge: in all; by default one more than steps.",
    )
    observed: tuple[int, int] | None = Field(
        default=None,
        description="Of a stepped wedge of which each location is measured about its own step"
        " alone: so many periods before it and after it.",
    )
    batches: int = Field(
        default=1, ge=1, description="Of a stepped wedge: so many, one begun after another."
    )
    later: int = Field(
        default=1, ge=1, description="Of batches: by how many periods the next begins later."
    )
    months: float | None = Field(
        default=None, gt=0, description="From one period to the next; by default the study's own."
    )
    people_a_worker: float = Field(
        default=20.0, gt=0, description="Of kind individual: people of one link worker."
    )
    simulate: bool = Field(
        default=False, description="Whether trials of it are simulated, too: see trials."
    )

    @model_validator(mode="after")
    def _sizes(self) -> Self:
        if any(n < 1 for n in (*self.locations, *self.people)):
            raise ValueError("locations and people are 1 or more")
        grid = bool(self.locations) + bool(self.people)
        if (self.sizes is None and grid < 2) or (self.sizes is not None and grid):
            raise ValueError("say locations and people, or sizes in place of both")
        if self.sizes is not None and self.kind in ("stepped_wedge", "crossover", "individual"):
            raise ValueError(f"sizes: of two arms, not of kind {self.kind}; say locations, people")
        if self.sizes is not None and self.simulate:
            raise ValueError("simulate: of locations and people, not of sizes; remove it")
        told = {"steps", "periods", "observed", "batches", "later"} & self.model_fields_set
        if told and self.kind != "stepped_wedge":
            raise ValueError(f"{', '.join(sorted(told))}: of a stepped wedge alone; remove it")
        if "analysed" in self.model_fields_set and not self.follows:
            raise ValueError("analysed: of a parallel_baseline cohort alone; remove it")
        if self.observed is not None and (min(self.observed) < 1 or self.periods is not None):
            raise ValueError("observed: periods before and after the step, 1 or more, no periods")
        if self.periods is not None and self.periods <= self.steps:
            raise ValueError(f"periods: {self.steps} steps need {self.steps + 1} at least")
        return self

    @property
    def follows(self) -> bool:
        """Whether allocated people are asked before and at the end."""
        return self.kind == "parallel_baseline" and self.sampling == "cohort"

    @property
    def surveys(self) -> int:
        """Periods of the whole trial."""
        if self.kind != "stepped_wedge":
            return 1 if self.kind == "parallel_post" else 2
        before, after = self.observed or (1, 1)
        alone = self.steps + before + after - 1 if self.observed else self.periods or self.steps + 1
        return alone + self.later * (self.batches - 1)


class TrialCosts(Frozen):
    """What a trial costs, in £."""

    fixed: float = Field(default=0.0, ge=0, description="Whatever its size.")
    location: float = Field(ge=0, description="Each location.")
    person: float = Field(default=0.0, ge=0, description="Each person who is recruited.")
    survey: float = Field(
        default=0.0, ge=0, description="Each period in which a location is measured."
    )
    assessment: float = Field(ge=0, description="Each time that somebody is asked.")
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
    most: int = Field(default=100_000, ge=1000, description="Trials of a scenario at most.")
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
        description="The difference that it should find; by default the important one (mid).",
    )
    difference_source: str = Field(default="", description="Who says so, if it is no mid.")
    difference_sd: float = Field(
        default=0.0,
        ge=0,
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
    known: dict[Parameter, Literal["study", "published"] | Assumed] = Field(
        default_factory=dict,
        description="Parameter → study (by default of sd, correlation, retention,"
        " icc_link_worker), published (by default of icc and cac: the pairs of few_sites.prior), or"
        " {value, sd, source}.",
    )
    draws: int = Field(default=2000, ge=200, description="Of the uncertain parameters.")
    designs: dict[Name, TrialDesign] = Field(min_length=1)
    costs: TrialCosts | None = None
    delay: float = Field(
        default=0.0,
        ge=0,
        description="Years until the trial has told: who needs to know before gains nothing.",
    )
    trials: Trials = Trials()

    @property
    def simulated(self) -> dict[str, TrialDesign]:
        """The designs of which trials are simulated."""
        return {name: one for name, one in self.designs.items() if one.simulate}
