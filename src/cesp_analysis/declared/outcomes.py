"""What is measured: outcomes and covariates."""

from collections.abc import Iterable
from typing import Literal

from pydantic import Field

from cesp_analysis.declared.base import Frozen
from cesp_analysis.declared.design import Level

OutcomeType = Literal["continuous", "binary", "ordinal", "count", "amount"]


class Mid(Frozen):
    """A minimally important difference and who says so."""

    value: float = Field(gt=0, description="In the outcome's unit.")
    source: str = Field(description="Who says so.")


class Measured(Frozen):
    """Something that is read from a variable or from an instrument's score."""

    label: str = Field(description="How it is called in tables and figures.")
    level: Level = Field(default="person", description="Whose: a person's or a respondent's.")
    variable: str | None = Field(default=None, description="A variable of a file or form.")
    score: str | None = Field(default=None, description="instrument.score, e.g. phq9.total.")

    @property
    def source(self) -> str:
        """The variable or score it is read from."""
        return self.variable or self.score or ""


class Outcome(Measured):
    """One outcome of the study."""

    unit: str = Field(description="The unit of its values, e.g. points.")
    type: OutcomeType | None = Field(
        default=None,
        description="What its values are: continuous, binary (0 and 1), ordinal (whole numbers that"
        " stand for ordered categories), count (0, 1, 2 …), amount (0 or more: costs, hours). If it"
        " is said, values are held to it and models of another type are refused.",
    )
    direction: Literal["higher_is_better", "lower_is_better", "neither"] = Field(
        description="Which change is an improvement."
    )
    role: Literal["primary", "secondary", "negative_control"] = Field(
        default="secondary", description="negative_control: the intervention cannot change it."
    )
    mid: Mid | None = Field(default=None, description="Minimally important difference.")
    times: tuple[str, ...] | None = Field(
        default=None, description="When it is measured; by default at every time or wave."
    )
    decimals: int = Field(default=2, ge=0, le=6, description="Decimals in tables.")


def which(outcomes: Iterable[Outcome]) -> str:
    """What a caption calls outcomes that were chosen as primary, or in place of primary ones."""
    shown = list(outcomes)
    if all(outcome.role == "primary" for outcome in shown):
        return "primary outcomes"
    return ("an outcome" if len(shown) == 1 else "outcomes") + ", as none here is primary"


class Covariate(Measured):
    """One covariate. Measured at baseline, unless declared otherwise with the reason."""

    measured: str | None = Field(
        default=None, description="The time at which it is read; by default baseline."
    )
    post_baseline_reason: str | None = Field(
        default=None, description="Why a covariate measured after baseline may enter a model."
    )
    reference: str | None = Field(
        default=None, description="Category that others are compared with; by default the first."
    )
    decimals: int = Field(default=1, ge=0, le=6, description="Decimals in tables.")
