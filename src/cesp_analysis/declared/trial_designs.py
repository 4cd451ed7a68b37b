"""Designs that the definitive trial might have."""

from collections.abc import Iterator
from itertools import product
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from cesp_analysis.declared.base import Frozen

Kind = Literal[
    "parallel_post", "parallel_baseline", "before_after", "crossover", "stepped_wedge",
    "individual",
]  # fmt: skip
"""What is allocated or compared, and when people are measured: DESCRIBED says it in words."""
DESCRIBED: dict[str, str] = {
    "parallel_post": "locations allocated to two arms, measured at the end",
    "parallel_baseline": "locations allocated to two arms, measured before and at the end",
    "before_after": "locations that were not allocated, measured before and at the end",
    "crossover": "locations allocated to the order of two periods",
    "stepped_wedge": "locations allocated to when they begin",
    "individual": "people allocated within locations, link workers in one arm",
}
MOST = 1_000_000
"""Locations, and people of one, at most: their products stay whole numbers."""
MOST_PERIODS = 100
"""Periods of a trial at most: each is a row and a column of every scenario's matrices."""
MOST_SIMULATED, MOST_DRAWN = 10_000, 1_000_000
"""Locations, and people, of a trial that is simulated at most: a few such lie in memory."""


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
        default=None,
        gt=0,
        allow_inf_nan=False,
        description="From one period to the next; by default the study's own.",
    )
    effect_sd: float = Field(
        default=0.0,
        ge=0,
        allow_inf_nan=False,
        description="Of kind individual: SD of the difference between locations, in its unit; 0"
        " takes it as the same everywhere: people count, not in how many locations they are.",
    )
    people_a_worker: float = Field(
        default=20.0,
        gt=0,
        allow_inf_nan=False,
        description="Of kind individual: people of one link worker.",
    )
    caseload_cv: float = Field(
        default=0.0,
        ge=0,
        lt=2,
        allow_inf_nan=False,
        description="Of kind individual: CV of the numbers of people whom link workers serve.",
    )
    simulate: bool = Field(
        default=False, description="Whether trials of it are simulated, too: see trials."
    )
    simulated_people: tuple[int, ...] = Field(
        default=(), description="Of which of these people; by default of the middle number alone."
    )

    @field_validator("observed", mode="before")
    @classmethod
    def _two(cls, told: Any) -> Any:
        if told is not None and not (isinstance(told, list | tuple) and len(told) == 2):
            raise ValueError("is two numbers of periods, before the step and after it: [1, 1]")
        return told

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if said := [why for wrong, why in (*self._sizes(), *self._others()) if wrong]:
            raise ValueError("\n".join(said))
        return self

    def _sizes(self) -> Iterator[tuple[bool, str]]:
        """What may be wrong with how large it is."""
        for name, least in (("locations", 1), ("people", 2), ("simulated_people", 2)):
            own = getattr(self, name)
            yield any(n < least for n in own), f"{name}: must be {least} or more"
            yield any(n > MOST for n in own), f"{name}: must be {MOST:,} or less"
            yield len(set(own)) < len(own), f"{name}: a number stands twice; keep one"
        grid, own_sizes = bool(self.locations) + bool(self.people), self.sizes is not None
        yield (
            own_sizes == bool(grid) or grid == 1,
            ("say locations and people, or sizes in place of both"),
        )
        of_two = self.kind not in ("stepped_wedge", "crossover", "individual")
        yield (
            own_sizes and not of_two,
            (f"sizes: of two arms, not of kind {self.kind}; say locations, people"),
        )
        yield (
            own_sizes and self.simulate,
            "simulate: of locations and people, not of sizes; remove it",
        )
        yield (
            own_sizes and self.follows and self.analysed == "ancova",
            ("sizes: of a cohort by repeated measures; write analysed: repeated_measures"),
        )
        people = max(self.simulated, default=0)
        for n in self.locations if self.simulate else ():
            yield (
                n > MOST_SIMULATED or n * people > MOST_DRAWN,
                f"simulate: trials of {n:,} locations with {people:,} people are too large to draw"
                f" ({MOST_SIMULATED:,} locations, {MOST_DRAWN:,} people in all at most); remove it",
            )
        for n in dict.fromkeys(self.simulated_people):
            yield (
                n not in self.people,
                f"simulated_people: {n} is none of people; write one of them",
            )
        yield (
            bool(self.simulated_people) and not self.simulate,
            ("simulated_people: of designs that are simulated; write simulate: true, or remove it"),
        )

    def _others(self) -> Iterator[tuple[bool, str]]:
        """What may be said of other designs alone, and periods that do not go together."""
        told, wedge = self.model_fields_set, self.kind == "stepped_wedge"
        people = self.kind == "individual"
        for name in ("steps", "periods", "observed", "batches", "later"):
            yield name in told and not wedge, f"{name}: of a stepped wedge alone; remove it"
        for name in ("effect_sd", "people_a_worker", "caseload_cv"):
            yield name in told and not people, f"{name}: of kind individual alone; remove it"
        yield (
            "months" in told and self.surveys < 2,
            ("months: of designs that ask more than once; remove it"),
        )
        yield (
            people and self.sampling != "cohort",
            ("sampling: people who are allocated are followed; remove it"),
        )
        yield (
            "analysed" in told and not self.follows,
            ("analysed: of a parallel_baseline cohort alone; remove it"),
        )
        yield (
            self.surveys > MOST_PERIODS,
            f"its {self.surveys:,} periods in all are too many; {MOST_PERIODS} at most",
        )
        both = self.observed is not None and self.periods is not None
        yield wedge and both, "observed: with it no periods are said; remove periods"
        yield (
            self.observed is not None and min(self.observed) < 1,
            ("observed: periods before and after the step, each 1 or more"),
        )
        yield (
            wedge and self.periods is not None and self.periods <= self.steps,
            (f"periods: {self.steps} steps need {self.steps + 1} at least"),
        )

    @property
    def asks_others(self) -> bool:
        """Whether others are asked in each period, so that nobody is followed and lost."""
        return self.sampling == "cross_section" and self.surveys > 1

    @property
    def simulated(self) -> tuple[int, ...]:
        """Of which numbers of people trials are simulated: those that are said, or the middle."""
        return self.simulated_people or tuple(sorted(self.people)[len(self.people) // 2 :][:1])

    @property
    def simulated_sizes(self) -> list[tuple[int, int]]:
        """Of which locations and people trials are simulated, if they are."""
        return list(product(self.locations, self.simulated))

    @property
    def followed(self) -> bool:
        """Whether the same people answer more than once, so that their correlation counts."""
        return self.surveys > 1 and self.sampling == "cohort"

    @property
    def people_need(self) -> tuple[str, ...]:
        """Of what is known of people, what some designs need and others do not."""
        workers = ("icc_link_worker",) if self.kind == "individual" else ()
        return (*(("correlation",) if self.followed else ()), *workers)

    def rests_on(self, structure: str) -> tuple[str, ...]:
        """The parameters that its power depends on."""
        if self.kind == "individual":
            return ("control", "sd", "correlation", "retention", "icc", "icc_link_worker")
        lost = () if self.asks_others else ("retention",)
        lasting = ("cac",) if self.surveys > 1 and structure != "exchangeable" else ()
        alike = () if self.sizes else ("size_cv",)  # locations that there are have their own
        return ("control", "sd", *self.people_need, *lost, "icc", *lasting, *alike)

    @property
    def follows(self) -> bool:
        """Whether allocated people are asked before and at the end."""
        return self.kind == "parallel_baseline" and self.sampling == "cohort"

    def workers(self, people: float) -> int:
        """Of kind individual: whole link workers of a location with so many people, half of whom
        they serve: as many as come nearest to people_a_worker."""
        return max(1, round(people / 2 / self.people_a_worker))

    @property
    def surveys(self) -> int:
        """Periods of the whole trial."""
        if self.kind != "stepped_wedge":
            return 1 if self.kind == "parallel_post" else 2
        before, after = self.observed or (1, 1)
        alone = self.steps + before + after - 1 if self.observed else self.periods or self.steps + 1
        return alone + self.later * (self.batches - 1)
