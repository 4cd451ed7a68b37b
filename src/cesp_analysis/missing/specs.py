"""What the step `impute` is told of the study, as one line of JSON, and who asks for its sets."""

import json
from typing import Any

from cesp_analysis.declared.analysis_sets import WITHOUT
from cesp_analysis.declared.as_data import as_json, as_set
from cesp_analysis.declared.files import RawFile
from cesp_analysis.models.imputed import POOLING
from cesp_analysis.models.kinds import module_of
from cesp_analysis.models.spec import ModelSpec, resolved_json
from cesp_analysis.study.plan_rules import curve_models
from cesp_analysis.study.study import Study

LEVELS = ("neighbourhood", "link_worker")
"""Levels below sites, in the order in which one is taken where models have several."""
SETS = [
    "data/processed/imputed.parquet",
    "data/processed/imputed_covariates.parquet",
    "data/processed/handled.parquet",
    "results/tables/imputation.csv",
]
"""The files that `missing.sets.read_sets` reads, in its order."""


def impute(study: Study) -> str:
    """Handlings with what models need of each, and all that the equations hold."""
    models = _models(study)
    own = study.missing_data.imputation
    outcomes = {*own.auxiliaries, *(n for m in models.values() for n in m.context.outcomes)}
    covariates = {*own.auxiliaries, *(n for m in models.values() for n in m.covariates)}
    chosen = {n: one for n, one in study.outcomes.items() if n in outcomes}
    scores = {chosen[name].score or "" for name in own.items if name in chosen}
    instruments = {score.rpartition(".")[0] for score in scores} - {""}
    paths = {name: entry.path for name, entry in study.instruments.items()}
    spec: dict[str, Any] = {
        "seed": study.study.seed,
        "imputation": as_set(own),
        "times": [moment.model_dump() for moment in study.moments("person")],
        "windows": study.windows(),
        "sites": [place.model_dump() for place in study.places()],
        "shares": shares(study),
        "outcomes": {name: as_set(one) for name, one in chosen.items()},
        "covariates": {n: as_set(c) for n, c in study.covariates.items() if n in covariates},
        "files": {
            name: {"level": file.level, "instruments": sorted(instruments & set(file.instruments))}
            | ({"long_format": True} if file.long_format else {})
            for name, file in _item_files(study, instruments).items()
        },
        "instruments": {name: paths.get(name, name) for name in sorted(instruments)},
        "models": {
            name: json.loads(
                resolved_json(model.model_copy(update={"outcomes": primary, "label": ""}))
            )
            for name, model in models.items()
            if "/" not in name and (primary := _primary(model))
        },
    }
    return as_json(spec)


def item_files(study: Study) -> list[str]:
    """The files whose records the step reads: with items of outcomes imputed item by item."""
    scores = {study.outcomes[name].score or "" for name in study.missing_data.imputation.items}
    return list(_item_files(study, {score.rpartition(".")[0] for score in scores}))


def own_instruments(study: Study) -> list[str]:
    """The study's own instruments' files, which scoring of items reads."""
    return [own.path for own in study.instruments.values()] if item_files(study) else []


def modules(study: Study) -> list[str]:
    """The modules of the kinds that are imputed."""
    return sorted({module_of(study.models[name].kind) for name in study.imputed()})


def sets_of(study: Study, model: str) -> list[str]:
    """The files of sets that a model is fitted to; none if it is not imputed."""
    return SETS if study.models[model].missing_data else []


def pooling(study: Study, *models: str) -> list[str]:
    """The module that pools, if any of the models is imputed."""
    return [POOLING] if any(study.models[name].missing_data for name in models) else []


def sets_of_curve(study: Study) -> list[str]:
    """The files of sets that the specification curve reads."""
    return SETS if any(model.missing_data for model in curve_models(study).values()) else []


def pooling_of_curve(study: Study) -> list[str]:
    """The module that pools, if a way of the specification curve is imputed."""
    return [POOLING] if sets_of_curve(study) else []


def _models(study: Study) -> dict[str, ModelSpec]:
    """The imputed models with their context, and the ways of the curve that are imputed."""
    ways = {n: m for n, m in curve_models(study).items() if m.missing_data}
    told = {
        name: model.model_copy(update={"study": study.context_of(name.split("/")[0], model)})
        for name, model in ways.items()
    }
    return {name: study.models[name] for name in study.imputed()} | told


def shares(study: Study) -> list[dict[str, Any]]:
    """Models with the same handling of an outcome share its sets, and their equations' columns."""
    found: dict[str, dict[str, Any]] = {}
    for model in _models(study).values():
        for outcome, handling in model.context.handlings.items():
            share = found.setdefault(
                handling.name,
                {
                    "handling": as_set(handling) | {"name": handling.name},
                    "outcomes": [],
                    "covariates": [],
                    "levels": set(),
                    "flag": False,
                },
            )
            share["outcomes"] = list(dict.fromkeys([*share["outcomes"], outcome]))
            share["covariates"] = list(dict.fromkeys([*share["covariates"], *model.covariates]))
            share["levels"] |= {getattr(model, "cluster", None), *getattr(model, "random", ())}
            share["flag"] |= model.analysis_set == WITHOUT
    for share in found.values():
        levels = share.pop("levels")
        share["cluster"] = next((level for level in LEVELS if level in levels), "")
    return list(found.values())


def _primary(model: ModelSpec) -> tuple[str, ...]:
    outcomes = model.context.outcomes
    return tuple(name for name in model.outcomes if outcomes[name].role == "primary")


def _item_files(study: Study, instruments: set[str]) -> dict[str, RawFile]:
    whole = {name: file.with_form(study.forms) for name, file in study.files.items()}
    return {
        name: file
        for name, file in whole.items()
        if file.level == "person" and instruments & set(file.instruments) and _timed(file)
    }


def _timed(file: RawFile) -> bool:
    """Whether a file's answers belong to times; a retest's do not."""
    return file.time is not None or file.long_format is not None
