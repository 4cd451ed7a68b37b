"""Can the difference be measured, and by which outcome: what a study declares of it."""

from typing import Literal

from pydantic import Field

from cesp_analysis.declared.base import Frozen, Name
from cesp_analysis.declared.design import Level
from cesp_analysis.declared.outcomes import Outcome

Quantity = Literal[
    "missing",
    "missing_last",
    "missing_worst",
    "item_missing",
    "no_room",
    "no_room_worst",
    "floor",
    "ceiling",
    "alpha",
    "alpha_low",
    "omega",
    "omega_low",
    "retest_icc",
    "retest_icc_low",
    "mdc95_person",
    "mdc95_group",
    "correlation",
    "srm",
    "guyatt",
    "mid_known",
    "people",
    "people_upper",
]
"""Columns of measurability.csv that a criterion may hold to a limit."""


class Retest(Frozen):
    """A second administration to people who did not change in between."""

    file: Name = Field(
        description="Its file: level person, one_row_per any, no time (its answers are no outcomes"
        " of a time), with instruments or variables of the candidates."
    )
    first: str | None = Field(
        default=None, description="The time it repeats; by default the first time."
    )
    anchor: Name | None = Field(
        default=None,
        description="Its variable in which people say whether they changed; without one everybody"
        " counts as stable, with a warning.",
    )
    stable: tuple[str, ...] = Field(
        default=(), description="The anchor's answers that mean: did not change."
    )
    variables: dict[Name, Name] = Field(
        default_factory=dict,
        description="Outcome → the file's variable that repeats it, where it is no instrument's"
        " score there.",
    )


class Effect(Frozen):
    """A difference that the definitive trial should be able to find, and who says so."""

    value: float = Field(gt=0, description="In the outcome's unit.")
    source: str = Field(description="Who says so, or that it is assumed.")


class RankingCriterion(Frozen):
    """One limit that a candidate should keep."""

    of: Quantity = Field(description="A column of measurability.csv.")
    at_least: float | None = None
    at_most: float | None = None
    weight: float = Field(default=1.0, gt=0, description="For method weights.")
    why: str = Field(
        default="", description="Why this limit; the report prints it under the ranking."
    )


class Ranking(Frozen):
    """How candidates are ordered: to declare before anybody looks, and held by the plan's lock."""

    method: Literal["in_order", "weights"] = Field(
        default="in_order",
        description="in_order: a candidate that meets the first criterion stands before one that"
        " does not, whatever the others; among equals the second decides, and so on. weights: the"
        " weights of the criteria that are met, over all weights. What is not known or does not"
        " apply counts half, between met and not met.",
    )
    criteria: tuple[RankingCriterion, ...] = Field(description="In the order of their importance.")
    ties: Literal["people", "people_upper", "none"] = Field(
        default="people", description="Of equals the one that needs fewer people stands first."
    )


class SampleSize(Frozen):
    """The definitive trial that candidates are compared for: locations allocated to two arms."""

    power: float = Field(default=0.9, gt=0, lt=1)
    alpha: float = Field(default=0.05, gt=0, lt=1, description="Two-sided.")
    cluster_size: float = Field(ge=1, description="People measured at each location.")
    cluster_size_cv: float = Field(
        default=0.0, ge=0, description="Coefficient of variation of the locations' sizes."
    )
    icc: float = Field(
        ge=0,
        lt=1,
        description="Correlation within locations. Two sites do not tell it: from elsewhere.",
    )
    icc_source: str = Field(description="Where the correlation is from.")
    analysis: Literal["follow_up", "at_equal_baseline", "change"] = Field(
        default="follow_up",
        description="at_equal_baseline: a factor 1 - r², change: 2(1 - r), r the correlation of a"
        " location's means before and after.",
    )
    autocorrelation: float | None = Field(
        default=None,
        ge=-1,
        le=1,
        description="Of the locations' own means before and after (CAC), for analysis"
        " at_equal_baseline or change.",
    )
    loss: float = Field(default=0.0, ge=0, lt=1, description="Share without an answer at the end.")


class Measurement(Frozen):
    """Whether outcomes can be measured; which could be the definitive trial's primary one."""

    candidates: tuple[str, ...] | None = Field(
        default=None,
        description="Outcomes; by default those that are an instrument's score or primary, without"
        " negative controls.",
    )
    retest: Retest | None = None
    extreme: float = Field(
        default=0.15,
        gt=0,
        lt=1,
        description="Larger shares at the lowest or highest score are flagged.",
    )
    sd_confidence: float = Field(
        default=0.8,
        gt=0.5,
        lt=1,
        description="Of the SD's upper limit (one-sided), for planning (Browne 1995).",
    )
    draws: int = Field(default=2000, ge=200, le=20_000, description="Of every bootstrap.")
    effects: dict[Name, Effect] = Field(
        default_factory=dict,
        description="Outcome → the difference to plan for; by default its mid.",
    )
    sample_size: dict[Level, SampleSize] = Field(
        default_factory=dict, description="person, respondent: the trial to plan."
    )
    ranking: Ranking | None = None

    def of(self, outcomes: dict[str, Outcome]) -> list[str]:
        """The candidates, in config's order of outcomes."""
        if self.candidates is not None:
            return [name for name in outcomes if name in self.candidates]
        return [
            name
            for name, outcome in outcomes.items()
            if outcome.role != "negative_control"
            and (outcome.role == "primary" or _of_an_instrument(outcome))
        ]


def _of_an_instrument(outcome: Outcome) -> bool:
    return outcome.score is not None and not outcome.score.startswith("network.")
