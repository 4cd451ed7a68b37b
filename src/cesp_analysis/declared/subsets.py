"""By what people of the intervention arm are described: how much they got of it, or how well."""

from typing import Literal

from pydantic import Field

from cesp_analysis.declared.base import Frozen

NOT_KNOWN = "Not known"
"""The subset of those of whom it is not known."""


class Subsets(Frozen):
    """Dose or fidelity: the intervention arm in subsets, described and never compared.

    What is measured after baseline has been changed by what happened since: such subsets enter no
    model and are not set beside the control arm.
    """

    label: str = Field(description="How tables call it, e.g. Contacts with the link worker.")
    variable: str | None = Field(
        default=None, description="A variable of people's files, measured after baseline."
    )
    file: str | None = Field(
        default=None,
        description="In place of variable: a file of people whose rows are counted, e.g. of"
        " contacts; who has none had none.",
    )
    delivered: Literal["fidelity", "contacts", "minutes"] | None = Field(
        default=None,
        description="In place of variable: the overall score of fidelity:, or contacts kept or"
        " minutes of dose:.",
    )
    where: str | None = Field(
        default=None,
        description="Which rows of the file count: a condition on its variables. Whoever has a row"
        " of which it is not known is not known.",
    )
    measured: str | None = Field(
        default=None, description="The time at which the variable is read, if its file has times."
    )
    cuts: tuple[float, ...] | None = Field(
        default=None, description="Cut points; a value on a cut belongs to the subset above."
    )
    labels: tuple[str, ...] | None = Field(
        default=None, description="One more label than cut points."
    )
    values: dict[str, str] | None = Field(
        default=None, description="In place of cuts: each value of the variable → its subset."
    )
    outcomes: tuple[str, ...] | None = Field(
        default=None, min_length=1, description="Which are described; by default all of people."
    )
    minimum: int = Field(
        default=5, ge=2, description="With fewer people than this, their number stands alone."
    )

    def names(self) -> tuple[str, ...]:
        """The subsets in order, without those of whom it is not known."""
        return tuple(dict.fromkeys(self.labels or (self.values or {}).values()))
