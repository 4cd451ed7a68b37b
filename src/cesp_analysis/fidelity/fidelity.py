"""The step `fidelity`: each person's fidelity, the arm's, and how alike raters were."""

from collections.abc import Iterator, Sequence
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.columns import Row, Table
from cesp_analysis.declared.base import Frozen
from cesp_analysis.declared.delivery import Rated
from cesp_analysis.fidelity.agreement import agreement, of_link_workers
from cesp_analysis.fidelity.people import ARM, Starts, days_of, people_of, starts_of
from cesp_analysis.fidelity.scores import (
    OVERALL,
    Ratings,
    by_source,
    cleaned,
    level_of,
    triangulated,
)
from cesp_analysis.fidelity.tables import (
    LEVELS,
    FidelityAgreement,
    FidelityPeople,
    FidelityTable,
)
from cesp_analysis.models.student import t_interval
from cesp_analysis.schemas import Panel, Records

METHOD = "t on n − 1 df, held to 0 to 1; people independent, with these link workers"
NOBODY = "nobody was rated"


class FidelitySpec(Frozen):
    """The declared section, where people's starts are, labels of components."""

    fidelity: Rated
    starts: Starts
    labels: dict[str, str]
    ci_level: float


def fidelity(spec: str, records: Path, panel: Path, people: Path, out: Path, alike: Path) -> None:
    """Describe fidelity of all, by link worker and period; compare raters of the same person.

    `people`: where each person's fidelity goes; `alike`: where agreement of raters goes.
    """
    how = FidelitySpec.model_validate_json(spec)
    own, words = how.fidelity, [*how.fidelity.components, how.fidelity.source]
    words += [own.rater] if own.rater else []
    raw = contracts.read(records / f"{own.file}.parquet", Records, beyond=words)
    everybody = people_of(contracts.read(panel, Panel))
    starts = starts_of(how.starts, records)
    ratings = cleaned(raw, own, everybody, days_of(raw["date"]), starts)
    arm = everybody[everybody["arm"] == ARM].reset_index(drop=True)
    found = person_rows(ratings.table, own, arm)
    contracts.write(_frame(found, FidelityPeople), people, FidelityPeople)
    contracts.write(_frame(list(_rows(ratings, how, arm)), FidelityTable), out, FidelityTable)
    scores = triangulated(by_source(ratings.table, own), own)[OVERALL]
    workers = arm.set_index("unit")["link_worker"].reindex(scores.index)
    pairs = agreement(ratings.table, own, how.ci_level)
    if workers.notna().any():
        pairs.append(of_link_workers(scores, workers, how.ci_level))
    contracts.write(_frame(pairs, FidelityAgreement), alike, FidelityAgreement)


def _frame(rows: Sequence[Row], contract: type[Table]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(contract.columns()))


def person_rows(table: pd.DataFrame, how: Rated, arm: pd.DataFrame) -> list[Row]:
    """Rows of FidelityPeople: those who were rated, in the register's order."""
    sources = by_source(table, how)
    scores = triangulated(sources, how)
    levels = level_of(scores[OVERALL], how)
    parts = list(how.components)
    given = table[parts].notna().groupby(table["unit"], sort=False).sum()
    told = sources[parts].notna().groupby(level="unit", sort=False).sum()
    any_source = sources[parts].notna().any(axis=1).groupby(level="unit", sort=False).sum()
    number = table.groupby("unit", sort=False).size()
    rows: list[Row] = []
    for unit, worker in zip(arm["unit"], arm["link_worker"], strict=True):
        if unit not in scores.index:
            continue
        own = {"unit": unit, "link_worker": worker}
        rows.append(
            own
            | {"component": None, "value": scores.at[unit, OVERALL], "level": levels[unit]}
            | {"sources": any_source[unit], "ratings": number[unit]}
        )
        rows += [
            own
            | {"component": part, "value": scores.at[unit, part], "level": None}
            | {"sources": told.at[unit, part], "ratings": given.at[unit, part]}
            for part in parts
        ]
    return rows


def _rows(ratings: Ratings, how: FidelitySpec, arm: pd.DataFrame) -> Iterator[Row]:
    """Rows of FidelityTable: all with each source, each link worker, each period."""
    table, own = ratings.table, how.fidelity
    worker = dict(zip(arm["unit"], arm["link_worker"], strict=True))
    yield from _part("all", None, table, how, len(arm), ("", *own.sources), ratings.left_out)
    workers = sorted({str(name) for name in arm["link_worker"].dropna()})
    people = arm["link_worker"].astype("object").value_counts()
    rows: Any = table.groupby(table["unit"].astype("object").map(worker).to_numpy()).indices
    for name in workers:
        here = table.iloc[rows.get(name, [])]
        yield from _part("link_worker", name, here, how, int(people[name]))
    if own.periods is None:
        return
    days = how.starts.days
    place = _period(table["since"], own.periods.cuts, days)
    for at, label in enumerate(own.periods.labels):
        why = () if days else ("the study's unit of time has no length in days",)
        yield from _part("period", label, table[place == at], how, len(arm), warnings=why)


def _period(since: "pd.Series[Any]", cuts: tuple[float, ...], days: float | None) -> np.ndarray:
    """Which period each rating is in; -1: none, or not known."""
    if days is None:
        return np.full(len(since), -1)
    elapsed = since.to_numpy(dtype=float) / days
    place = np.searchsorted(cuts, np.nan_to_num(elapsed), side="right")
    return np.where(np.isnan(elapsed), -1, place)


def _part(
    of: str,
    group: str | None,
    table: pd.DataFrame,
    how: FidelitySpec,
    people: int,
    sources: Sequence[str] = ("",),
    warnings: Sequence[str] = (),
) -> Iterator[Row]:
    """The overall score and each component of some ratings, of all sources or of each."""
    own = how.fidelity
    by = by_source(table, own)
    for source in sources:
        rated = table if not source else table[table["source"] == source]
        if source:
            at = by.index.get_level_values("source") == source
            means = by[at].droplevel("source")
        else:
            means = triangulated(by, own)
        for component in (OVERALL, *own.components):
            columns = [component] if component else list(own.components)
            yield {
                "of": of,
                "group": group,
                "component": component or None,
                "label": how.labels.get(component) or None,
                "source": source or None,
                "people": people,
                "ratings": int(rated[columns].notna().any(axis=1).sum()),
                **_described(means[component].dropna(), how),
                **_counted(means[component], component, own),
                "minimum": own.minimum,
                "warnings": " | ".join(warnings) or None,
            }


def _described(values: "pd.Series[Any]", how: FidelitySpec) -> Row:
    """n, mean, SD and interval; above `minimum` alone."""
    n = len(values)
    row: Row = {"rated": n, "ci_level": how.ci_level, "reason": None}
    if n == 0:
        return row | {"reason": NOBODY}
    if n < how.fidelity.minimum:
        return row | {"reason": f"fewer than {how.fidelity.minimum} people"}
    mean, sd = float(values.mean()), float(values.std(ddof=1))
    row |= {"mean": mean, "sd": sd}
    if sd <= 1e-12:
        return row | {"sd": 0.0, "reason": "everybody has the same score: no interval"}
    low, high = t_interval(mean, sd / sqrt(n), n - 1, how.ci_level)
    return row | {"ci_low": max(0.0, low), "ci_high": min(1.0, high), "method": METHOD}


def _counted(values: "pd.Series[Any]", component: str, how: Rated) -> Row:
    if component:
        return dict.fromkeys(LEVELS)
    levels = level_of(values, how)
    return {name: int((levels == name).sum()) for name in LEVELS}
