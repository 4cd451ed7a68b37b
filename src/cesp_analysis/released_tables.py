"""A released table in memory: its counts are whole numbers or withheld, other numbers blank."""

from typing import TYPE_CHECKING

from cesp_analysis.withheld import WITHHELD, told

if TYPE_CHECKING:
    import pandas as pd

    from cesp_analysis.columns import Table

RELEASED = "released"
"""The attribute of a table in memory that left the team's folder."""


def with_withheld(frame: "pd.DataFrame", contract: "type[Table]") -> "pd.DataFrame":
    """A released table: its counts are whole numbers or Withheld, other withheld numbers blank."""
    import pandas as pd

    marks = frame[WITHHELD].tolist()  # all blank, it is read as numbers
    withheld = [told(mark) if isinstance(mark, str) else {} for mark in marks]
    counts = [name for name, column in contract.columns().items() if column.kind == "count"]
    typed = frame[[*contract.columns()]].copy()
    for name in counts:
        pairs = zip(frame[name], withheld, strict=True)
        numbers = [own[name] if name in own else int(value) for value, own in pairs]
        typed[name] = pd.Series(numbers, index=frame.index, dtype="object")
    typed.attrs[RELEASED] = True
    return typed
