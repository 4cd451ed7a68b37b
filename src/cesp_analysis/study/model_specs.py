"""What the steps after the models are told of the study."""

from typing import Any

from cesp_analysis.declared.as_data import as_json, as_set
from cesp_analysis.models.spec import ModelSpec
from cesp_analysis.study.specs import levels
from cesp_analysis.study.study import Study


def standardise(study: Study) -> str:
    """Outcomes with their units and important differences; arms, sites, times."""
    places = study.places()
    named = {level: study.moments(level) for level in levels(study)}
    spec: dict[str, Any] = {
        "ci_level": study.study.ci_level,
        "arms": {name: arm.label for name, arm in study.arms.items()},
        "times": {level: [m.model_dump() for m in own] for level, own in named.items()},
        "outcomes": {name: as_set(entry) for name, entry in study.outcomes.items()},
    }
    if places:
        spec["sites"] = {arm: sum(site.arm == arm for site in places) for arm in study.arms}
    if study.study.randomised:
        spec["randomised"] = True
    spec["models"] = {name: _compared(entry) for name, entry in study.models.items()}
    return as_json(spec)


def _compared(entry: ModelSpec) -> dict[str, Any]:
    """A model's times before and after the intervention; whether a dose takes the arm's place.

    One difference at all times has none before it but the baseline that is a covariate.
    """
    if getattr(entry, "effect", "by_time") == "constant":
        after = [moment.name for moment in entry.moments()]
        own = [name for name in entry.outcomes if entry.adjusts_for_baseline(name)]
        baseline = dict.fromkeys(own, entry.context.times[0].name)
        return {"before": [], "after": after} | ({"baseline": baseline} if baseline else {})
    since = entry.reference_time().position
    before = [moment.name for moment in entry.moments() if moment.position <= since]
    after = [moment.name for moment in entry.moments() if moment.position > since]
    dose = {"dose": True} if getattr(entry, "dose", None) else {}
    return {"before": before, "after": after} | dose


def nothing_to_draw(study: Study) -> list[str]:
    """Figures of models that the study has none of: of a staggered start, level by level."""
    own = [model for model in study.models.values() if model.kind == "group_time"]
    there = {model.level for model in own if "since_start" in getattr(model, "effects", ())}
    return [f"event_study_{level}" for level in levels(study) if level not in there]
