"""How many imputed sets are enough: until another seed would hardly move a primary estimate."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cesp_analysis.declared.missing_data import Imputation
from cesp_analysis.missing import monte_carlo
from cesp_analysis.missing.pooled_fit import fits_of
from cesp_analysis.missing.pooled_row import PooledRow
from cesp_analysis.missing.pooled_rows import pooled_rows
from cesp_analysis.missing.sets import Completing, Sets
from cesp_analysis.models.results import Fit
from cesp_analysis.models.spec import ModelSpec

if TYPE_CHECKING:
    import pandas as pd

More = Callable[[int], Sets]
"""The sets, once there are so many of them."""
MOST = "no more sets are made (missing_data.imputation.most)"


@dataclass(frozen=True)
class Tried:
    """What a number of sets gives: a row of imputation_sets.csv."""

    row: PooledRow
    m: int
    limit: float
    last: bool

    @property
    def needed(self) -> int | None:
        """How many sets would hold the limit; None where there is no pooled estimate."""
        share = self.row.cost.get("share")
        return None if share is None else monte_carlo.needed(self.m, share, self.limit)

    def table_row(self) -> dict[str, Any]:
        """The row."""
        needed = self.needed
        met = "" if needed is None else "yes" if needed <= self.m else "no"
        reason = MOST if self.last and met == "no" else ""
        return {
            "estimate_id": self.row.row.estimate_id,
            "m": self.m,
            "monte_carlo": self.row.cost.get("monte_carlo"),
            "share": self.row.cost.get("share"),
            "limit": self.limit,
            "needed": needed,
            "met": met,
            "reason": (self.row.row.reason or "") if needed is None else reason,
        }


def enough(
    specs: Sequence[ModelSpec], panel: "pd.DataFrame", how: Imputation, more: More
) -> tuple[Sets, list[dict[str, Any]]]:
    """So many sets that each estimate of the specs (their primary outcomes) holds the limit, or
    as many as may be made; and what each number tried gave.
    """
    fits: list[list[Fit]] = [[] for _ in specs]
    rows: list[dict[str, Any]] = []
    m, done = how.sets, 0
    while True:
        sets = more(m)
        for spec, own in zip(specs, fits, strict=True):
            own += fits_of(spec, Completing.of(panel, spec, sets), done)
        tried = list(_tried(fits, m, how))
        wanted = max((one.needed or 0 for one in tried), default=0)
        rows += [one.table_row() for one in tried]
        if wanted <= m or m >= how.most:
            return sets, rows
        done, m = m, monte_carlo.more(m, wanted, how.most)


def _tried(fits: Sequence[Sequence[Fit]], m: int, how: Imputation) -> Iterator[Tried]:
    for own in fits:
        for one in pooled_rows(own):
            yield Tried(one, m, how.monte_carlo, m >= how.most)
