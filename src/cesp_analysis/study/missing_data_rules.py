"""What must fit together in the section missing_data, in imputed models and their estimands."""

from collections.abc import Iterator

from cesp_analysis.declared.analysis_sets import OBSERVED
from cesp_analysis.declared.estimands import Estimand
from cesp_analysis.declared.handling import handling_of, undated
from cesp_analysis.declared.missing_data import Imputation
from cesp_analysis.declared.networks import SCORES as NETWORK_SCORES
from cesp_analysis.models.spec import ModelSpec
from cesp_analysis.study.study import Study

_PLACE = "missing_data.imputation"


def broken_missing_data(study: Study) -> Iterator[str]:
    """One line for each thing that does not fit together."""
    own = study.missing_data.imputation
    yield from _numbers(own)
    if own.within == "site" and not study.places():
        yield f"{_PLACE}.within: the study declares no sites; write within: arm"
    for setting, names in (("items", own.items), ("auxiliaries", own.auxiliaries)):
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield f"{_PLACE}.{setting}: '{name}' stands twice; remove one"
        for name in names:
            yield from _of_people(f"{_PLACE}.{setting}", name, study)
    for name in own.items:
        yield from _scored(name, study)
    yield from _interactions(own, study)
    for name, model in study.models.items():
        if model.missing_data:
            yield from _model(f"models.{name}", model, study)
    for name, estimand in study.estimands.items():
        for event, how in estimand.intercurrent_events.items():
            if how.value is not None and how.strategy != "composite":
                yield (
                    f"estimands.{name}.intercurrent_events.{event}.value: goes with strategy:"
                    " composite alone; remove it"
                )


def _numbers(own: Imputation) -> Iterator[str]:
    if own.sets < 1:
        yield f"{_PLACE}.sets: {own.sets} imputed sets hold no answers; write 20 or more"
    elif own.sets == 1:
        yield (
            f"{_PLACE}.sets: one imputed set shows nothing of how uncertain imputed answers are;"
            " write 20 or more"
        )
    elif own.most < own.sets:
        yield f"{_PLACE}.most: {own.most} is less than sets ({own.sets}); write as many at least"


def _of_people(place: str, name: str, study: Study) -> Iterator[str]:
    entry = study.outcomes.get(name) or study.covariates.get(name)
    if entry is not None and entry.level != "person":
        yield (
            f"{place}: '{name}' is measured at level {entry.level}, and people are imputed;"
            " leave it out"
        )


def _scored(name: str, study: Study) -> Iterator[str]:
    score = study.outcomes[name].score
    if score is None or score in NETWORK_SCORES:
        yield f"{_PLACE}.items: '{name}' is no instrument's score: it has no items; leave it out"
    elif score in [f"{own.instrument}.{one}" for one, own in study.value_sets.items()]:
        yield (
            f"{_PLACE}.items: '{name}' is valued by a table (value_sets:), whose values are imputed"
            " themselves, not items; leave it out"
        )
    elif name not in _in_equations(study):
        yield (
            f"{_PLACE}.items: no imputed model analyses '{name}', and it is no auxiliary; add it"
            " to one of them, or leave it out"
        )


def _in_equations(study: Study) -> set[str]:
    """What stands in the equations without interactions: of imputed models, and auxiliaries."""
    names = set(study.missing_data.imputation.auxiliaries)
    for one in study.imputed():
        model = study.models[one]
        names |= {*model.outcomes, *model.covariates, *model.further_outcomes().values()}
    return names


def _interactions(own: Imputation, study: Study) -> Iterator[str]:
    held, first = _in_equations(study), dict[tuple[str, ...], int]()
    for at, names in enumerate(own.interactions):
        place = f"{_PLACE}.interactions.{at}"
        if (same := first.setdefault(tuple(sorted(names)), at)) < at:
            yield f"{place}: the same product as interactions.{same}; remove one of them"
        if len(names) < 2:
            yield f"{place}: a product needs two names at least, [age, wellbeing]"
        for name in dict.fromkeys(names):
            yield from _of_people(place, name, study)
            if name not in held:
                yield (
                    f"{place}: '{name}' is in no imputed model and no auxiliary; add it to"
                    " auxiliaries"
                )


def _model(place: str, model: ModelSpec, study: Study) -> Iterator[str]:
    if model.level != "person":
        yield (
            f"{place}.missing_data: people are imputed; respondents are weighted (surveys:):"
            " remove it"
        )
        return
    if model.analysis_set == OBSERVED:
        yield (
            f"{place}.analysis_set: {OBSERVED} leaves out whom missing_data: imputed puts in;"
            " remove one of them"
        )
    taken: dict[str, str] = {}
    for name in model.targets():
        estimand = study.estimands[name]
        outcome = estimand.variable.outcome
        first = taken.setdefault(outcome, name)
        ways = [handling_of(study.events, one) for one in (study.estimands[first], estimand)]
        if ways[0].name != ways[1].name:
            yield (
                f"{place}.estimand: '{first}' and '{name}' deal with events differently, so that"
                f" other answers of {outcome} are missing; a model of its own for one of them"
            )
        yield from _strategies(place, name, estimand, study)


def _strategies(place: str, name: str, estimand: Estimand, study: Study) -> Iterator[str]:
    """A model's answers can be had under each strategy that its estimand names."""
    for event in undated(study.events, estimand):
        strategy = estimand.intercurrent_events[event].strategy
        yield (
            f"{place}.missing_data: estimands.{name} deals with '{event}' by {strategy}, and no"
            f" entry of events says when it happened; declare events.{event}, or write"
            " treatment_policy there"
        )
    for event, how in estimand.intercurrent_events.items():
        at = f"estimands.{name}.intercurrent_events.{event}"
        if event not in study.events:
            continue
        if how.strategy == "principal_stratum":
            yield (
                f"{at}.strategy: imputation does not tell in whom it would not happen, which"
                f" {place} (missing_data: imputed) would need; write another strategy"
            )
        if how.strategy == "composite" and how.value is None:
            yield (
                f"{at}.value: composite makes the event part of the outcome: declare the value of"
                f" {estimand.variable.outcome} after it, which {place} takes"
            )
        binary = study.outcomes[estimand.variable.outcome].type == "binary"
        if binary and how.value not in (None, 0, 1):
            yield f"{at}.value: {estimand.variable.outcome} is binary: write 0 or 1"
