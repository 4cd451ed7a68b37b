"""A column that is imputed."""

from dataclasses import dataclass, field, replace

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.missing.in_parts import Lacking
from cesp_analysis.missing.recipe import Column


@dataclass(frozen=True)
class Target:
    """A column to impute: its place, rows without and with an answer, its model's columns.

    predictors are places in [1, columns, passive columns] (0 is the constant, always first); raw:
    the answers (n_obs,), of which there are `values` different ones. levels: the exclusive groups
    of its model (levels.py). apart: places in gaps of the
    people who lack what determines it too, and are drawn with fewer predictors; part numbers these.
    lacking_parts: of a total that is known in part, who lacks which parts; `known` has these people
    too. leaves_out: whether people answered it who are not in its model (Recipe.not_models).

    Where chains have other people each, gaps (b, G), known and raw (b, K) are each chain's own,
    filled up with the row after the last, which is nobody's: filled (b, G) and given (b, K) are 1
    where somebody is and 0 beyond; places in apart are then flags (b, G).
    """

    column: Column
    at: int
    gaps: Codes
    known: Codes
    predictors: Codes
    raw: Floats
    values: Floats
    part: int = 0
    levels: Codes = field(default_factory=lambda: np.zeros(0, dtype=int))
    apart: "tuple[tuple[Codes, Target], ...]" = ()
    filled: Floats | None = None
    given: Floats | None = None
    lacking_parts: tuple[Lacking, ...] = ()
    leaves_out: bool = False

    def of(self, one: Lacking, predictors: Codes) -> "Target":
        """The target of one part that is lacking."""
        return replace(
            self, gaps=one.gaps, known=one.known, raw=one.raw, predictors=predictors,
            filled=one.filled, given=one.given, apart=(), lacking_parts=(),
        )  # fmt: skip

    @property
    def drawn(self) -> bool:
        """Whether anything of it is drawn; not where all who lack a part give it to themselves."""
        lacking = self.lacking_parts
        return not lacking or any(one.gaps.shape[-1] for one in lacking)

    @property
    def matches_whole(self) -> bool:
        """Whether somebody has no part of it, so that it is matched as a whole."""
        lacking = self.lacking_parts
        return not lacking or any(not one.parts for one in lacking)

    @property
    def memory(self) -> tuple[int, int]:
        """Under which chains remember where its model was."""
        return self.at, self.part

    def lacking(self, chains: int) -> Codes:
        """How many people of each chain (b,) have no answer."""
        return _counts(self.gaps, self.filled, chains)

    def answers(self, chains: int) -> Codes:
        """How many people of each chain (b,) have an answer."""
        return _counts(self.known, self.given, chains)


def _counts(rows: Codes, there: Floats | None, chains: int) -> Codes:
    if there is None:
        return np.full(chains, rows.shape[-1])
    return np.asarray(there.sum(axis=1).astype(int))
