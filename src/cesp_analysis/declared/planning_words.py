"""What tables and figures say of the definitive trial that is planned."""

from cesp_analysis.declared.base import Frozen
from cesp_analysis.declared.planning import TrialCosts
from cesp_analysis.declared.trial_designs import TrialDesign


class PlanningWords(Frozen):
    """What tables and figures say of planning: the outcome (a name) and when it is compared, the
    difference to be found and who says so (important: it is the outcome's mid; difference_sd: of
    the true one about it, over which assurance is), targets, designs as declared, costs; months:
    from the first time to the last; simulated: designs of which trials were simulated; valued: what
    evidence is worth is known; delay: years until a trial has told."""

    outcome: str
    time: str
    difference: float
    difference_source: str = ""
    important: bool = False
    difference_sd: float = 0.0
    alpha: float = 0.05
    power: float = 0.9
    assurance: float = 0.8
    structure: str = "decay"
    locations_at_most: int | None = None
    months: float | None = None
    designs: dict[str, TrialDesign]
    simulated: tuple[str, ...] = ()
    valued: bool = False
    delay: float = 0.0
    costs: TrialCosts | None = None
