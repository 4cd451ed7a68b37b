"""Which model of an outcome speaks for it, where a figure or table shows one alone."""

from cesp_analysis.study.study import Study


def foremost(study: Study) -> dict[str, tuple[str, ...]]:
    """Outcome → its models, those of a confirmatory family first, then those that target an
    estimand of the outcome, each in config's order; outcomes without either are left out."""
    tested = {
        tuple(estimate.split("/")[:2])
        for family in study.analysis_plan.families.values()
        for estimate in family.estimates
    }
    found = {}
    for outcome in study.outcomes:
        confirmed = [name for name in study.models if (name, outcome) in tested]
        targeting = [name for name in study.models if _targets(study, name, outcome)]
        if first := tuple(dict.fromkeys([*confirmed, *targeting])):
            found[outcome] = first
    return found


def _targets(study: Study, model: str, outcome: str) -> bool:
    """Whether a model targets an estimand whose variable is the outcome."""
    named = [study.estimands.get(name) for name in study.models[model].targets()]
    return any(one is not None and one.variable.outcome == outcome for one in named)
