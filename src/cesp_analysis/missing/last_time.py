"""Which rows of the sensitivity analysis a reader is shown: those of the last time."""

from collections.abc import Mapping, Sequence
from typing import Any


def at_last_time(rows: Sequence[Mapping[Any, Any]], order: Sequence[str]) -> list[int]:
    """Numbers of the rows of each model and outcome that are of its last time, as they stand.

    rows: estimate_id (MODEL/…), outcome and time; order: names of the times. A row that speaks of
    no one time (blank, NaN) is kept where no other of its model and outcome speaks of one.
    """
    place = {name: at for at, name in enumerate(order)}
    last: dict[tuple[str, str], int] = {}
    keys = [(model_of(row), str(row["outcome"])) for row in rows]
    times = [place.get(row["time"], -1) for row in rows]
    for key, time in zip(keys, times, strict=True):
        last[key] = max(last.get(key, -1), time)
    return [at for at, (key, time) in enumerate(zip(keys, times, strict=True)) if time == last[key]]


def model_of(row: Mapping[Any, Any]) -> str:
    """The model's entry in config.yaml."""
    return str(row["estimate_id"]).split("/")[0]
