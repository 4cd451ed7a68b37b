"""The respondents of a panel with their weights, and the panel with them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis.declared.base import Frozen
from cesp_analysis.declared.surveys import Trim
from cesp_analysis.errors import CespError
from cesp_analysis.schemas import CELL_NOT_KNOWN, MARGIN, MARGIN_WEIGHT
from cesp_analysis.survey.groups import Group, groups_of, respondents
from cesp_analysis.survey.margin_lines import Declared
from cesp_analysis.survey.margins import Margin
from cesp_analysis.survey.weighted import Method, Weighted, faults_of, weighted


class WeighSpec(Frozen):
    """How respondents are weighted."""

    method: Method
    declared: Declared
    trim: Trim | None = None
    alike: bool = False
    minimum: int = 10

    def at_least(self) -> int:
        """Respondents below which a number of them is not shown: one shows no spread."""
        return max(self.minimum, 2)


@dataclass(frozen=True)
class Weighed:
    """table: the panel with design weights; people: its respondents, once a wave; groups of them by
    site and wave, and what each was weighted to; alike: whether records count alike in the
    regression on the margins, else by design weight."""

    table: pd.DataFrame
    people: pd.DataFrame
    groups: list[Group]
    found: list[Weighted]
    alike: bool

    def pairs(self) -> Iterator[tuple[Group, Weighted]]:
        """Each site and wave with its weights."""
        return zip(self.groups, self.found, strict=True)

    def final(self) -> np.ndarray:
        """The weight of each of `people`."""
        weight = np.zeros(len(self.people))
        for group, own in self.pairs():
            weight[group.rows] = own.weights
        return weight

    def silent(self) -> np.ndarray:
        """Which of `people` have no value of any outcome."""
        row, there = self.rows(), self.table["value"].notna().to_numpy()
        values = np.bincount(row[there & (row >= 0)], minlength=len(self.people))
        return np.asarray(values == 0)

    def weights(self) -> pd.DataFrame:
        """The table weights.csv."""
        limits = np.zeros(len(self.people), dtype=int)
        for group, own in self.pairs():
            limits[group.rows] = own.limits
        words = pd.Index(["low", "no", "high"])
        return pd.DataFrame(
            {
                "unit": self.people["unit"],
                "wave": self.people["time"],
                "site": self.people["site"],
                "design_weight": self.people["weight"],
                "weight": self.final(),
                "trimmed": pd.Categorical.from_codes(limits + 1, categories=words),
            }
        )

    def panel(self) -> pd.DataFrame:
        """The panel: weights of respondents in place of design weights, their margins beside."""
        row = self.rows()
        theirs, before = row >= 0, self.table["weight"].to_numpy(dtype=float)
        columns: dict[str, Any] = {"weight": np.where(theirs, self.final()[row], before)}
        for at in range(len(self.groups[0].targets)):
            columns[f"{MARGIN}{at + 1}"] = self._margin(at, row)
        counts = np.ones(len(before)) if self.alike else before
        columns[MARGIN_WEIGHT] = np.where(theirs, counts, np.nan)
        return self.table.assign(**columns)

    def _margin(self, at: int, row: np.ndarray) -> Any:
        labels: list[str] = []
        codes = np.full(len(self.people) + 1, -1)  # the last: rows that are nobody's
        for group in self.groups:
            codes[group.rows] = group.targets[at].codes + len(labels)
            own = list(group.labels[at])
            own[-1] = CELL_NOT_KNOWN if group.targets[at].unknown else own[-1]
            labels += [" / ".join((*group.place, label)) for label in own]
        return pd.Categorical.from_codes(codes[row], categories=pd.Index(labels))

    def rows(self) -> np.ndarray:
        """Which of `people` each row of the panel is of; -1: none."""
        waves = len(self.table["time"].cat.categories)

        def place(rows: pd.DataFrame) -> np.ndarray:
            codes: np.ndarray = rows["unit"].cat.codes.to_numpy(np.int64)
            return codes * waves + rows["time"].cat.codes.to_numpy()

        lookup = np.full(len(self.table["unit"].cat.categories) * waves, -1)
        lookup[place(self.people)] = np.arange(len(self.people))
        theirs = (self.table["level"] == "respondent").to_numpy()
        return np.where(theirs, lookup[place(self.table)], -1)


def weighed(table: pd.DataFrame, how: WeighSpec, margins: Sequence[Margin]) -> Weighed:
    """Weight the respondents of a panel; CespError with a line for each reason why not."""
    people = respondents(table)
    groups = groups_of(people, margins)
    found = [weighted(group, how.method, how.trim) for group in groups]
    done = Weighed(table, people, groups, found, how.alike)
    faults = [
        fault
        for group, own in done.pairs()
        for fault in faults_of(group, own, how.method, how.trim)
    ]
    if faults:
        raise CespError(faults)
    return done
