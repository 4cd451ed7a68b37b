"""What the step `sensitivity` is told of the study, as one line of JSON."""

import json
from typing import Any

from cesp_analysis.declared.base import Frozen
from cesp_analysis.declared.missing_sensitivity import Sensitivity
from cesp_analysis.models.kinds import module_of
from cesp_analysis.models.spec import resolved_json
from cesp_analysis.study.study import Study


class SensitivitySpec(Frozen):
    """The models that are pushed, resolved; events: their labels; windows: time → from when to when
    an answer counts; seed: of the study; least: sets where nothing was imputed; monte_carlo, most:
    limits of missing_data.imputation."""

    models: dict[str, Any]
    own: Sensitivity
    events: dict[str, str] = {}
    windows: dict[str, tuple[float, float]] = {}
    seed: int
    least: int = 2
    monte_carlo: float
    most: int


def sensitivity(study: Study) -> str:
    """Models and settings."""
    assert study.missing_data.sensitivity is not None
    pushed = models_of(study)
    spec = SensitivitySpec(
        models={name: json.loads(resolved_json(study.models[name])) for name in pushed},
        own=study.missing_data.sensitivity,
        windows=study.windows(),
        events={name: event.label for name, event in study.events.items()},
        seed=study.study.seed,
        least=study.missing_data.imputation.sets,
        monte_carlo=study.missing_data.imputation.monte_carlo,
        most=study.missing_data.imputation.most,
    )
    return spec.model_dump_json(exclude_defaults=True)


def models_of(study: Study) -> list[str]:
    """The imputed models that are pushed."""
    own, imputed = study.missing_data.sensitivity, study.imputed()
    if own is None:
        return []
    linear = [name for name in imputed if study.models[name].linear]
    return list(own.models) or linear or imputed


def beside(study: Study) -> list[str]:
    """Models by likelihood, not imputed, of an outcome that is pushed, in config's order.

    Which of them answers an estimate's question is for its rows to say (`by_likelihood`).
    """
    held = {one for name in models_of(study) for one in study.models[name].outcomes}
    return [
        name
        for name, model in study.models.items()
        if model.by_likelihood and not model.missing_data and model.level == "person"
        if held & set(model.outcomes)
    ]


def modules(study: Study) -> list[str]:
    """The modules of the kinds that are pushed."""
    return sorted({module_of(study.models[name].kind) for name in models_of(study)})


def nothing_to_draw(study: Study) -> list[str]:
    """Kinds of figures for which no sensitivity analysis is declared."""
    return [] if models_of(study) else ["assumptions", "tipping"]
