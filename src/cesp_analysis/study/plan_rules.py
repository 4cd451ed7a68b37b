"""What must fit together in the analysis plan: families of estimates, the specification curve."""

from collections.abc import Iterator
from typing import Any

from cesp_analysis.declared.analysis_plan import SpecificationCurve
from cesp_analysis.errors import no_such
from cesp_analysis.models.spec import ModelSpec
from cesp_analysis.study.estimand_rules import broken_set, broken_time, later_times
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
    model = study.models.get(model_name)
    if model is not None and _at_all_times(model):
        yield from _of_all_times(place, estimate, model)
        return
    if model is not None and (made := _named_by_model(model_name, model, study)):
        if estimate not in made:
            yield f"{place}: {no_such('estimate', estimate, made, f'{model_name} makes')}"
        return
    if len(rest) < 2:
        yield f"{place}: '{estimate}' is no estimate_id; write model/outcome/time"
        return
    if model is None:
        yield f"{place}: '{estimate}': {no_such('model', model_name, list(study.models))}"
        return
    outcome, time, *ends = rest
    later = later_times(model, study)
    if outcome not in model.outcomes:
        told = no_such("outcome", outcome, model.outcomes, f"{model_name} has")
        yield f"{place}: '{estimate}': {told}"
        return
    average = ["average_of_times"] if getattr(model, "average", False) else []
    if time not in (*later, *average):
        told = no_such("time", time, [*later, *average], f"{model_name} tells of")
        yield f"{place}: '{estimate}': {told}"
    elif not _asked(outcome, time, study):
        yield f"{place}: '{estimate}': {outcome} is not asked at {time}"
    made = [end for end, _ in _questions(model_name, model, outcome, study)]
    if len(ends) > 1 or "".join(ends) not in made or "" in ends:
        whole = ["/".join([model_name, outcome, time, *([end] if end else [])]) for end in made]
        yield f"{place}: '{estimate}' is no estimate_id; the model makes {', '.join(whole)}"


def _named_by_model(name: str, model: ModelSpec, study: Study) -> list[str]:
    """The estimates of a kind whose rows are of more than times; of others none."""
    told = model.model_copy(update={"study": study.context_of(name, model)})
    ends = told.estimate_tails()
    return ["/".join(filter(None, (name, out, end))) for out in model.outcomes for end in ends]


def _at_all_times(model: ModelSpec) -> bool:
    """Whether a model has one effect at several times, so that its estimates name no time."""
    return getattr(model, "effect", "by_time") == "constant" and len(model.times or ()) != 1


def _of_all_times(place: str, estimate: str, model: ModelSpec) -> Iterator[str]:
    name, *rest = estimate.split("/")
    if len(rest) == 1 and rest[0] in model.outcomes:
        return
    if len(rest) == 1:
        yield f"{place}: '{estimate}': {no_such('outcome', rest[0], model.outcomes, f'{name} has')}"
        return
    whole = ", ".join(f"{name}/{outcome}" for outcome in model.outcomes)
    yield f"{place}: '{estimate}' is no estimate_id; {name} tells of all times at once: {whole}"


def _asked(outcome: str, time: str, study: Study) -> bool:
    asked = study.outcomes[outcome].times
    return asked is None or time == "average_of_times" or time in asked


def _questions(name: str, model: ModelSpec, outcome: str, study: Study) -> list[tuple[str, str]]:
    """What a model's estimates of an outcome end in ('': nothing), each with its unit."""
    asks = getattr(
        model.model_copy(update={"study": study.context_of(name, model)}), "questions", None
    )
    unit = study.outcomes[outcome].unit
    if dose := getattr(model, "dose", None):
        unit += f" per unit of {study.covariates[dose].label}"
    return [(q.suffix, q.unit) for q in asks(outcome)] if asks else [("", unit)]


def _curve(curve: SpecificationCurve, study: Study) -> Iterator[str]:
    """Outcomes, models and covariates are of one level; times and sets are ones it may have."""
    for axis in ("outcomes", "times", "models", "analysis_sets"):
        named = getattr(curve, axis)
        for word in sorted({word for word in named if named.count(word) > 1}):
            yield f"{_CURVE}.{axis}: '{word}' stands twice; each way is gone once"
    level = study.outcomes[curve.outcomes[0]].level
    for name in curve.outcomes:
        if (own := study.outcomes[name].level) != level:
            yield f"{_CURVE}.outcomes: '{name}' is of level {own}, {curve.outcomes[0]} of {level}"
    for time in curve.times:
        yield from broken_time(f"{_CURVE}.times", time, level, study)
        for name in curve.outcomes:
            if not _asked(name, time, study):
                yield f"{_CURVE}.times: {name} is not asked at {time}; leave one of them out"
    for name in curve.models:
        model = study.models[name]
        if model.level != level:
            yield f"{_CURVE}.models: '{name}' is of level {model.level}, the outcomes of {level}"
            continue
        for chosen in curve.analysis_sets:
            yield from broken_set(f"{_CURVE}.analysis_sets", chosen, model, study)
        yield from _goes_nowhere(name, curve, study)


def _goes_nowhere(name: str, curve: SpecificationCurve, study: Study) -> Iterator[str]:
    """A line for each time of the curve, and each outcome, of which a model has no estimate."""
    known = [moment.name for moment in study.moments(study.models[name].level)]
    model = study.models[name].model_copy(update={"outcomes": curve.outcomes})
    place, later = f"{_CURVE}.models: '{name}'", later_times(model, study)
    if _at_all_times(model):
        yield f"{place} tells of all times at once (effect: constant); leave it out"
        return
    for time in curve.times:
        if time in known[1:] and time not in later:
            yield f"{place} says nothing of {time} (it tells of: {', '.join(later)})"
    for outcome in curve.outcomes:
        unit = study.outcomes[outcome].unit
        units = [own for _, own in _questions(name, model, outcome, study)]
        if unit not in units:
            yield (
                f"{place} estimates {outcome} in {' and '.join(units)}, not in {unit}; the ways of"
                " a curve share their unit"
            )


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
