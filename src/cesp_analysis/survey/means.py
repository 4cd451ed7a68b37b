"""The step `survey_means`: what respondents answered, weighted, by site and wave; who they were."""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.columns import Row
from cesp_analysis.declared.networks import NOT_INDEPENDENT
from cesp_analysis.models.hidden import reasons_by
from cesp_analysis.models.survey_domain import (
    Interval,
    Pulled,
    at_random,
    kish_n,
    proportion_interval,
    pulled,
    t_interval,
)
from cesp_analysis.models.survey_linear import Linearised
from cesp_analysis.schemas import Panel
from cesp_analysis.survey.answers import Answers, MeansSpec, answers_of
from cesp_analysis.survey.apart import Part, apart
from cesp_analysis.survey.composition import composition_rows, design_weights, population_shares
from cesp_analysis.survey.few_answers import categories_hidden
from cesp_analysis.survey.mean_cells import Cell, Drawn, drawn_of
from cesp_analysis.survey.mean_intervals import spreads, told_by
from cesp_analysis.survey.neighbourhood_changes import change_rows
from cesp_analysis.survey.neighbourhoods import neighbourhood_rows, places_of
from cesp_analysis.survey.tables import Composition, NeighbourhoodChanges, SurveyMeans
from cesp_analysis.survey.weight_tables import Margins

Told = tuple[Cell, Pulled, list[str]]
"""Of a site and wave: its means, and why each category is not shown."""


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
    parts, near = apart(drawn), places_of(drawn.records, how)
    unit = np.asarray(drawn.records["unit"].cat.codes)
    rows: list[Row] = []
    changed: list[Row] = []
    for answers in answers_of(table, drawn.records, how):
        rows += in_order(described(part.of(answers), part) for part in parts)
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
    who = composition_rows(parts, design, people)
    contracts.write(
        pd.DataFrame(who, columns=list(Composition.columns())), composition, Composition
    )


def in_order(parts: Iterable[Iterable[Row]]) -> list[Row]:
    """Rows of one outcome: of sites, then of strata, then changes, of whatever parts they are."""
    rows = [row for part in parts for row in part]
    return sorted(rows, key=lambda row: (row["since"] is not None, row["of"] == "stratum"))


def described(answers: Answers, part: Part) -> Iterator[Row]:
    """The rows of one outcome: each cell, then changes of a site between waves."""
    drawn, cells = part.drawn, part.cells
    found: dict[tuple[str, str], dict[str, Told]] = {}
    asked = {
        at: pulled(answers.columns, drawn.weight, cell.inside)
        for at, cell in enumerate(cells)
        if cell.inside.any() and drawn.how.asked(answers.outcome, cell.wave)
    }
    counts = {at: 0 if own is None else own.n for at, own in asked.items()}
    whole = {at: _whole(cells[at], at) for at in asked}
    why = reasons_by(counts, whole, drawn.how.at_least(), "answers")
    rare = categories_hidden(answers, {at: cells[at].inside for at in asked}, whole, drawn.how)
    for at, own in asked.items():
        cell = cells[at]
        if own is not None:
            found.setdefault((cell.of, cell.group), {})[cell.wave] = (cell, own, rare[at])
            few = [why[at] or said for said in rare[at]]
            yield from _means(answers, cell, own, drawn, few)
        else:
            yield from (
                _row(answers, k, cell, drawn, n=0, reason="no estimate: nobody answered")
                for k in range(len(answers.categories) or 1)
            )
    for (of, _), waves in found.items():
        if of == "site":
            yield from _changes(answers, waves, drawn)


def _known(
    answers: Answers, influence: np.ndarray, inside: np.ndarray, drawn: Drawn
) -> list[Linearised | str]:
    """The covariance by each way of drawing, or why there is none."""
    if drawn.how.shares(answers.outcome):
        return [NOT_INDEPENDENT] * len(drawn.ways)
    return spreads(influence, inside, drawn)


def _whole(cell: Cell, at: int) -> tuple[str, ...]:
    """What a cell adds to: the site's strata to the site; a site's number is no part."""
    return (cell.of, cell.site, cell.wave) if cell.of == "stratum" else (cell.of, str(at))


def _means(
    answers: Answers, cell: Cell, own: Pulled, drawn: Drawn, few: list[str]
) -> Iterator[Row]:
    """The rows of a cell; few: why each category is not shown."""
    if all(few):
        for k, why in enumerate(few):
            yield _row(answers, k, cell, drawn, n=own.n, reason=why)
        return
    known = _known(answers, own.influence, own.inside, drawn)
    weight, level = drawn.weight[own.inside], drawn.how.ci_level
    effective = kish_n(weight)
    for k in range(len(answers.categories)):
        if few[k]:
            yield _row(answers, k, cell, drawn, n=own.n, reason=few[k])
            continue
        estimate = float(own.estimate[k])
        plain = at_random(answers.columns[own.inside, k], weight)

        def judged(variance: float, df: int, at: float = estimate, by: float = plain) -> Interval:
            if answers.measure == "proportion":
                return proportion_interval(at, variance, df, level, effective)
            return t_interval(at, variance, df, level, by)

        told = told_by(known, k, judged, drawn)
        error = told.get("std_error")
        deff = error**2 / plain if error is not None and plain > 0 else None
        row = _row(answers, k, cell, drawn, n=own.n, estimate=estimate)
        yield row | told | {"deff": deff, "effective_n": own.n / deff if deff else None}


def _changes(answers: Answers, waves: dict[str, Told], drawn: Drawn) -> Iterator[Row]:
    """Every later wave less the first, and less the one before it; of a category that one of the
    two does not show none, for it would be the other's less the change."""
    names = [wave for wave in drawn.how.waves if wave in waves]
    pairs = dict.fromkeys([*((names[0], later) for later in names[1:]), *pairwise(names)])
    for before, after in pairs:
        (earlier, first, rare), (cell, own, rarer) = waves[before], waves[after]
        there = int(earlier.inside.sum() + cell.inside.sum())
        if few := drawn.how.too_few(min(first.n, own.n)):
            for k in range(len(answers.categories)):
                row = _row(answers, k, cell, drawn, n=first.n + own.n, reason=few)
                yield row | {"since": before, "respondents": there}
            continue
        inside = first.inside | own.inside
        known = _known(answers, own.influence - first.influence, inside, drawn)
        for k in range(len(answers.categories)):
            if why := rare[k] or rarer[k]:
                row = _row(answers, k, cell, drawn, n=first.n + own.n, reason=why)
                yield row | {"since": before, "respondents": there}
                continue
            estimate = float(own.estimate[k] - first.estimate[k])
            plain = sum(
                at_random(answers.columns[part.inside, k], drawn.weight[part.inside])
                for part in (first, own)
            )

            def judged(
                variance: float, df: int, at: float = estimate, by: float = plain
            ) -> Interval:
                return t_interval(at, variance, df, drawn.how.ci_level, by)

            row = _row(answers, k, cell, drawn, n=first.n + own.n, estimate=estimate)
            row |= {"since": before, "respondents": there}
            yield row | told_by(known, k, judged, drawn)


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
