"""What stops an evaluation before anything is estimated: dates and utilities that cannot be.

Told by the step `cost` beside what is wrong with use and prices; by `evaluate` where costs come as
they are.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.arrays import Bools, Floats
from cesp_analysis.declared.base import Frozen
from cesp_analysis.declared.outcomes import Outcome
from cesp_analysis.economics.aside import remedy_of_negative
from cesp_analysis.economics.evaluation import Source, Total
from cesp_analysis.economics.totals import (
    alike,
    misplaced,
    of_before,
    too_dear,
    totals_like_codes,
    values_of,
)
from cesp_analysis.errors import on_lines
from cesp_analysis.numbers import counted
from cesp_analysis.panel.panel import FileRole
from cesp_analysis.panel.sources import Sources
from cesp_analysis.schemas import Records, Scores

LEAST = -2.0
"""Below the worst state of any published value set (EQ-5D's lie above −1.3)."""
REMEDY = "correct the dates (data/raw/CORRECTIONS.yaml)"


class Ahead(Frozen):
    """times of people, in order; utilities that are analysed; costs, quantities: totals that come
    as they are, of costs and of QALYs; ranged: variables of these that have a range; files: of
    people, whose variables are read; paths: file → its path."""

    times: tuple[str, ...] = ()
    utilities: tuple[Source, ...] = ()
    costs: tuple[Total, ...] = ()
    quantities: tuple[Source, ...] = ()
    ranged: tuple[str, ...] = ()
    files: dict[str, FileRole] = {}
    paths: dict[str, str] = {}


def sources_of(how: Ahead, records: Path, scores: Sequence[Path]) -> Sources:
    """Scores, and the variables of files that quantities are read from."""
    wanted = {one.variable for one in (*how.utilities, *how.costs, *how.quantities) if one.variable}
    tables = {
        name: contracts.read(
            records / f"{name}.parquet", Records, beyond=sorted(wanted), coded=["unit"]
        )
        for name in how.files
    }
    scored = pd.concat([contracts.read(path, Scores) for path in scores], ignore_index=True).astype(
        {"unit": "category", "time": "category"}
    )
    levels = {name: role.level for name, role in how.files.items()}
    return Sources.of(levels, tables, scored, list(how.times))


def faults_ahead(
    how: Ahead, sources: Sources, visits: pd.DataFrame, units: "pd.Index[str]"
) -> list[str]:
    """A line for each; visits: Visits; units: of the people of the study."""
    found = list(_disordered(how, visits, units))
    for one in how.utilities:
        found += _impossible(one, no_utility, of_utilities, how, sources, units)
    for one in how.costs:
        found += _impossible(one, below_nothing, of_costs, how, sources, units)
        found += too_dear(one, how.paths, sources, units)
        found += alike(one, how.times, sources, units)
        found += misplaced("costs", one, how.times, sources, units)
    for total in how.quantities:
        found += misplaced("qalys", total, how.times, sources, units)
    return list(dict.fromkeys(found))


def known_at(how: Ahead, sources: Sources, units: "pd.Index[str]") -> Bools:
    """Of which people (n, t) a utility is known at which time. A total of the follow-up says
    nothing of whether somebody lived: the dead have one too."""
    found = np.zeros((len(units), len(how.times)), dtype=bool)
    place = {name: at for at, name in enumerate(how.times)}
    for one in how.utilities:
        rows = values_of(one, sources, units)
        at = rows["time"].astype("object").map(place).to_numpy(dtype=int)
        found[units.get_indexer(pd.Index(rows["unit"].astype("str"))), at] = True
    return found


def said_ahead(how: Ahead, sources: Sources, units: "pd.Index[str]") -> tuple[list[str], list[str]]:
    """What rows of costs, and what rows of QALYs, must say of totals that come as they are."""
    costs, qalys = list[str](), list[str]()
    for one in how.costs:
        costs += of_before("costs", one, how.times, sources, units)
        if one.most is None and one.variable not in how.ranged:
            costs += totals_like_codes("costs", one, how.times, how.paths, sources, units)
    for total in how.quantities:
        qalys += of_before("qalys", total, how.times, sources, units)
        if total.variable not in how.ranged:
            qalys += totals_like_codes("qalys", total, how.times, how.paths, sources, units)
    return costs, qalys


def _disordered(how: Ahead, visits: pd.DataFrame, units: "pd.Index[str]") -> Iterator[str]:
    """Answers that were given no later than those of a time before: of people whose first answers
    have a date, since others stand at their planned places."""
    own = visits.astype(dict.fromkeys(("file", "unit", "time", "date", "status"), "object"))
    kept = (own["status"] == "kept") & own["date"].notna() & own["unit"].isin(units)
    own = own[kept & own["time"].isin(how.times)]
    own = own.assign(at=own["time"].map(how.times.index))
    own = own.sort_values("date", kind="stable").drop_duplicates(["unit", "at"])
    own = own[own["unit"].isin(own.loc[own["at"] == 0, "unit"])].sort_values(["unit", "at"])
    before = own.groupby("unit")[["time", "date"]].shift()
    late = own.assign(before=before["time"])[own["date"] <= before["date"]]
    for (file, time, earlier), rows in late.groupby(["file", "time", "before"], sort=False):
        where = on_lines(how.paths[str(file)], rows["line"])
        yield (
            f"{where}: the answers of {time} are dated no later than those of {earlier}, so that"
            f" there are no QALYs; {REMEDY}"
        )


def _impossible(
    one: Source,
    wrong_of: Callable[[Floats], np.ndarray],
    said: Callable[[Floats], str],
    how: Ahead,
    sources: Sources,
    units: "pd.Index[str]",
) -> Iterator[str]:
    """Values of people that cannot be, by the lines of their file; said: what of them."""
    if one.variable is not None:
        for name, table in sources.records.items():
            if one.variable in table.columns:
                own = table[table["unit"].isin(units)]
                values = own[one.variable].to_numpy(dtype=float)
                if (wrong := wrong_of(values)).any():
                    where = on_lines(how.paths[name], own["line"][wrong])
                    yield f"{where}: {one.variable} {said(values[wrong])}"
        return
    entry = Outcome(label="", score=one.score, unit="", direction="neither")
    found = sources.values(entry)
    values = found.loc[found["unit"].isin(units), "value"].to_numpy(dtype=float)
    if (wrong := wrong_of(values)).any():
        there = counted(int(wrong.sum()), "value")
        yield f"config.yaml: economics: {one.score} {said(values[wrong])} ({there})"


def of_utilities(values: Floats) -> str:
    """What is wrong with utilities that cannot be."""
    return (
        f"is above 1 or below {LEAST:g}, as {values[0]:g}: utilities are 1 at full health; correct"
        " it, give it a range, or name another"
    )


def of_costs(values: Floats) -> str:
    """What is wrong with totals of costs that cannot be."""
    first, remedy = f"{values[0]:g}", remedy_of_negative(values)
    return f"is negative, as {first}: what people cost is 0 or more; {remedy}"


def no_utility(values: Floats) -> np.ndarray:
    """Which are above 1, or far below what a value set gives its worst state."""
    return np.asarray((values > 1) | (values < LEAST))


def below_nothing(values: Floats) -> np.ndarray:
    """Which are negative."""
    return np.asarray(values < 0)
