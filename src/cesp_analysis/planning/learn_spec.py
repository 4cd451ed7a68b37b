"""What the step `learn` is told: see planning/specs.py."""

from typing import Literal

from pydantic import Field

from cesp_analysis.declared.base import Frozen
from cesp_analysis.declared.planning import Assumed, Parameter


class LearnSpec(Frozen):
    """Outcome, times, what is declared of each parameter; the longest design's periods."""

    outcome: str
    type: str
    first: str
    last: str
    months: float | None
    difference: float
    sign: int = 1
    difference_sd: float = 0.0
    known: dict[Parameter, Literal["study", "published", "neighbourhoods"] | Assumed]
    draws: int = 2000
    structure: Literal["exchangeable", "block_exchangeable", "decay"] = "decay"
    periods: int
    individual: bool
    also: tuple[str, ...] = Field(default=(), description="Parameters that some design needs, too.")
    intervention: tuple[str, ...] = Field(default=())
    arms: tuple[str, ...] = Field(default=(), description="Of sites; none: those of people.")
    seed: int
