"""How far the answer is pushed where those who are lost may differ: what a study declares of it."""

from typing import Literal

from pydantic import Field

from cesp_analysis.declared.base import Frozen, Name

ShiftUnit = Literal["outcome", "mid", "sd"]
NO_EVENT = "no_event"
"""In a pattern: gaps of people with none of the study's events before them."""
Reference = Literal["jump_to_reference", "copy_increments", "copy_reference"]
REFERENCES: tuple[Reference, ...] = ("jump_to_reference", "copy_increments", "copy_reference")


class Delta(Frozen):
    """How far an outcome's missing answers are moved from what was imputed, either way."""

    step: float = Field(gt=0, description="The shift that the forest of assumptions shows.")
    most: float = Field(gt=0, description="How far the tipping map goes.")
    unit: ShiftUnit = Field(
        default="outcome",
        description="outcome: in its unit; mid: minimally important differences; sd: standard"
        " deviations of the answers at the reference time.",
    )


class PatternShift(Frozen):
    """Gaps of one group, and how much worse their answers would be than imputed."""

    event: Name = Field(
        description="An event of the study before the gap, of several the first; no_event: none."
    )
    reasons: tuple[str, ...] = Field(
        default=(), description="Only of these categories of the event's reason."
    )
    arm: Name | None = Field(default=None, description="Only of this arm; by default of both.")
    worse: float = Field(
        description="How much worse each answer would be than imputed, by the outcome's direction"
        " (lower, of an outcome with neither); below 0: better."
    )
    unit: ShiftUnit = Field(default="outcome", description="As of deltas.")


class Pattern(Frozen):
    """Groups whose missing answers are moved, each by its own shift, all at once."""

    label: str = Field(description="How tables and figures call it.")
    shifts: tuple[PatternShift, ...] = Field(min_length=1)


class Sensitivity(Frozen):
    """Sensitivity of imputed models to what cannot be known: answers that nobody gave."""

    models: tuple[Name, ...] = Field(
        default=(),
        description="Imputed models that are pushed; by default those whose estimate is linear in"
        " the answers (did, ancova), for others take a fit for each point and set.",
    )
    deltas: dict[Name, Delta] = Field(
        default_factory=dict,
        description="Outcome → its shifts; by default one MID (half an SD without one), and two"
        " SDs.",
    )
    points: int = Field(
        default=21,
        ge=3,
        le=101,
        description="Shifts along each side of the tipping map, an odd number, so that 0 is one of"
        " them; of models other than did and ancova 5.",
    )
    references: tuple[Reference, ...] = Field(
        default=REFERENCES,
        description="Reference-based imputation: those lost at the intervention change from then"
        " on as the control, in these ways; of outcomes on a scale.",
    )
    patterns: dict[Name, Pattern] = Field(
        default_factory=dict, description="Scenarios by groups of people who are lost."
    )
