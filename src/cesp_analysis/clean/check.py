"""The step `check`: the data problems by kind, and whether one of them must stop the run.

It is a step of its own so that the full list, which `clean` writes, is still there when it stops.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.clean.columns import ENOUGH
from cesp_analysis.declared.base import Frozen
from cesp_analysis.declared.problems import KINDS, SLIPS, STOPPING
from cesp_analysis.errors import CespError
from cesp_analysis.schemas import DataProblems, Ledger, ProblemCounts


class CheckSpec(Frozen):
    """Kinds of problem that must stop the run, and that must not though they would by default; raw
    files in which conflicting records must.

    paths: file → path of the raw file; register_of_people: the file that lists them.
    """

    paths: dict[str, str] = {}
    register_of_people: str | None = None
    stop_on: tuple[str, ...] = ()
    only_listed: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()


_UNPLACED = (
    "blank_id",
    "unknown_person",
    "undeclared_site",
    "undeclared_arm",
    "undeclared_time",
    "undated_visit",
    "outside_windows",
)
"""Reasons to set a record aside that hold for all of a file only if config reads it wrongly."""


def check(spec: str, problems: Path, ledger: Path, out: Path) -> None:
    """Count the problems by kind; stop if one must, if most of a column could not be read as it is
    declared, or if nothing of a file could be placed."""
    how = CheckSpec.model_validate_json(spec)
    found = contracts.read(problems, DataProblems)
    found = found.assign(column=found["column"].fillna(""))
    counts, lines = [], list(_none_kept(contracts.read(ledger, Ledger, coded=["unit"]), how))
    for (file, column, kind), rows in found.groupby(["file", "column", "kind"], sort=True):
        first = int(rows["line"].iloc[0])
        counts.append((file, column or None, kind, len(rows), first))
        if kind == "misread_column":
            remedy = (
                "correct how config.yaml declares it (type, format, decimal, values), or the source"
            )
        elif kind == "misread_item":
            remedy = (
                "if the answers are words, write this line into the file's entry, with its words in"
                " place of WORD_1 …; if not, correct its columns under instruments:, or the source"
            )
        elif kind in how.stop_on:
            remedy = f"correct the source, or take {kind} out of problems.stop_on"
        elif _must_stop(str(kind), len(rows), how):
            remedy = f"{STOPPING[str(kind)]}; or write problems: {{only_listed: [{kind}]}}"
        elif kind in _CONFLICTS and file in how.conflicts:
            remedy = "correct the source, or choose another rule than duplicates: stop"
        else:
            continue
        place = f"{file}: {column}" if column else str(file)
        lines.append(f"{place}: {KINDS[str(kind)]}; {_where(rows, problems)}; {remedy}")
    if lines:
        raise CespError(lines)
    table = pd.DataFrame(counts, columns=list(ProblemCounts.columns()))
    contracts.write(table, out, ProblemCounts)


_CONFLICTS = ("conflicting_duplicate", "one_id_two_sites", "one_id_two_files")
"""Kinds of records that contradict each other: see `duplicates: stop`."""


def _must_stop(kind: str, n: int, how: CheckSpec) -> bool:
    """Whether n records of a kind in a file stop the run by default."""
    return kind in STOPPING and kind not in how.only_listed and n > SLIPS.get(kind, 0)


def _none_kept(ledger: pd.DataFrame, how: CheckSpec) -> Iterator[str]:
    """A line for each file of which nothing could be placed; for the register alone if it is one,
    since then nobody else's records can be."""
    empty = {}
    for name, rows in ledger.groupby("file", observed=True, sort=False):
        unplaced = rows["reason"].isin(_UNPLACED)
        if unplaced.any() and not (rows["status"] == "kept").any():
            empty[str(name)] = rows.loc[unplaced, "reason"].astype("str").value_counts()
    first = [name for name in empty if name == how.register_of_people]
    if not first:
        yield from _few_kept(ledger, how)
    for name in first or empty:
        told = "; ".join(f"{n} × {KINDS[str(kind)]}" for kind, n in empty[name].items())
        yield (
            f"{how.paths[name]}: none of its records could be placed ({told});"
            f" results/tables/data_problems.csv lists them: correct files.{name} in config.yaml"
        )


def _few_kept(ledger: pd.DataFrame, how: CheckSpec) -> Iterator[str]:
    """A line if most of the people who are listed could not be placed: others' records go too."""
    rows = ledger[ledger["file"] == how.register_of_people]
    unplaced = rows.loc[rows["reason"].isin(_UNPLACED) & (rows["status"] != "kept"), "reason"]
    if len(rows) < ENOUGH or 2 * len(unplaced) <= len(rows):
        return
    told = "; ".join(
        f"{n} × {KINDS[str(kind)]}" for kind, n in unplaced.astype("str").value_counts().items()
    )
    name = str(how.register_of_people)
    yield (
        f"{how.paths[name]}: {len(unplaced)} of {len(rows)} people could not be placed ({told});"
        f" results/tables/data_problems.csv lists them: correct files.{name} in config.yaml, or, if"
        " they are not of this study, say so by left_out: or rows:"
    )


def _where(rows: "pd.DataFrame", problems: Path) -> str:
    first: Any = rows.iloc[0]
    if first["line"] == 0:
        return str(first["value"])
    value = first["value"] if isinstance(first["value"], str) else ""
    told = f"first on line {first['line']}: '{value}'"
    if len(rows) == 1:
        return f"1 record, {told}"
    return f"{len(rows)} records, {told} ({problems.as_posix()} lists each)"
