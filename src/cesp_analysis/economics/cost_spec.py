"""What the step `cost` is told of the study, and what cleaning found."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.arrays import Floats
from cesp_analysis.declared.base import Frozen
from cesp_analysis.economics.ahead import Ahead, known_at
from cesp_analysis.economics.costed import Costed
from cesp_analysis.economics.lived import Lived, lived_of
from cesp_analysis.economics.undated import placed_deaths
from cesp_analysis.fidelity.people import Starts
from cesp_analysis.panel.sources import Sources
from cesp_analysis.schemas import DataProblems


class CostSpec(Frozen):
    """The section, times of people with their place in months, starts, files' paths; columns:
    service → files that hold its variable → the raw column of each time, '': of any; positions
    (t,): of the times, in the study's unit; deaths: events that are one; raw_service, raw_amount:
    what the file of use calls these columns; raw_date, raw_minutes: that of contacts; ranged:
    services with a variable of their own that has a range; copied: files whose copies the study
    says nothing of → their path."""

    economics: Costed
    times: dict[str, float]
    starts: Starts
    paths: dict[str, str]
    columns: dict[str, dict[str, dict[str, str]]] = {}
    positions: tuple[float, ...]
    deaths: tuple[str, ...] = ()
    raw_service: str = ""
    raw_amount: str = ""
    raw_date: str = ""
    raw_minutes: str = ""
    ranged: tuple[str, ...] = ()
    copied: dict[str, str] = {}
    ahead: Ahead = Ahead()

    @property
    def days_since_start(self) -> Floats:
        """Days (t,) from people's start to each time. Of starts in the register positions are
        counted from them; else the start is the first answer, wherever its time stands."""
        begins = 0.0 if self.starts.since is not None else self.positions[0]
        return (np.array(self.positions) - begins) * (self.starts.days or np.nan)


@dataclass(frozen=True)
class Beside:
    """What cleaning found: until when people lived, DataProblems; said: of whom that is assumed."""

    lived: Lived
    problems: pd.DataFrame
    said: tuple[str, ...] = ()

    def words(self, path: str, column: str, kind: str) -> dict[int, str]:
        """Line → the raw value that had a problem of this kind in a column."""
        own = self.problems
        of = (own["file"] == path) & (own["column"] == column) & (own["kind"] == kind)
        return dict(zip(own["line"][of], own["value"][of].astype("object"), strict=True))

    def lines(self, path: str, column: str, kind: str) -> frozenset[int]:
        """The lines of a raw file that have a problem of this kind in a column."""
        return frozenset(self.words(path, column, kind))


def beside_of(
    how: CostSpec,
    units: "pd.Index[str]",
    visits: pd.DataFrame,
    events: pd.DataFrame,
    problems: Path,
    sources: Sources,
) -> Beside:
    """visits: Visits; events: Events; problems: where DataProblems are; sources: of answers."""
    days, times = how.starts.days or np.nan, list(how.times)
    places = dict(zip(times, how.positions, strict=True))
    known = partial(known_at, how.ahead, sources, units)
    placed = placed_deaths(events, how.deaths, units, places, visits, days, known)
    lived = lived_of(units, how.positions, days, how.deaths, visits, placed.events, times)
    return Beside(lived, contracts.read(problems, DataProblems), placed.said)
