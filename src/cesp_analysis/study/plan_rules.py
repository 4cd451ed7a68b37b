"""What must fit together in the analysis plan: families of estimates, the specification curve."""

from collections.abc import Iterator
from typing import Any

from cesp_analysis.errors import no_such
from cesp_analysis.models.spec import ModelSpec
from cesp_analysis.study.analysis_plan import SpecificationCurve
from cesp_analysis.study.estimand_rules import broken_set, broken_time
from cesp_analysis.study.study import Study

_CURVE = "analysis_plan.specification_curve"


def broken_plan(study: Study) -> Iterator[str]:
    """One line for each thing that does not fit together."""
    taken: dict[str, str] = {}
    for name, family in study.analysis_plan.families.items():
        place = f"analysis_plan.families.{name}.estimates"
        for estimate in family.estimates:
            yield from _estimate(place, estimate, study)
            if estimate in taken:
                where = "twice" if taken[estimate] == name else f"in family {taken[estimate]} too"
                yield f"{place}: '{estimate}' stands {where}; each estimate is tested once"
            taken[estimate] = name
    if (curve := study.analysis_plan.specification_curve) is not None:
        yield from _curve(curve, study)


def _estimate(place: str, estimate: str, study: Study) -> Iterator[str]:
    """An estimate of a family is one that a model makes."""
    model_name, *rest = estimate.split("/")
    if len(rest) < 2:
        yield f"{place}: '{estimate}' is no estimate_id; write model/outcome/time"
        return
    model = study.models.get(model_name)
    if model is None:
        yield f"{place}: '{estimate}': {no_such('model', model_name, list(study.models))}"
        return
    outcome, time = rest[:2]
    known = [moment.name for moment in study.moments(model.level)]
    used = model.times or tuple(known)
    later = [name for name in used if name != (model.reference or used[0])]
    if outcome not in model.outcomes:
        told = no_such("outcome", outcome, model.outcomes, f"{model_name} has")
        yield f"{place}: '{estimate}': {told}"
    average = ["average_of_times"] if getattr(model, "average", False) else []
    if time not in (*later, *average):
        told = no_such("time", time, [*later, *average], f"{model_name} tells of")
        yield f"{place}: '{estimate}': {told}"


def _curve(curve: SpecificationCurve, study: Study) -> Iterator[str]:
    """Outcomes, models and covariates are of one level; times and sets are ones it may have."""
    level = study.outcomes[curve.outcomes[0]].level
    for name in curve.outcomes:
        if (own := study.outcomes[name].level) != level:
            yield f"{_CURVE}.outcomes: '{name}' is of level {own}, {curve.outcomes[0]} of {level}"
    for time in curve.times:
        yield from broken_time(f"{_CURVE}.times", time, level, study)
    for name in curve.models:
        model = study.models[name]
        if model.level != level:
            yield f"{_CURVE}.models: '{name}' is of level {model.level}, the outcomes of {level}"
        for chosen in curve.analysis_sets:
            yield from broken_set(f"{_CURVE}.analysis_sets", chosen, model, study)


def curve_models(study: Study) -> dict[str, ModelSpec]:
    """Name (model/covariates/analysis set) → the model that the curve fits.

    A part that no axis varies is `own`: the model's own.
    """
    curve = study.analysis_plan.specification_curve
    if curve is None:
        return {}
    covariates: dict[str, tuple[str, ...] | None] = {**curve.covariates} or {"own": None}
    made: dict[str, ModelSpec] = {}
    for name in curve.models:
        for adjusted, chosen in covariates.items():
            for of in curve.analysis_sets or ("own",):
                settings: dict[str, Any] = {"outcomes": curve.outcomes, "estimand": None}
                settings |= {} if chosen is None else {"covariates": chosen}
                settings |= {} if of == "own" else {"analysis_set": of}
                made[f"{name}/{adjusted}/{of}"] = study.models[name].model_copy(update=settings)
    return made
