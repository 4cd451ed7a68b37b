"""What the step `size` is told: see planning/specs.py."""

from typing import Literal

from cesp_analysis.declared.base import Frozen
from cesp_analysis.declared.planning import TrialCosts
from cesp_analysis.declared.trial_designs import TrialDesign
from cesp_analysis.planning.scenarios import Structure


class SizeSpec(Frozen):
    """Targets, designs, costs, the difference.

    published: parameters that are drawn as published pairs; level: the outcome's type, if its SD
    hangs on its level; change: of these, intervention less control.
    """

    alpha: float
    power: float
    assurance: float
    locations_at_most: int | None
    structure: Structure
    designs: dict[str, TrialDesign]
    costs: TrialCosts | None
    difference: float
    difference_sd: float = 0.0
    published: tuple[str, ...] = ()
    level: Literal["binary", "count"] | None = None
    change: float = 0.0
