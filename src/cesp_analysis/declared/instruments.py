"""Where a study's own instruments are defined, and how a file holds an instrument's answers."""

from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag

from cesp_analysis.declared.base import Frozen, Name


class OwnInstrument(Frozen):
    """An instrument that the study defines itself."""

    path: str = Field(description="Its YAML file, relative to the study's folder.")


class StateColumn(Frozen):
    """One column holds the answers to all items: one digit an item, in the items' order."""

    state: str = Field(
        description="The raw column, e.g. of 11221. Optional items (the EQ VAS) are no part of it."
    )
    columns: dict[Name, str] = Field(
        default_factory=dict,
        description="Items that are no part of the state either, each with its raw column: {vas:"
        " eq_vas}.",
    )

    def digits(self, items: "dict[str, bool]") -> list[str]:
        """The items that are digits of the state, in their order; items: code → optional?"""
        return [code for code, optional in items.items() if not self.lacks(code, optional)]

    def lacks(self, item: str, optional: bool) -> bool:
        """Whether an item is no digit of the state."""
        return optional or item in self.columns

    def left_out(self, item: str, optional: bool) -> bool:
        """Whether the file does not hold an item at all."""
        return optional and item not in self.columns


def _form(value: Any) -> str:
    return "[state]" if isinstance(value, dict | StateColumn) else "[pattern]"


ItemColumns = Annotated[
    Annotated[str, Tag("[pattern]")] | Annotated[StateColumn, Tag("[state]")],
    Discriminator(_form),
]
"""An instrument's columns: a pattern with {item}, or one column of states."""
