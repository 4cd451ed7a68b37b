"""A kind of figure: what it is drawn from, and how."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cesp_analysis.columns import Table
from cesp_analysis.figures.drawn import Drawn

if TYPE_CHECKING:
    import pandas as pd

    from cesp_analysis.declared.wording import Wording


@dataclass(frozen=True)
class Kind:
    """A kind of figure: the table it is drawn from, for whose answers, and the function.

    beside: which file of each model that predicts means it is drawn from too; blank for none.
    under: another table, of other columns, whose rows are put under the first's.
    """

    table: str
    contract: type[Table]
    levels: tuple[str, ...]
    draw: "Callable[[pd.DataFrame, Wording, str], Drawn]"
    beside: str = ""
    under: tuple[str, type[Table]] | None = None
