"""The step `sensitivity`: imputed estimates under other assumptions on what nobody answered."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cesp_analysis import contracts
from cesp_analysis.columns import Row, Table
from cesp_analysis.missing.analysed import Analysis, analysis_of
from cesp_analysis.missing.assumptions import (
    at_random,
    by_deltas,
    by_extremes,
    by_likelihood,
    by_patterns,
    by_reference,
)
from cesp_analysis.missing.deltas import size_of
from cesp_analysis.missing.pushed import Pushed, pushed_of, scenarios_of
from cesp_analysis.missing.reference_rows import (
    ON_A_SCALE,
    HowMany,
    Referred,
    nothing_referred,
    referred,
)
from cesp_analysis.missing.sensitivity_spec import SensitivitySpec
from cesp_analysis.missing.sensitivity_words import no_answer, places_of
from cesp_analysis.missing.sets import read_sets
from cesp_analysis.missing.tables import SensitivityTable, Tipping, TippingPoints
from cesp_analysis.missing.tipping_rows import tipping_rows
from cesp_analysis.models.kinds import read_model
from cesp_analysis.models.spec import ModelSpec
from cesp_analysis.panel.came_by import due_of
from cesp_analysis.schemas import Estimates, Events, Panel
from cesp_analysis.streams import seed_of

if TYPE_CHECKING:
    import pandas as pd


def sensitivity(
    spec: str,
    panel: Path,
    events: Path,
    sets: list[Path],
    out: Path,
    tipping: Path,
    points: Path,
    beside: list[Path] | None = None,
) -> None:
    """Say how estimates change where those who are lost differ from what was imputed.

    `sets`: imputed, imputed_covariates, handled, imputation.csv; `beside`: estimates of models by
    likelihood.
    """
    asked = SensitivitySpec.model_validate_json(spec)
    people, happened = contracts.read(panel, Panel), contracts.read(events, Events)
    imputed = read_sets(sets, asked.least)
    others = [row for path in beside or [] for row in contracts.rows(path, Estimates)]
    known: dict[Any, Referred] = {}
    rows: list[Row] = []
    grid: list[Row] = []
    tips: list[Row] = []
    for told in asked.models.values():
        model = read_model(json.dumps(told))
        for outcome in pushed_outcomes(model):
            analysis = analysis_of(people, model, outcome, imputed)
            for pushed in _pushed(analysis, asked, happened):
                *found, no_map = tipping_rows(pushed, asked.own.points)
                rows += rows_of(pushed, asked, others, known, no_map)
                grid += found[0]
                tips += found[1]
    _write(rows, out, SensitivityTable)
    _write(grid, tipping, Tipping)
    _write(tips, points, TippingPoints)


def pushed_outcomes(model: ModelSpec) -> list[str]:
    """A model's primary outcomes; all, where none of them is."""
    outcomes = model.context.outcomes
    return [n for n in model.outcomes if outcomes[n].role == "primary"] or list(model.outcomes)


def _pushed(analysis: Analysis, asked: SensitivitySpec, events: "pd.DataFrame") -> Iterator[Pushed]:
    """The outcome's estimates, with their shifts and scenarios."""
    context, answers = analysis.spec.context, analysis.answers
    outcome = context.outcomes[analysis.outcome]
    size = size_of(outcome, asked.own.deltas.get(analysis.outcome), answers)
    if not analysis.linear and outcome.type not in ON_A_SCALE:
        size = no_answer(outcome.type, analysis.spec.kind)
    due = np.array([due_of(moment, asked.windows) for moment in analysis.spec.moments()])
    scenarios = scenarios_of(asked.own.patterns, size, answers, due, events)
    places = places_of(context.sites, context.arms)
    yield from pushed_of(analysis, places, size, scenarios, asked.monte_carlo)


def rows_of(
    pushed: Pushed,
    asked: SensitivitySpec,
    others: list[Row],
    known: dict[Any, Referred],
    no_map: str,
) -> Iterator[Row]:
    """Every assumption, from what is described to what is pushed furthest.

    others: estimates of models by likelihood; known: profiles and draws that were made of the same
    answers, which is added to.
    """
    analysis = pushed.analysis
    yield from at_random(pushed, analysis.on_answers[pushed.estimate], no_map)
    yield from by_likelihood(pushed, others)
    if asked.own.references:
        key, how_many = _profiled(analysis), HowMany(analysis.m, asked.monte_carlo, asked.most)
        if key not in known and not pushed.lost:
            names = analysis.outcome, key[1], analysis.spec.analysis_set
            known[key] = referred(analysis, seed_of(asked.seed, "sensitivity", *names), how_many)
        own = known.get(key) or nothing_referred(how_many, pushed.lost)
        yield from by_reference(pushed, asked.own.references, own)
    yield from by_deltas(pushed)
    yield from by_patterns(pushed, asked.events)
    yield from by_extremes(pushed)


def _profiled(analysis: Analysis) -> tuple[Any, ...]:
    """What profiles and draws are made of: models that are alike in it share them."""
    spec, answers = analysis.spec, analysis.answers
    handling = spec.context.handlings[analysis.outcome].name
    whose = answers.people, answers.times, answers.first
    kind = "" if analysis.linear else spec.kind  # which the reason names
    return analysis.outcome, handling, *whose, getattr(spec, "cluster", None), kind


def _write(rows: list[Row], path: Path, contract: type[Table]) -> None:
    import pandas as pd

    contracts.write(pd.DataFrame(rows, columns=list(contract.columns())), path, contract)
