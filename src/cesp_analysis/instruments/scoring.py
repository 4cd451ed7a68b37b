"""The step `score`: items → scores, with how many items each rests on."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.declared.base import Frozen
from cesp_analysis.distinct import names_rows_twice, repeated, stacked
from cesp_analysis.errors import REPEATING, VERSIONS, CespError, at_line
from cesp_analysis.given import hold
from cesp_analysis.instruments.score import score_items
from cesp_analysis.instruments.types import Instrument, read_instrument
from cesp_analysis.schemas import Records, Scores


class FileItems(Frozen):
    """Which instruments a file holds, whose answers they are, whether each has a row of its own."""

    level: str
    instruments: tuple[str, ...]
    long_format: bool = False


class ScoreSpec(Frozen):
    """Files with instruments; instrument → its shipped name or the path of its YAML."""

    files: dict[str, FileItems] = {}
    instruments: dict[str, str] = {}


def score(spec: str, records: Path, out: Path, checksums: str = "") -> None:
    """Score every instrument in every file that holds it.

    `checksums`: of the study's own instruments, see given.py.
    """
    hold(checksums)
    how = ScoreSpec.model_validate_json(spec)
    known = {name: read_instrument(place) for name, place in how.instruments.items()}
    parts = [
        (name, part)
        for name, file in how.files.items()
        for part in _file(_answers(records / f"{name}.parquet", file, known), file, known)
    ]
    columns = list(Scores.columns())
    table = stacked([part for _, part in parts]) if parts else pd.DataFrame(columns=columns)
    if parts and names_rows_twice(table, Scores.key):
        table = _without_silent(table)
        if lines := list(_twice([part.assign(file=file) for file, part in parts], records)):
            raise CespError(lines)
    for name in ("level", "time", "score") if parts else ():
        table[name] = table[name].cat.reorder_categories(sorted(table[name].cat.categories))
    contracts.write(table[columns], out, Scores)


def _answers(path: Path, file: FileItems, known: dict[str, Instrument]) -> pd.DataFrame:
    """The records of a file with its items, without what else it holds."""
    items = [f"{name}.{item.code}" for name in file.instruments for item in known[name].items]
    return contracts.read(path, Records, beyond=items, coded=["unit"])


def _file(
    records: pd.DataFrame, file: FileItems, known: dict[str, Instrument]
) -> Iterator[pd.DataFrame]:
    timed = records[records["time"].notna()]
    for name in file.instruments:
        instrument = known[name]
        columns = [f"{name}.{item.code}" for item in instrument.items]
        asked = questionnaires(timed, columns) if file.long_format else timed
        scored = score_items(asked[columns].to_numpy(dtype=float), instrument)
        unit = asked["unit"].array
        time = asked["time"].cat.remove_unused_categories().array
        for entry in instrument.scores:
            result = scored[entry.code]
            yield pd.DataFrame(
                {
                    "level": repeated(file.level, len(asked)),
                    "unit": unit,
                    "time": time,
                    "score": repeated(f"{name}.{entry.code}", len(asked)),
                    "value": result.value,
                    "answered": result.answered,
                    "items": len(entry.items),
                    "prorated": result.prorated.astype(np.int64),
                }
            )


def questionnaires(answers: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """One row a unit and time, from one row an answer."""
    keys = ["unit", "time"]
    return answers.groupby(keys, observed=True, sort=False)[columns].first().reset_index()


def _without_silent(table: pd.DataFrame) -> pd.DataFrame:
    """The scores without those of records that answer no item of theirs, where another record of
    the unit and time does: of two versions of a form in one file each person filled in one."""
    keys, silent = list(Scores.key), table["answered"] == 0
    twice = table.duplicated(keys, keep=False)
    filled = pd.MultiIndex.from_frame(table.loc[twice & ~silent, keys])
    beside = twice & silent & pd.MultiIndex.from_frame(table[keys]).isin(filled)
    return table[~beside & ~(silent & table.duplicated(keys))].reset_index(drop=True)


def _twice(parts: list[pd.DataFrame], records: Path) -> Iterator[str]:
    """A line for each score that comes from answers in more than one record of a unit at a time."""
    table = _without_silent(stacked(parts))
    twice = table[table.duplicated(list(Scores.key), keep=False)]
    for score, rows in twice.groupby("score", observed=True):
        first = rows.iloc[0]
        of, files = (rows["unit"] == first["unit"]) & (rows["time"] == first["time"]), rows["file"]
        told = f"{score} of '{first['unit']}' at {first['time']}"
        if files.nunique() == 1:
            yield (
                f"config.yaml: files.{first['file']}: {told} stands in more than one record"
                f" ({len(rows)} records): {REPEATING}"
            )
            continue
        lines = [_lines(records, file, first) for file in dict.fromkeys(files[of])]
        yield (
            f"config.yaml: files: {told} stands in {' and in '.join(lines)} ({len(rows):,} such"
            f" records); {VERSIONS}, or, if they were answered at different times, give the files"
            " these times"
        )


def _lines(records: Path, file: str, first: "pd.Series[Any]") -> str:
    """Where in a file a unit's records of one time stand, for a message."""
    table = contracts.read(records / f"{file}.parquet", Records, beyond=())
    found = table[(table["unit"] == first["unit"]) & (table["time"] == first["time"])]
    return at_line(file, [int(line) for line in found["line"]])
