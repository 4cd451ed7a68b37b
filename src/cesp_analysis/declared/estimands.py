"""What is to be estimated, by the five attributes of ICH E9(R1), and who of the controls counts.

Source: ICH E9(R1) (2019), Addendum on estimands and sensitivity analysis in clinical trials, A.3.
"""

from typing import Literal

from pydantic import Field

from cesp_analysis.declared.base import Frozen, Name

Strategy = Literal[
    "treatment_policy", "hypothetical", "composite", "while_on_treatment", "principal_stratum"
]

CONTAMINATION = "contamination"
"""The intercurrent event that the section of the same name declares."""


class Variable(Frozen):
    """An outcome, and when it is looked at."""

    outcome: str = Field(description="One of outcomes.")
    time: str = Field(description="The time or wave, after the one it is compared with.")


class IntercurrentEvent(Frozen):
    """What may happen after the start and before the answer, and how the estimand deals with it."""

    strategy: Strategy = Field(
        description="treatment_policy: answers count whatever happened; hypothetical: as if it had"
        " not happened; composite: it is part of the variable; while_on_treatment: answers until"
        " then; principal_stratum: those in whom it would not happen."
    )
    label: str = Field(
        default="", description="How it is called; by default as events (or contamination) says."
    )
    value: float | None = Field(
        default=None,
        description="composite: what the outcome is after the event, in its unit; models with"
        " missing_data: imputed take it.",
    )


class Estimand(Frozen):
    """One thing to estimate: population, treatment, variable, intercurrent events, summary."""

    label: str = Field(description="How tables call it.")
    population: str = Field(description="Of whom the effect is.")
    treatment: str = Field(description="What is compared with what.")
    variable: Variable
    intercurrent_events: dict[Name, IntercurrentEvent] = Field(
        default_factory=dict,
        description="By name: those of events, contamination, or others with a label.",
    )
    summary_measure: str = Field(
        description="As estimates.csv says under estimand, e.g. difference in mean change."
    )


class Asked(Frozen):
    """A question that says, each time it is asked, whether somebody did."""

    variable: str = Field(description="The variable that holds the answers.")
    values: tuple[str, ...] = Field(
        default=("yes",), min_length=1, description="Its values that mean that they did."
    )


class Contamination(Frozen):
    """Who of the control arm got part of what the intervention offers."""

    label: str = Field(description="What they did, e.g. Used the organisation.")
    variable: str = Field(description="A variable of people's files that says so.")
    values: tuple[str, ...] = Field(
        min_length=1, description="Its values that mean contaminated; 1 of an expression."
    )
    measured: str | None = Field(
        default=None, description="The time at which it is read, if its file has times."
    )
    over_time: Asked | None = Field(
        default=None,
        description="What people are asked at each time (since the last one): contamination.csv and"
        " the flow count by time. It does not change who counts as contaminated in models.",
    )
    respondents: Asked | None = Field(
        default=None, description="The same of respondents, asked in each wave."
    )
    moved_here: str | None = Field(
        default=None,
        description="Respondents: a category that says from where they moved here; its codes are"
        " sites, or other words for other places.",
    )

    def of_models(self) -> "Contamination":
        """What models see of it: whom they may leave out, not what is counted by time."""
        counted = {"over_time": None, "respondents": None, "moved_here": None}
        return self.model_copy(update=counted)
