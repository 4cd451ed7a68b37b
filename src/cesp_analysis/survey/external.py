"""The step `external`: figures from outside, and how far the sites drifted apart in them.

The largest change of the difference between two authorities without an intervention is what the
bounded-variation set takes as the largest departure of trends (Manski & Pepper 2018, REStat
100:232-44). Other authorities, where there are some, are relabelled as if they were the sites.
"""

from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.declared.base import Frozen
from cesp_analysis.declared.external import External
from cesp_analysis.errors import CespError
from cesp_analysis.given import hold
from cesp_analysis.survey.beside_tables import Divergences, ExternalTable
from cesp_analysis.survey.external_lines import Figure, read_external

FEW_PAIRS = 20
NOISE = (
    "figures of samples differ from year to year by sampling alone: the largest of several changes"
    " is then larger than that of the truth"
)
NOT_INDEPENDENT = (
    "pairs share authorities, and the sites were not drawn from them by lot: the share describes"
    " the series and tests no effect"
)


class ExternalSpec(Frozen):
    """The files, and site → arm."""

    external: dict[str, External]
    arms: dict[str, str]


@dataclass(frozen=True)
class Grid:
    """One series: values (authorities, periods), NaN without one; the sites' rows by arm."""

    values: np.ndarray
    authorities: tuple[str, ...]
    periods: tuple[str, ...]
    own: dict[str, list[int]]

    def difference(self) -> np.ndarray:
        """Mean of the intervention sites less that of the control sites, by period."""
        one, other = (
            self.values[self.own[arm]].mean(axis=0) for arm in ("intervention", "control")
        )
        return np.asarray(one - other)

    def others(self) -> list[int]:
        """Rows of authorities that hold no site."""
        own = {at for rows in self.own.values() for at in rows}
        return [at for at in range(len(self.authorities)) if at not in own]


def external(
    spec: str, paths: list[Path], out: Path, divergences: Path, checksums: str = ""
) -> None:
    """Join figures from outside as context; say how far the sites drifted apart before.

    `checksums`: of the files, see given.py.
    """
    hold(checksums)
    how = ExternalSpec.model_validate_json(spec)
    parts, rows = [], []
    faults: list[str] = []
    for (name, own), path in zip(how.external.items(), paths, strict=True):
        try:
            figures = read_external(path, own)
        except CespError as error:
            faults += error.problems
            continue
        for word in own.series:
            grid = grid_of(figures[word], own, how.arms)
            parts.append(_table(f"{name}.{word}", figures[word], grid, own, word))
            rows.append(_row(f"{name}.{word}", grid, own, word))
    if faults:
        raise CespError(faults)
    contracts.write(pd.concat(parts, ignore_index=True), out, ExternalTable)
    contracts.write(
        pd.DataFrame(rows, columns=list(Divergences.columns())), divergences, Divergences
    )


def grid_of(figures: list[Figure], own: External, arms: dict[str, str]) -> Grid:
    """A series as authorities by periods, sites first, periods in order."""
    sites = list(own.authorities.values())
    authorities = [*sites, *sorted({one.authority for one in figures} - set(sites))]
    periods = sorted({one.period for one in figures})
    values = np.full((len(authorities), len(periods)), np.nan)
    for one in figures:
        values[authorities.index(one.authority), periods.index(one.period)] = one.value
    rows: dict[str, list[int]] = {"intervention": [], "control": []}
    for site, authority in own.authorities.items():
        rows[arms[site]].append(authorities.index(authority))
    return Grid(values, tuple(authorities), tuple(periods), rows)


def changes_of(difference: np.ndarray, over: int) -> np.ndarray:
    """Change since `over` periods before; NaN where there is none."""
    change = np.full(len(difference), np.nan)
    change[over:] = difference[over:] - difference[:-over]
    return change


def _table(
    series: str, figures: list[Figure], grid: Grid, own: External, word: str
) -> pd.DataFrame:
    entry, difference = own.series[word], grid.difference()
    change = changes_of(difference, own.over)
    site_of = {authority: site for site, authority in own.authorities.items()}
    place = {period: at for at, period in enumerate(grid.periods)}
    order = sorted(figures, key=lambda one: (grid.authorities.index(one.authority), one.period))
    rows = [
        {
            "series": series, "label": entry.label, "unit": entry.unit or None,
            "authority": one.authority,
            "site": site_of.get(one.authority), "period": one.period,
            "past": "yes" if one.period <= own.before else "no", "value": one.value,
            "difference": difference[place[one.period]] if one.authority in site_of else np.nan,
            "change": change[place[one.period]] if one.authority in site_of else np.nan,
            "source": one.source or own.source,
        }
        for one in order
    ]  # fmt: skip
    words = ["series", "authority", "site", "period", "past"]
    return pd.DataFrame(rows, columns=list(ExternalTable.columns())).astype(
        dict.fromkeys(words, "category")
    )


def _row(series: str, grid: Grid, own: External, word: str) -> dict[str, Any]:
    past = [at for at, period in enumerate(grid.periods) if period <= own.before]
    change = changes_of(grid.difference()[past], own.over)
    known = np.flatnonzero(~np.isnan(change))
    said = [NOISE] if len(known) > 1 else []
    row: dict[str, Any] = {
        "series": series, "label": own.series[word].label, "unit": own.series[word].unit or None,
        "over": own.over, "changes": len(known), "largest": np.nan, "largest_from": None,
        "largest_to": None, "source": own.source,
    }  # fmt: skip
    if len(known):
        at = int(known[np.abs(change[known]).argmax()])
        row |= {
            "largest": abs(change[at]),
            "largest_from": grid.periods[past[at - own.over]],
            "largest_to": grid.periods[past[at]],
        }
    else:
        said.append("no two past periods that far apart have figures of the sites of both arms")
    if _uneven([grid.periods[at] for at in past]):
        said.append(
            f"past periods are not evenly spaced, so that changes over {own.over} of them"
            " are of different lengths of time"
        )
    row |= _pairs(grid, past, own.over, row["largest"])
    row |= _relabelled(grid, own, said)
    return row | {"warnings": " | ".join(said) or None}


def _uneven(periods: list[str]) -> bool:
    """Whether years, where periods are years, are not equally far apart."""
    years = [int(period) for period in periods if len(period) == 4]
    return len(set(np.diff(years).tolist())) > 1


def _pairs(grid: Grid, past: list[int], over: int, largest: float) -> dict[str, Any]:
    """How far pairs of authorities without a site drifted apart at most over the same past."""
    found: list[float] = []
    for one, other in () if np.isnan(largest) else combinations(grid.others(), 2):
        change = changes_of((grid.values[one] - grid.values[other])[past], over)
        if not np.isnan(change[over:]).any():
            found.append(float(np.abs(change[over:]).max()))
    return {
        "pairs": len(found),
        "pairs_median": float(np.median(found)) if found else np.nan,
        "pairs_high": float(np.quantile(found, 0.95)) if len(found) >= FEW_PAIRS else np.nan,
    }


def _relabelled(grid: Grid, own: External, said: list[str]) -> dict[str, Any]:
    """The sites' change across the intervention among those of all other pairs of authorities."""
    none = {"since": np.nan, "after": own.after, "relabelled": 0, "rank": np.nan,
            "at_least": np.nan, "smallest": np.nan}  # fmt: skip
    if own.after is None:
        return none
    ends = [grid.periods.index(period) if period in grid.periods else -1
            for period in (own.before, own.after)]  # fmt: skip
    if min(ends) < 0:
        said.append(f"the series has no figures of {own.before} and {own.after} alike")
        return none
    gone = grid.values[:, ends[1]] - grid.values[:, ends[0]]
    difference = grid.difference()
    ours = float(difference[ends[1]] - difference[ends[0]])
    if np.isnan(ours):
        said.append(f"the sites have no figures of {own.before} and {own.after} alike")
        return none
    others = [at for at in grid.others() if not np.isnan(gone[at])]
    sizes = np.array([abs(gone[a] - gone[b]) for a, b in combinations(others, 2)])
    if not len(sizes):
        said.append("there are no two other authorities to be relabelled as if they were the sites")
        return none | {"since": ours}
    # a tie counts as further: equal figures are no evidence that ours is the larger
    further = int((sizes >= abs(ours) - 1e-9 * max(abs(ours), 1.0)).sum())
    several = len(sizes) + 1
    said.append(NOT_INDEPENDENT)
    return none | {
        "since": ours, "relabelled": several, "rank": further + 1.0,
        "at_least": (further + 1) / several, "smallest": 1 / several,
    }  # fmt: skip
