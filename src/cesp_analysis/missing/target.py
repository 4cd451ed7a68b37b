"""A column that is imputed."""

from dataclasses import dataclass

from cesp_analysis.missing.recipe import Column
from cesp_analysis.models.cluster_sums import Codes, Floats


@dataclass(frozen=True)
class Target:
    """A column to impute: its place, rows without and with an answer, its model's columns.

    predictors are places in [1, columns, passive columns] (0 is the constant, always first); raw:
    the answers (n_obs,), of which there are `values` different ones. apart: places in gaps of the
    people who lack what determines it too, and are drawn with fewer predictors; part numbers these.
    """

    column: Column
    at: int
    gaps: Codes
    known: Codes
    predictors: Codes
    raw: Floats
    values: Floats
    part: int = 0
    apart: "tuple[tuple[Codes, Target], ...]" = ()

    @property
    def memory(self) -> tuple[int, int]:
        """Under which chains remember where its model was."""
        return self.at, self.part
