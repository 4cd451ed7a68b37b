"""Groups that are imputed apart or together: their rows, and their cells in the table's order."""

from dataclasses import dataclass

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.missing.imputed import Cells, side_by_side
from cesp_analysis.missing.recipe import Recipe


@dataclass(frozen=True)
class Groups:
    """Arms or sites: codes (n,), what each is called.

    apart: a model for each (default), or one for all, in which a group is a difference only if a
    column of the table says so. A column that nobody of a group answered is refused there either
    way.
    """

    codes: Codes
    labels: tuple[str, ...]
    apart: bool = True


@dataclass(frozen=True)
class Clusters:
    """Clusters 0 to number - 1 of a group's people, -1 for none: codes (n,), or (b, n + 1) where
    chains have other people, the last of whom is nobody."""

    codes: Codes
    number: int

    @classmethod
    def of(cls, codes: Codes | None) -> "Clusters | None":
        """Those of everybody (n,); None where there are no two, and so no random intercept."""
        number = 0 if codes is None else int(codes.max(initial=-1)) + 1
        return cls(codes, number) if codes is not None and number > 1 else None

    def at(self, rows: Codes) -> Codes:
        """Codes at rows, (k,) or (b, k)."""
        if rows.ndim == 1:
            return np.asarray(self.codes[rows])
        return np.take_along_axis(self.codes, rows, axis=1)


def renumbered(clusters: Codes) -> Codes:
    """Codes 0..J-1 of those that occur; -1 stays."""
    own = np.unique(clusters[clusters >= 0])
    return np.where(clusters >= 0, np.searchsorted(own, clusters), -1)


def joined(recipe: Recipe, groups: list[tuple[Cells, ...]]) -> tuple[Cells, ...]:
    """One entry a column, its rows in the table's order."""
    made = []
    for column in recipe.columns:
        own = [one for cells in groups for one in cells if one.column == column.name]
        if own:
            cells = side_by_side(own, axis=1)
            made.append(cells.some(np.argsort(cells.rows)))
    return tuple(made)


def unseen(
    table: Floats, recipe: Recipe, groups: Groups
) -> dict[str, tuple[Codes, tuple[str, ...]]]:
    """Column to impute → rows and labels of the groups of which nobody answered it, if any."""
    found, size = {}, len(groups.labels)
    present = np.bincount(groups.codes, minlength=size) > 0
    for j, column in enumerate(recipe.columns):
        if column.method is None:
            continue
        known = np.isfinite(table[:, j])
        answered = np.bincount(groups.codes[known], minlength=size) > 0
        without = np.flatnonzero(present & ~answered).tolist()
        if without and known.any():
            rows = np.flatnonzero(np.isin(groups.codes, without))
            found[column.name] = rows, tuple(groups.labels[code] for code in without)
    return found


def less(cells: Cells, without: tuple[Codes, tuple[str, ...]] | None) -> Cells:
    """Cells without those of some rows."""
    if without is None:
        return cells
    return cells.some(np.flatnonzero(~np.isin(cells.rows, without[0])))
