"""What the step `missing` is told of the study."""

from cesp_analysis.declared.base import Frozen
from cesp_analysis.declared.design import Moment
from cesp_analysis.panel.came_by import due_of
from cesp_analysis.panel.item_answers import AnswersFile


class MissingOutcome(Frozen):
    """An outcome: label, the instrument it is a score of (blank: none), whether it is primary."""

    label: str
    level: str
    instrument: str = ""
    primary: bool = False


class MissingCovariate(Frozen):
    """A covariate of people: its label, and the category that others are compared with."""

    label: str
    reference: str | None = None


class MissingSpec(Frozen):
    """Outcomes, covariates measured at baseline, and where the items of people's outcomes are.

    windows: time → from when to when an answer counts; ends: event → death or withdrawal; groups:
    sites, or arms without any, with labels; arms: labels, where sites are many;
    instruments: name → its shipped name or its file.
    """

    times: tuple[Moment, ...] = ()
    windows: dict[str, tuple[float, float]] = {}
    ends: dict[str, str] = {}
    groups: dict[str, str] = {}
    arms: dict[str, str] = {}
    outcomes: dict[str, MissingOutcome]
    covariates: dict[str, MissingCovariate] = {}
    files: dict[str, AnswersFile] = {}
    instruments: dict[str, str] = {}
    ci_level: float

    def due(self, moment: Moment) -> float:
        """Until when an event counts for a time."""
        return due_of(moment, self.windows)

    def of_people(self) -> dict[str, MissingOutcome]:
        """The outcomes of people."""
        return {name: own for name, own in self.outcomes.items() if own.level == "person"}
