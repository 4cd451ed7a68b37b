"""The step `weigh`: respondents weighted to the population of their site and wave."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.errors import CespError
from cesp_analysis.schemas import MARGIN, Panel
from cesp_analysis.study.base import Frozen
from cesp_analysis.study.surveys import Trim
from cesp_analysis.survey.groups import Group, groups_of, respondents
from cesp_analysis.survey.margin_lines import Declared
from cesp_analysis.survey.margins import Margin, read_margins
from cesp_analysis.survey.tables import Margins, SurveyWeights, Weighting
from cesp_analysis.survey.weighted import (
    MET,
    Method,
    Weighted,
    described,
    faults_of,
    kish,
    weighted,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

LARGE = 5.0
"""A weight of so many times the mean is said: one answer then counts like five."""


class WeighSpec(Frozen):
    """How respondents are weighted."""

    method: Method
    declared: Declared
    trim: Trim | None = None


def weigh(
    spec: str,
    panel: Path,
    margins: list[Path],
    out: Path,
    weights: Path,
    weighting: Path,
    margin_table: Path,
) -> None:
    """Weight the respondents of each site and wave to the margins; say how well it went.

    `out`: the panel with these weights, and what each respondent is in each margin."""
    how = WeighSpec.model_validate_json(spec)
    table = contracts.read(panel, Panel)
    known = read_margins(margins, how.declared)
    people = respondents(table)
    groups = groups_of(people, known)
    found = [weighted(group, how.method, how.trim) for group in groups]
    if faults := [
        fault
        for group, own in zip(groups, found, strict=True)
        for fault in faults_of(group, own, how.method, how.trim)
    ]:
        raise CespError(faults)
    final = np.zeros(len(people))
    for group, own in zip(groups, found, strict=True):
        final[group.rows] = own.weights
    contracts.write(_with_weights(table, people, final, groups, known), out, Panel)
    contracts.write(_weights(people, final, groups, found), weights, SurveyWeights)
    names = [margin.name for margin in known]
    rows = [_row(g, own, how, names) for g, own in zip(groups, found, strict=True)]
    contracts.write(_frame(rows, Weighting), weighting, Weighting)
    cells = [
        row for g, own in zip(groups, found, strict=True) for row in _categories(g, own, known)
    ]
    contracts.write(_frame(cells, Margins), margin_table, Margins)


def _frame(rows: list[dict[str, Any]], contract: type[contracts.Table]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(contract.columns()))


def _with_weights(
    table: pd.DataFrame, people: pd.DataFrame, final: np.ndarray, groups: list[Group],
    margins: tuple[Margin, ...],
) -> pd.DataFrame:  # fmt: skip
    """The panel: weights of respondents in place of design weights, a column a margin beside."""
    places = np.arange(len(people))
    row = _places_of(table, people, places)
    theirs = row >= 0
    weight = table["weight"].to_numpy(dtype=float).copy()
    weight[theirs] = final[row[theirs]]
    columns: dict[str, Any] = {"weight": weight}
    for at in range(len(margins)):
        labels: list[str] = []
        codes = np.full(len(people) + 1, -1)  # the last: rows that are nobody's
        for group in groups:
            codes[group.rows] = group.targets[at].codes + len(labels)
            labels += [" / ".join((*group.place, label)) for label in group.labels[at]]
        own = pd.Categorical.from_codes(codes[row], categories=pd.Index(labels))
        columns[f"{MARGIN}{at + 1}"] = own
    return table.assign(**columns)


def _places_of(table: pd.DataFrame, people: pd.DataFrame, places: np.ndarray) -> np.ndarray:
    """Which respondent and wave each row of the panel is of; -1: none."""
    waves = len(table["time"].cat.categories)

    def place(rows: pd.DataFrame) -> np.ndarray:
        codes: np.ndarray = rows["unit"].cat.codes.to_numpy(np.int64)
        return codes * waves + rows["time"].cat.codes.to_numpy()

    lookup = np.full(len(table["unit"].cat.categories) * waves, -1)
    lookup[place(people)] = places
    found = lookup[place(table)]
    return np.where((table["level"] == "respondent").to_numpy(), found, -1)


def _weights(
    people: pd.DataFrame, final: np.ndarray, groups: list[Group], found: list[Weighted]
) -> pd.DataFrame:
    limits = np.zeros(len(people), dtype=int)
    for group, own in zip(groups, found, strict=True):
        limits[group.rows] = own.limits
    return pd.DataFrame(
        {
            "unit": people["unit"],
            "wave": people["time"],
            "site": people["site"],
            "design_weight": people["weight"],
            "weight": final,
            "trimmed": pd.Categorical.from_codes(
                limits + 1, categories=pd.Index(["low", "no", "high"])
            ),
        }
    )


def _row(group: Group, own: Weighted, how: WeighSpec, margins: list[str]) -> dict[str, Any]:
    """The row of weighting.csv."""
    n, mean = len(own.weights), own.weights.mean()
    deff = kish(own.weights)
    return {
        "site": group.place[0],
        "wave": group.place[1],
        "method": described(how.method, margins, how.trim),
        "n": n,
        "sum_design": group.base.sum(),
        "population": own.weights.sum(),
        "deff_design": kish(group.base),
        "deff": deff,
        "effective_n": n / deff,
        "smallest": own.weights.min() / mean,
        "largest": own.weights.max() / mean,
        "smallest_weight": own.weights.min(),
        "largest_weight": own.weights.max(),
        "trimmed": int((own.limits != 0).sum()),
        "iterations": own.steps,
        "largest_miss": own.miss,
        "converged": "yes" if own.converged else "no",
        "warnings": "; ".join(_warnings(group, own)),
    }


def _warnings(group: Group, own: Weighted) -> "Iterator[str]":
    yield from group.notes
    if not own.converged:
        yield (
            f"not converged: after {own.steps:,} iterations a category misses its population by"
            f" {own.miss:.2g} of it (met: {MET:g}); margins and respondents hardly fit together"
        )
    largest = own.weights.max() / own.weights.mean()
    if largest > LARGE:
        yield f"the largest weight is {largest:.1f} times the mean: look at trim"


def _categories(
    group: Group, own: Weighted, margins: tuple[Margin, ...]
) -> "Iterator[dict[str, Any]]":
    """The rows of margins.csv, categories in the order of the margins' file."""
    for margin, target, labels in zip(margins, group.targets, group.labels, strict=True):
        k, total = len(labels), margin.total(group.place)
        sums = [np.bincount(target.codes, w, k) for w in (group.base, own.weights)]
        n = np.bincount(target.codes, minlength=k)
        design, final = (one / one.sum() for one in sums)
        for at, label in enumerate(labels):
            people = None if target.unknown and at == k - 1 else float(target.people[at])
            yield {
                "site": group.place[0],
                "wave": group.place[1],
                "variable": margin.name,
                "category": label,
                "respondents": int(n[at]),
                "share_design": design[at],
                "share_weighted": final[at],
                "share_population": None if people is None else people / total,
                "population": people,
            }
