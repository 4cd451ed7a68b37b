"""The step `score`: items → scores, with how many items each rests on."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.errors import CespError
from cesp_analysis.instruments.score import score_items
from cesp_analysis.instruments.types import Instrument, read_instrument
from cesp_analysis.schemas import Records, Scores
from cesp_analysis.study.base import Frozen


class FileItems(Frozen):
    """Which instruments a file holds, whose answers they are, whether each has a row of its own."""

    level: str
    instruments: tuple[str, ...]
    long_format: bool = False


class ScoreSpec(Frozen):
    """Files with instruments; instrument → its shipped name or the path of its YAML."""

    files: dict[str, FileItems] = {}
    instruments: dict[str, str] = {}


def score(spec: str, records: Path, out: Path) -> None:
    """Score every instrument in every file that holds it."""
    how = ScoreSpec.model_validate_json(spec)
    known = {name: read_instrument(place) for name, place in how.instruments.items()}
    parts = [
        (name, part)
        for name, file in how.files.items()
        for part in _file(contracts.read(records / f"{name}.parquet", Records), file, known)
    ]
    columns = list(Scores.columns())
    _once([part.assign(file=file) for file, part in parts])
    found = [part for _, part in parts] or [pd.DataFrame(columns=columns)]
    table = pd.concat(found, ignore_index=True)
    contracts.write(table[columns], out, Scores)


def _file(
    records: pd.DataFrame, file: FileItems, known: dict[str, Instrument]
) -> Iterator[pd.DataFrame]:
    timed = records[records["time"].notna()]
    for name in file.instruments:
        instrument = known[name]
        columns = [f"{name}.{item.code}" for item in instrument.items]
        asked = _questionnaires(timed, columns) if file.long_format else timed
        scored = score_items(asked[columns].to_numpy(dtype=float), instrument)
        for entry in instrument.scores:
            result = scored[entry.code]
            yield pd.DataFrame(
                {
                    "level": file.level,
                    "unit": asked["unit"].to_numpy(),
                    "time": asked["time"].astype("str").to_numpy(),
                    "score": f"{name}.{entry.code}",
                    "value": result.value,
                    "answered": result.answered,
                    "items": len(entry.items),
                    "prorated": result.prorated.astype(np.int64),
                }
            )


def _questionnaires(answers: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """One row a unit and time, from one row an answer."""
    keys = ["unit", "time"]
    return answers.groupby(keys, observed=True, sort=False)[columns].first().reset_index()


def _once(parts: list[pd.DataFrame]) -> None:
    """A score of a unit at a time may come from one record only."""
    if not parts:
        return
    table = pd.concat(parts, ignore_index=True)
    twice = table[table.duplicated(["level", "unit", "time", "score"], keep=False)]
    problems = []
    for score, rows in twice.groupby("score"):
        files = ", ".join(dict.fromkeys(rows["file"]))
        first = rows.iloc[0]
        problems.append(
            f"config.yaml: files: {score} of '{first['unit']}' at {first['time']} stands in more"
            f" than one record (files: {files}; {len(rows)} records); give the files different"
            " times, or write one_row_per: unit_and_time"
        )
    if problems:
        raise CespError(problems)
