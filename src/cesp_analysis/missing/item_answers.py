"""Answers to an instrument's items as columns of the equations, and the score made of them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cesp_analysis import contracts
from cesp_analysis.arrays import Floats
from cesp_analysis.instruments.score import score_items
from cesp_analysis.instruments.types import Instrument, Item, Score
from cesp_analysis.missing.recipe import Method
from cesp_analysis.panel.item_answers import AnswersFile
from cesp_analysis.schemas import Records

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Scored:
    """An outcome's instrument and score; answers: unit, time and the items, a row a record."""

    instrument: Instrument
    score: Score
    answers: "pd.DataFrame"

    @property
    def items(self) -> list[Item]:
        """The score's items in the score's order."""
        known = {item.code: item for item in self.instrument.items}
        return [known[code] for code in self.score.items]

    def matrix(self, people: "pd.Index[Any]", times: tuple[str, ...]) -> Floats:
        """Answers (n, t, k) of the people at the times; NaN where there is none."""
        import pandas as pd

        found = np.full((len(people), len(times), len(self.score.items)), np.nan)
        row = people.get_indexer(pd.Index(self.answers["unit"].astype("str")))
        place = {name: at for at, name in enumerate(times)}
        at = np.array([place.get(name, -1) for name in self.answers["time"].astype("str")])
        own = (row >= 0) & (at >= 0)
        columns = [f"{self.instrument.name}.{code}" for code in self.score.items]
        found[row[own], at[own]] = self.answers.loc[own, columns].to_numpy(dtype=float)
        return found

    def method(self, item: Item) -> Method:
        """The model of an item: yes or no, or ordered answers."""
        return "logistic" if item.high == item.low + 1 else "ordered"

    def scorer(self) -> Callable[[Floats], Floats]:
        """Items' answers (…, k) → the score, by the instrument's own rule."""
        low = np.array([item.low for item in self.items], dtype=float)
        high = np.array([item.high for item in self.items], dtype=float)
        place = [
            [item.code for item in self.instrument.items].index(code) for code in self.score.items
        ]

        def of(answers: Floats) -> Floats:
            # the equations hold them standardised: rounding takes off what that added
            codes = np.clip(np.rint(answers), low, high).reshape(-1, len(low))
            whole = np.full((len(codes), len(self.instrument.items)), np.nan)
            whole[:, place] = codes
            made = score_items(whole, self.instrument)[self.score.code].value
            return made.reshape(answers.shape[:-1])

        return of


def scored_of(
    name: str, instrument: Instrument, score: str, files: dict[str, AnswersFile], records: Path
) -> Scored:
    """The answers to the items of one score, from the files that hold its instrument."""
    import pandas as pd

    entry = next(one for one in instrument.scores if one.code == score)
    columns = [f"{name}.{code}" for code in entry.items]
    parts = []
    for file, how in files.items():
        if name not in how.instruments or how.level != "person":
            continue
        table = contracts.read(records / f"{file}.parquet", Records, beyond=columns, coded=["unit"])
        timed = table.loc[table["time"].notna(), ["unit", "time", *columns]]
        if how.long_format:
            timed = timed.groupby(["unit", "time"], observed=True, sort=False).first().reset_index()
        parts.append(timed.astype({"unit": "str", "time": "str"}))
    return Scored(instrument.model_copy(update={"name": name}), entry, pd.concat(parts))
