"""What a model cannot estimate, said in a plain sentence for an analyst."""

from collections.abc import Sequence


class NotEstimable(Exception):
    """The data or the design do not hold the quantity that was asked for."""


class Collinear(NotEstimable):
    """Some columns are linear combinations of the columns before them.

    columns: their positions in x, counted from 0, so that a caller can name them.
    """

    def __init__(self, columns: Sequence[int], within_units: bool = False) -> None:
        self.columns: tuple[int, ...] = tuple(columns)
        listed = ", ".join(str(column) for column in self.columns)
        what = "column" if len(self.columns) == 1 else "columns"
        within = " once the unit effects are taken out" if within_units else ""
        super().__init__(
            f"{what} {listed} (counted from 0) can be computed from the columns before{within};"
            " leave out what says the same thing twice"
        )
