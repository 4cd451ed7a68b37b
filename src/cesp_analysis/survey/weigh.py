"""The step `weigh`: respondents weighted to the population of their site and wave."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.columns import Table
from cesp_analysis.given import hold
from cesp_analysis.models.hidden import fewer, hidden, hidden_cells, said
from cesp_analysis.numbers import counted
from cesp_analysis.schemas import Panel
from cesp_analysis.survey.groups import Group
from cesp_analysis.survey.margins import Margin, crossed, read_margins
from cesp_analysis.survey.weighed import WeighSpec, weighed
from cesp_analysis.survey.weight_tables import Margins, SurveyWeights, Weighting
from cesp_analysis.survey.weighted import MET, Weighted, described, kish

LARGE = 5.0
"""A weight of so many times the mean is said: one answer then counts like five."""


def weigh(
    spec: str,
    panel: Path,
    margins: list[Path],
    out: Path,
    weights: Path,
    weighting: Path,
    margin_table: Path,
    checksums: str = "",
) -> None:
    """Weight the respondents of each site and wave to the margins; say how well it went.

    `out`: the panel with these weights, and what each respondent is in each margin;
    `checksums`: of the margins, see given.py."""
    hold(checksums)
    how = WeighSpec.model_validate_json(spec)
    known = read_margins(margins, how.declared)
    done = weighed(contracts.read(panel, Panel), how, known)
    contracts.write(done.panel(), out, Panel)
    contracts.write(done.weights(), weights, SurveyWeights)
    names = [margin.name for margin in known]
    silent = done.silent()
    rows = [_row(g, own, how, names, int(silent[g.rows].sum())) for g, own in done.pairs()]
    contracts.write(_frame(rows, Weighting), weighting, Weighting)
    cells = [row for group, own in done.pairs() for row in _categories(group, own, known, how)]
    contracts.write(_frame(cells, Margins), margin_table, Margins)


def _frame(rows: list[dict[str, Any]], contract: type[Table]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(contract.columns()))


def _row(
    group: Group, own: Weighted, how: WeighSpec, margins: list[str], silent: int
) -> dict[str, Any]:
    """The row of weighting.csv; silent: how many have no value of any outcome."""
    n, mean = len(own.weights), own.weights.mean()
    row = {
        "site": group.place[0],
        "wave": group.place[1],
        "method": described(how.method, margins, how.trim),
        "n": n,
        "population": own.weights.sum(),
        "iterations": own.steps,
        "largest_miss": own.miss,
        "converged": "yes" if own.converged else "no",
    }
    if n < how.at_least():
        return row | {"warnings": fewer(how.at_least(), "respondents")}
    deff = kish(own.weights)
    return row | {
        "sum_design": group.base.sum(),
        "deff_design": kish(group.base),
        "deff": deff,
        "effective_n": n / deff,
        "smallest": own.weights.min() / mean,
        "largest": own.weights.max() / mean,
        "smallest_weight": own.weights.min(),
        "largest_weight": own.weights.max(),
        "trimmed": int((own.limits != 0).sum()),
        "warnings": " | ".join(_warnings(group, own, silent)),
    }


def _warnings(group: Group, own: Weighted, silent: int) -> Iterator[str]:
    yield from group.notes
    if silent:
        yield (
            f"{counted(silent, 'respondent')} without a value of any outcome: weighted as"
            " respondents; if nobody asked or reached them, leave their records out (rows:)"
        )
    if not own.converged:
        yield (
            f"not converged: after {own.steps:,} iterations a category misses its population by"
            f" {own.miss:.2g} of it (met: {MET:g}); margins and respondents hardly fit together"
        )
    largest = own.weights.max() / own.weights.mean()
    if largest > LARGE:
        yield f"the largest weight is {largest:.1f} times the mean: look at trim"


def _categories(
    group: Group, own: Weighted, margins: tuple[Margin, ...], how: WeighSpec
) -> Iterator[dict[str, Any]]:
    """The rows of margins.csv, categories in the order of the margins' file.

    Shares are of those whose category is known; 'not known' is a share of all. Of a category with
    few respondents the population alone is told."""
    for margin, target, labels in zip(margins, group.targets, group.labels, strict=True):
        k, total = len(labels), margin.total(group.place)
        sums = [np.bincount(target.codes, w, k) for w in (group.base, own.weights)]
        n = np.bincount(target.codes, minlength=k)
        last = k - 1 if target.unknown else k
        design, final = (np.append(s[:last] / s[:last].sum(), s[last:] / s.sum()) for s in sums)
        why = [*_why(n[:last], labels[:last], margin, group, how.at_least()), ""]  # of no group
        for at, label in enumerate(labels):
            people = None if target.unknown and at == k - 1 else float(target.people[at])
            own_numbers = {
                "respondents": int(n[at]),
                "share_design": design[at],
                "share_weighted": final[at],
            }
            yield {
                "site": group.place[0],
                "wave": group.place[1],
                "variable": margin.name,
                "category": label,
                **({} if why[at] else own_numbers),
                "share_population": None if people is None else people / total,
                "population": people,
                "reason": why[at] or None,
            }


def _why(
    n: np.ndarray, labels: tuple[str, ...], margin: Margin, group: Group, least: int
) -> list[str]:
    """Why the respondents of each category (k,) are not shown: composition.csv has every covariate
    by itself, which is a total of those that are crossed here."""
    if len(margin.covariates) == 1:
        gone = hidden(n, least, labels)
    else:
        cell = {crossed(cell): cell for cell in margin.counts[group.place]}
        gone = hidden_cells(n, [cell[label] for label in labels], least)
    return said(gone, n, least, "respondents")
