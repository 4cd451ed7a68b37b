"""The steps of the flow as its job is told them."""

from cesp_analysis.declared.base import Frozen
from cesp_analysis.declared.design import Moment


class FlowFile(Frozen):
    """A step counted from the rows of a file; see study.flow.FlowStep."""

    label: str
    file: str
    where: str | None = None
    reason: str | None = None
    person: str | None = None
    allocation: bool = False
    rows: int | None = None
    arm: str | None = None


class Steps(Frozen):
    """The declared steps, then the times of individual data.

    `apart`: files whose rows are no people, and do not say whose they are; `links`: file → the
    variable that says it; `ends`: events that end a person's follow-up, with their labels;
    `windows`: until when an event counts for a time.
    """

    steps: dict[str, FlowFile] = {}
    apart: tuple[str, ...] = ()
    links: dict[str, str] = {}
    times: tuple[Moment, ...] = ()
    ends: dict[str, str] = {}
    windows: dict[str, tuple[float, float]] = {}

    @property
    def enters(self) -> bool:
        """Whether a step says who comes in; else everybody in the register is there at the start,
        before what people received."""
        return any(not step.rows and step.file not in self.apart for step in self.steps.values())


def received_key(step: FlowFile) -> str:
    """What steps that follow from one another share: further contacts follow from the first."""
    return f"{step.file} {step.where} {step.arm}"
