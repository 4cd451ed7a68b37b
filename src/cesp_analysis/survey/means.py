"""The step `survey_means`: what respondents answered, weighted, by site and wave; who they were."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.numbers import counted
from cesp_analysis.schemas import MARGIN, Panel
from cesp_analysis.survey.answers import Answers, MeansSpec, answers_of, inside_of
from cesp_analysis.survey.composition import composition_rows, design_weights, population_shares
from cesp_analysis.survey.design import Sample, records_of, sample_of
from cesp_analysis.survey.domain import (
    Interval,
    Pulled,
    at_random,
    kish_n,
    proportion_interval,
    pulled,
    spread,
    t_interval,
)
from cesp_analysis.survey.linear import Linearised
from cesp_analysis.survey.neighbourhood_changes import change_rows
from cesp_analysis.survey.neighbourhoods import neighbourhood_rows, places_of
from cesp_analysis.survey.tables import Composition, Margins, NeighbourhoodChanges, SurveyMeans

Row = dict[str, Any]


@dataclass(frozen=True)
class Cell:
    """Some respondents of one wave: of a site, or a stratum within it."""

    of: str
    site: str
    group: str
    wave: str
    inside: np.ndarray


@dataclass(frozen=True)
class Drawn:
    """The records with their sample; `why` there is none, if their design is not known."""

    records: pd.DataFrame
    sample: Sample | None
    why: str
    how: MeansSpec

    @property
    def weight(self) -> np.ndarray:
        """Final weights (n,)."""
        return self.records["weight"].to_numpy(dtype=float)


def survey_means(
    spec: str,
    panel: Path,
    out: Path,
    composition: Path,
    weights: Path | None = None,
    margins: Path | None = None,
    neighbourhoods: Path | None = None,
) -> None:
    """Weighted means and proportions with design-based intervals; the respondents' composition.

    `weights`, `margins`: where respondents were weighted to margins, their design weights, and the
    population's shares. `neighbourhoods`: where to write how each neighbourhood changed.
    """
    how = MeansSpec.model_validate_json(spec)
    table = contracts.read(panel, Panel)
    drawn = drawn_of(table, how)
    cells, near = list(cells_of(drawn)), places_of(drawn.records, how)
    unit = np.asarray(drawn.records["unit"].cat.codes)
    rows: list[Row] = []
    changed: list[Row] = []
    for answers in answers_of(table, drawn.records, how):
        rows += described(answers, drawn, cells)
        rows += neighbourhood_rows(answers, drawn.weight, near, how)
        if neighbourhoods is not None:
            changed += change_rows(answers, drawn.weight, unit, near, how)
    if neighbourhoods is not None:
        columns = list(NeighbourhoodChanges.columns())
        contracts.write(
            pd.DataFrame(changed, columns=columns), neighbourhoods, NeighbourhoodChanges
        )
    contracts.write(pd.DataFrame(rows, columns=list(SurveyMeans.columns())), out, SurveyMeans)
    design = design_weights(drawn.records, weights) if weights else drawn.weight
    people = population_shares(contracts.rows(margins, Margins)) if margins else {}
    who = composition_rows(drawn.records, drawn.sample, drawn.why, how, design, people)
    contracts.write(
        pd.DataFrame(who, columns=list(Composition.columns())), composition, Composition
    )


def drawn_of(table: pd.DataFrame, how: MeansSpec) -> Drawn:
    """The respondents with a weight, with a column `group`, and how they were drawn."""
    records = records_of(table)
    records = records.assign(group=records["site" if how.sites else "arm"])
    try:
        return Drawn(records, sample_of(records, how.design), "", how)
    except NotEstimable as why:
        return Drawn(records, None, f"no interval: {why}", how)


def cells_of(drawn: Drawn) -> Iterator[Cell]:
    """Every site at every wave, then every stratum within a site, where strata are declared."""
    records, how = drawn.records, drawn.how
    for group in how.groups():
        for wave in how.waves:
            yield Cell("site", group, group, wave, inside_of(records, group, wave))
    if how.design.strata is None:
        return
    strata = records[how.design.strata].astype("category").cat
    for group in how.groups():
        for code, stratum in enumerate(strata.categories):
            for wave in how.waves:
                inside = inside_of(records, group, wave) & (strata.codes.to_numpy() == code)
                yield Cell("stratum", group, f"{stratum}", wave, inside)


def described(answers: Answers, drawn: Drawn, cells: Sequence[Cell]) -> Iterator[Row]:
    """The rows of one outcome: each cell, then changes of a site between waves."""
    found: dict[tuple[str, str], dict[str, tuple[Cell, Pulled]]] = {}
    for cell in cells:
        if not cell.inside.any() or not drawn.how.asked(answers.outcome, cell.wave):
            continue
        own = pulled(answers.columns, drawn.weight, cell.inside)
        if own is not None:
            found.setdefault((cell.of, cell.group), {})[cell.wave] = (cell, own)
            yield from _means(answers, cell, own, drawn)
        else:
            yield from (
                _row(answers, k, cell, drawn, n=0, reason="no estimate: nobody answered")
                for k in range(len(answers.categories) or 1)
            )
    for (of, _), waves in found.items():
        if of == "site":
            yield from _changes(answers, waves, drawn)


def _means(answers: Answers, cell: Cell, own: Pulled, drawn: Drawn) -> Iterator[Row]:
    known = _spread(own.influence, own.inside, drawn)
    weight, level = drawn.weight[own.inside], drawn.how.ci_level
    effective = kish_n(weight)
    for k in range(len(answers.categories)):
        estimate = float(own.estimate[k])
        plain = at_random(answers.columns[own.inside, k], weight)
        row = _row(answers, k, cell, drawn, n=own.n, estimate=estimate)
        if isinstance(known, str):
            yield row | {"reason": known}
            continue
        variance = float(known.covariance[k, k])
        if answers.measure == "proportion":
            said = proportion_interval(estimate, variance, known.df, level, effective)
        else:
            said = t_interval(estimate, variance, known.df, level, plain)
        deff = variance / plain if said.std_error is not None and plain > 0 else None
        yield (
            row
            | _told(said, known, drawn)
            | {
                "deff": deff,
                "effective_n": own.n / deff if deff else None,
            }
        )


def _changes(
    answers: Answers, waves: dict[str, tuple[Cell, Pulled]], drawn: Drawn
) -> Iterator[Row]:
    """Every later wave less the first, and less the one before it."""
    names = [wave for wave in drawn.how.waves if wave in waves]
    pairs = dict.fromkeys([*((names[0], later) for later in names[1:]), *pairwise(names)])
    for before, after in pairs:
        (earlier, first), (cell, own) = waves[before], waves[after]
        there = int(earlier.inside.sum() + cell.inside.sum())
        inside = first.inside | own.inside
        known = _spread(own.influence - first.influence, inside, drawn)
        for k in range(len(answers.categories)):
            estimate = float(own.estimate[k] - first.estimate[k])
            row = _row(answers, k, cell, drawn, n=first.n + own.n, estimate=estimate)
            row |= {"since": before, "respondents": there}
            if isinstance(known, str):
                yield row | {"reason": known}
                continue
            variance = float(known.covariance[k, k])
            plain = sum(
                at_random(answers.columns[part.inside, k], drawn.weight[part.inside])
                for part in (first, own)
            )
            said = t_interval(estimate, variance, known.df, drawn.how.ci_level, plain)
            yield row | _told(said, known, drawn)


def _spread(influence: np.ndarray, inside: np.ndarray, drawn: Drawn) -> Linearised | str:
    return drawn.why if drawn.sample is None else spread(influence, drawn.sample, inside)


def _told(said: Interval, known: Linearised, drawn: Drawn) -> Row:
    """What the design says, in the table's columns."""
    assert drawn.sample is not None
    units = counted(known.n_psus, drawn.sample.unit)
    units += f" in {counted(known.n_strata, 'stratum', 'strata')}"
    fitted = (
        "; calibrated to margins"
        if any(str(name).startswith(MARGIN) for name in drawn.records)
        else ""
    )
    return {
        "std_error": said.std_error,
        "df": known.df,
        "ci_low": said.low,
        "ci_high": said.high,
        "psus": known.n_psus,
        "strata": known.n_strata,
        "method": f"weighted{fitted}; linearised, {units}; {said.how}" if said.how else None,
        "reason": said.reason or None,
        "warnings": " | ".join(known.said) or None,
    }


def _row(
    answers: Answers,
    k: int,
    cell: Cell,
    drawn: Drawn,
    *,
    n: int,
    estimate: float | None = None,
    reason: str = "",
) -> Row:
    """One category's row before anything is known of its error."""
    return {
        "of": cell.of,
        "site": cell.site,
        "group": cell.group,
        "wave": cell.wave,
        "since": None,
        "outcome": answers.outcome,
        "question": drawn.how.question(answers.outcome) or None,
        "category": (answers.categories[k] if answers.categories else "") or None,
        "label": answers.labels[k] if answers.labels else answers.outcome,
        "measure": answers.measure,
        "estimate": estimate,
        "ci_level": drawn.how.ci_level,
        "n": n,
        "respondents": int(cell.inside.sum()),
        "unit": answers.unit,
        "reason": reason or None,
    }
