"""Who answered: covariates of respondents by site and wave, as they came and weighted."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.columns import Row
from cesp_analysis.models.hidden import reasons
from cesp_analysis.models.survey_domain import (
    Interval,
    at_random,
    kish_n,
    proportion_interval,
    pulled,
    spread,
    t_interval,
)
from cesp_analysis.numbers import NOT_SHOWN
from cesp_analysis.panel.places import place_of
from cesp_analysis.survey.answers import MeansSpec
from cesp_analysis.survey.apart import Part
from cesp_analysis.survey.mean_cells import Drawn
from cesp_analysis.survey.weight_tables import SurveyWeights

FITTED = 1e-12
"""A standard error below this is rounding: the weights were fitted to that share. Margins are met
to 1e-9 of the population, shares are at most 1."""


CROSSED = " × "
"""Between the covariates of a margin that crosses several, and between their categories."""
Shares = dict[tuple[str, str, str, str], float]
"""Site, wave, covariate, category → its share."""


def design_weights(records: pd.DataFrame, path: Path) -> np.ndarray:
    """The design weight (n,) of each record, from weights.csv."""
    table = contracts.read(path, SurveyWeights)
    named = {name: records[name].cat.categories for name in ("unit", "time")}
    rows = pd.DataFrame(
        {
            "unit": pd.Categorical(table["unit"], categories=named["unit"]),
            "time": pd.Categorical(table["wave"], categories=named["time"]),
        }
    )
    known, wanted = place_of(rows), place_of(records)
    order = np.argsort(known)
    return table["design_weight"].to_numpy(dtype=float)[
        order[np.searchsorted(known, wanted, sorter=order)]
    ]


def population_shares(margins: Iterable[Row]) -> Shares:
    """The population's shares of single covariates, summed where a margin crosses several."""
    found: dict[tuple[str, str, str], dict[str, float]] = {}
    told: dict[tuple[str, str, str], str] = {}
    for row in margins:
        names, words = row["variable"].split(CROSSED), row["category"].split(CROSSED)
        if row["share_population"] is None or len(names) != len(words):
            continue
        for name, word in zip(names, words, strict=True):
            cell = (row["site"], row["wave"], name)
            if (
                told.setdefault(cell, row["variable"]) == row["variable"]
            ):  # of two margins the first
                own = found.setdefault(cell, {})
                own[word] = own.get(word, 0.0) + row["share_population"]
    return {(*cell, word): share for cell, own in found.items() for word, share in own.items()}


def composition_rows(parts: Sequence[Part], design: np.ndarray, people: Shares) -> Iterator[Row]:
    """A row for each site, wave, covariate and category; design (n,): design weights; people: the
    population's shares."""
    for name in parts[0].drawn.how.covariates if parts else ():
        for part in parts:
            yield from _of_covariate(name, part, part.own(design), people)


def _of_covariate(name: str, part: Part, design: np.ndarray, people: Shares) -> Iterator[Row]:
    drawn, how = part.drawn, part.drawn.how
    categories, columns = _columns(drawn.records[name])
    for cell in part.cells:
        if cell.of != "site" or not cell.inside.any():
            continue
        common = {
            "site": cell.site,
            "wave": cell.wave,
            "variable": name,
            "respondents": int(cell.inside.sum()),
            "ci_level": how.ci_level,
        }
        by_design = pulled(columns, design, cell.inside)
        few = "" if by_design is None else how.too_few(by_design.n)
        if by_design is not None and few:
            hidden: Row = {"n": None, "known": by_design.n, "reason": few}
            found = iter([{"category": word or None} | hidden for word in categories])
            by_design = None
        else:
            found = _shares(categories, columns, cell.inside, drawn)
        told = _of_few(list(found), how)
        for k, row in enumerate(told):
            share = None if by_design is None else float(by_design.estimate[k])
            share = None if str(row["reason"]).startswith(NOT_SHOWN) else share
            known = people.get((cell.site, cell.wave, name, categories[k]))
            yield common | row | {"by_design": share, "population": known}


def _of_few(rows: list[Row], how: MeansSpec) -> Iterator[Row]:
    """The rows of one covariate, without numbers of categories that few have."""
    there = [bool(row["category"]) and bool(row["n"]) for row in rows]
    counts = np.array([row["n"] if of else 0 for row, of in zip(rows, there, strict=True)])
    names = [str(row["category"]) for row in rows]
    told = reasons(counts, how.at_least(), "respondents", names)
    for row, why in zip(rows, told, strict=True):
        kept = {name: row[name] for name in ("category", "known")}
        yield kept | {"n": None, "reason": why} if why else row


def _columns(values: "pd.Series[Any]") -> tuple[list[str], np.ndarray]:
    """Categories and their indicators (n, k); of a number '' and the number itself (n, 1)."""
    if values.dtype == "float64":
        return [""], values.to_numpy(dtype=float)[:, None]
    categories = [str(word) for word in values.cat.categories]
    codes = values.cat.codes.to_numpy()
    made = (codes[:, None] == np.arange(len(categories))).astype(float)
    made[codes < 0] = np.nan
    return categories, made


def _plain(category: str, column: np.ndarray) -> Row:
    """Of a category its share, of a number its mean and SD."""
    if category:
        return {"unweighted": float(column.mean())}
    spread = float(column.std(ddof=1)) if len(column) > 1 else None
    return {"mean": float(column.mean()), "sd": spread}


def _shares(
    categories: list[str], columns: np.ndarray, inside: np.ndarray, drawn: Drawn
) -> Iterator[Row]:
    weight, sample, level = drawn.weight, drawn.sample, drawn.how.ci_level
    own = pulled(columns, weight, inside)
    if own is None:
        for category in categories:
            yield {
                "category": category or None,
                "n": 0,
                "known": 0,
                "reason": "not known of anybody",
            }
        return
    known = drawn.why if sample is None else spread(own.influence, sample, own.inside)
    for k, category in enumerate(categories):
        column, counted = columns[own.inside, k], weight[own.inside]
        share = float(own.estimate[k])
        if isinstance(known, str):
            said = Interval(reason=known)
        elif category == "":
            plain = at_random(column, counted)
            variance = float(known.covariance[k, k])
            said = t_interval(share, variance, known.df, level, plain)
        elif 0 < share < 1 and known.covariance[k, k] < FITTED**2:
            said = Interval(reason="no interval: the weights were fitted to this share")
        else:
            variance, n = float(known.covariance[k, k]), kish_n(counted)
            said = proportion_interval(share, variance, known.df, level, n)
        yield {
            "category": category or None,
            "n": int(column.sum()) if category else own.n,
            "known": own.n,
            **_plain(category, column),
            "weighted": share,
            "ci_low": said.low,
            "ci_high": said.high,
            "reason": said.reason or None,
        }
