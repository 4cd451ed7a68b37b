"""The step `flow`: where everybody was at each step, counted, and why others did not go on."""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.columns import Row
from cesp_analysis.declared.design import Moment
from cesp_analysis.describe.flow_checks import (
    before_first,
    contradictions,
    more_than_apart,
    odd_counts,
    other_sites,
    two_answers,
)
from cesp_analysis.describe.flow_counts import IN, counted, in_order, row, sizes
from cesp_analysis.describe.flow_places import places as places_of
from cesp_analysis.describe.flow_same import same_numbers
from cesp_analysis.describe.flow_steps import Steps
from cesp_analysis.describe.flow_surveys import survey_rows
from cesp_analysis.describe.record_tables import Account, Flow
from cesp_analysis.describe.tables import Crossed, FlowChecks, FlowPlaces
from cesp_analysis.panel.groups import by_group
from cesp_analysis.schemas import DataProblems, Events, Panel, Records, Visits
from cesp_analysis.survey.tables import Dispositions

AT_ANY_TIME = "at any time"
"""What is said of those of whom it is not known when."""


class FlowSpec(Steps):
    """The steps; who lists people; all times, also those that ask no outcome; the surveys' files
    and waves; groups and what they did by their labels; files of people by their paths."""

    register_of_people: str | None = None
    visited: tuple[Moment, ...] = ()
    surveys: tuple[str, ...] = ()
    waves: tuple[Moment, ...] = ()
    groups: dict[str, str] = {}
    crossed: dict[str, str] = {}
    paths: dict[str, str] = {}


def flow(
    spec: str,
    records: Path,
    events: Path,
    visits: Path,
    problems: Path,
    panel: Path,
    crossed: Path,
    account: Path,
    out: Path,
    places: Path,
    checks: Path,
    dispositions: list[Path] | None = None,
) -> None:
    """Count people at each declared step and time, and respondents in each wave.

    `places`: where everybody was (FlowPlaces), from which `out` is counted; `checks`: what is odd
    in it. Raises CespError if counts do not follow from one another or are not those of `account`.
    """
    how = FlowSpec.model_validate_json(spec)
    table = by_group(contracts.read(panel, Panel, beyond=()))
    people = table.loc[table["level"] == "person"]
    known = people.drop_duplicates("unit")[["unit", "group", "arm"]].astype("object")
    column = "site" if bool(table["site"].notna().any()) else "arm"
    files = _read(how, records, column)
    answered = people.loc[people["value"].notna(), ["unit", "time"]].drop_duplicates()
    ended = contracts.read(events, Events) if how.ends else None
    where = places_of(how, files, known, answered.astype("object"), ended)
    did = contracts.read(crossed, Crossed)
    frame = [contracts.read(path, Dispositions) for path in dispositions or ()]
    respondents = {n: _read_one(records, n, column, ()) for n in how.surveys}
    rows = [*_people(how, where, did), *_surveys(how, respondents, frame, did)]
    counts = pd.DataFrame(rows, columns=list(Flow.columns()))
    same_numbers(
        counts, where, files, respondents, contracts.read(account, Account), frame,
        answered, how, how.register_of_people if len(known) else None, out,
    )  # fmt: skip
    told, listed = in_order(how), contracts.read(problems, DataProblems)
    first = {step.file: name for name, step in reversed(how.steps.items())}
    odd = [
        *odd_counts(counts, how.groups),
        *more_than_apart(counts, how.groups),
        *contradictions(how.steps, files, told),
        *other_sites(files, how.links, known, first),
        *before_first(listed, contracts.read(visits, Visits), how.visited, how.paths),
        *two_answers(did),
    ]
    contracts.write(where, places, FlowPlaces)
    contracts.write(counts, out, Flow)
    contracts.write(pd.DataFrame(odd, columns=list(FlowChecks.columns())), checks, FlowChecks)


def _read(how: FlowSpec, records: Path, column: str) -> dict[str, pd.DataFrame]:
    """The files of the steps, each with a column `group`."""
    return {n: _read_one(records, n, column) for n in {e.file: 0 for e in how.steps.values()}}


def _read_one(
    records: Path, name: str, column: str, beyond: tuple[str, ...] | None = None
) -> pd.DataFrame:
    table = contracts.read(records / f"{name}.parquet", Records, beyond=beyond)
    return table.assign(group=table[column].astype("object").fillna(""))


def _people(how: FlowSpec, where: pd.DataFrame, did: pd.DataFrame) -> Iterator[Row]:
    """The rows of steps and times, each group's followed by who of it crossed to the other arm."""
    told = in_order(how)
    crossing = _crossing(how, where, did[did["level"] == "person"])
    entries = counted(where, told, list(how.groups))
    for (step, group), own in groupby(entries, lambda e: (e["step"], e["group"] or "")):
        yield from own
        for label in how.crossed.values():
            for said in (label, f"{label}, {AT_ANY_TIME}"):
                if n := crossing.get((step, group, said), 0):
                    yield row(step, told[step], group, "of them", said, n)


def _crossing(how: FlowSpec, where: pd.DataFrame, did: pd.DataFrame) -> dict[tuple[str, ...], int]:
    """(step, group, what they did) → of those who reached it, how many had until then.

    What nobody dated is counted at the step before the first time.
    """
    last = in_order(how)[how.times[0].name].after if how.times else ""
    dated = set(did.loc[did["time"].notna(), "kind"].astype("str"))
    undated = did["time"].isna() & ~did["kind"].isin(dated)
    step = did["time"].astype("object").where(did["time"].notna(), None)
    labels = [how.crossed[str(kind)] for kind in did["kind"]]
    said = [
        f"{label}, {AT_ANY_TIME}" if late else label
        for label, late in zip(labels, undated, strict=True)
    ]
    own = did.assign(step=step.where(~undated, last), said=pd.Series(said, did.index, "object"))
    own = own.loc[(own["ever"] == "yes") & own["step"].notna(), ["step", "unit", "said"]]
    inside = where.loc[where["status"].isin(IN), ["step", "unit", "group"]].astype("object")
    both = own.astype("object").merge(inside, on=["step", "unit"])
    return sizes(both, ["step", "group", "said"])


def _surveys(
    how: FlowSpec,
    respondents: dict[str, pd.DataFrame],
    frame: list[pd.DataFrame],
    did: pd.DataFrame,
) -> Iterator[Row]:
    """The rows of the waves."""
    if not respondents:
        return
    columns = ["unit", "time", "group"]
    table = pd.concat([part[columns].astype("object") for part in respondents.values()])
    entries = [entry for part in frame for entry in part.to_dict("records")]
    asked: dict[tuple[str, str], Row] = {
        (entry["wave"], entry["site"]): {str(key): n for key, n in entry.items()}
        for entry in entries
    }
    own = did[(did["level"] == "respondent") & (did["ever"] == "yes")]
    crossed: dict[tuple[str, str], dict[str, int]] = {}
    for (wave, group, kind), n in sizes(own, ["time", "group", "kind"]).items():
        crossed.setdefault((wave, group), {})[how.crossed[kind]] = n
    table = table.drop_duplicates(["unit", "time"])
    yield from survey_rows(how.waves, list(how.groups), table, asked, crossed)
