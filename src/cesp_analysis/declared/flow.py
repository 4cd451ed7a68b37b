"""The steps that people pass before the times of the study, as config.yaml declares them."""

from pydantic import Field

from cesp_analysis.declared.base import Frozen
from cesp_analysis.declared.design import ArmName


class FlowStep(Frozen):
    """One step in the flow of people: the rows of a file, or those that pass a condition."""

    label: str = Field(description="How the step is called.")
    file: str = Field(description="The file, as files: calls it.")
    where: str | None = Field(default=None, description="A condition on the file's variables.")
    reason: str | None = Field(
        default=None, description="The variable that says why the others did not go on."
    )
    person: str | None = Field(
        default=None,
        description="Files of level other: the variable of type id that says which person of the"
        " register a row is. It joins the file's steps to those of people; once a file will do.",
    )
    allocation: bool = Field(
        default=False,
        description="true: the step at which people come to an arm, here by their site; the flow"
        " diagram writes the arm beside it.",
    )
    rows: int | None = Field(
        default=None,
        ge=1,
        description="Files with several rows a person: how many rows (that meet `where`) a person"
        " needs. It is then a step of what people received: who has fewer is followed still.",
    )
    arm: ArmName | None = Field(
        default=None,
        description="Steps with `rows`: the arm in which it is asked, e.g. intervention.",
    )
