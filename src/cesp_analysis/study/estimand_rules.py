"""What must fit together in estimands, in the models that target them, and in analysis sets."""

from collections.abc import Iterator

from cesp_analysis.declared.analysis_sets import OBSERVED, SETS, WITHOUT
from cesp_analysis.declared.estimands import CONTAMINATION, Estimand, IntercurrentEvent
from cesp_analysis.errors import no_such
from cesp_analysis.models.spec import ModelSpec
from cesp_analysis.study.study import Study

OF_THE_INTERVENTION = (
    "how much of the intervention people got, or how well it was delivered, is known of its arm"
    " alone: compared with control, those who got more of it differ by whatever let them get more;"
    " describe them within the intervention site"
)


def broken_estimands(study: Study) -> Iterator[str]:
    """One line for each thing that does not fit together."""
    first: dict[str, str] = {}
    for name, estimand in study.estimands.items():
        yield from _variable(f"estimands.{name}.variable", estimand, study)
        for event, how in estimand.intercurrent_events.items():
            yield from _event(f"estimands.{name}.intercurrent_events.{event}", event, how, study)
        if first.setdefault(estimand.label, name) != name:
            yield (
                f"estimands.{name}.label: '{estimand.label}' is the label of"
                f" {first[estimand.label]} too; tables could not tell them apart"
            )
    for name, model in study.models.items():
        yield from broken_set(f"models.{name}.analysis_set", model.analysis_set, model, study)
        yield from _targets(f"models.{name}.estimand", model, study)
        yield from _late_dose(f"models.{name}.dose", model, study)


def _variable(place: str, estimand: Estimand, study: Study) -> Iterator[str]:
    variable = estimand.variable
    outcome = study.outcomes[variable.outcome]
    yield from broken_time(f"{place}.time", variable.time, outcome.level, study)
    if outcome.times is not None and variable.time not in outcome.times:
        yield (
            f"{place}.time: {variable.outcome} is not asked at {variable.time} (asked at:"
            f" {', '.join(outcome.times)})"
        )


def broken_time(place: str, time: str, level: str, study: Study) -> Iterator[str]:
    """A line if a time is none of the level's, or the first, with which others are compared."""
    known = [moment.name for moment in study.moments(level)]
    noun = "time" if level == "person" else "wave"
    if time not in known:
        yield f"{place}: '{time}' is no {noun} (declared: {', '.join(known) or 'none'})"
    elif time == known[0]:
        yield f"{place}: {time} comes before the intervention; name a later {noun}"


def _event(place: str, name: str, how: IntercurrentEvent, study: Study) -> Iterator[str]:
    event = study.events.get(name)
    if name == CONTAMINATION and study.contamination is None:
        yield f"contamination: is not declared, but {place} deals with it; add it, or remove that"
    if event is None and name != CONTAMINATION and not how.label:
        yield f"{place}: {no_such('event', name, list(study.events))}; or give it a label"
    if event is None:
        return
    kept = event.kind == "withdrawal" and event.afterwards == "keep"
    if how.strategy == "while_on_treatment" and kept:
        yield (
            f"{place}.strategy: while_on_treatment leaves out the answers that"
            f" events.{name}.afterwards: keep lets in; write set_aside there, or treatment_policy"
            " here"
        )
    if how.strategy != "treatment_policy":
        return
    if event.kind == "death":
        yield (
            f"{place}.strategy: treatment_policy asks for answers after a death, which do not"
            " exist; write while_on_treatment (while alive), composite, hypothetical or"
            " principal_stratum"
        )
    elif event.afterwards == "set_aside":
        yield (
            f"{place}.strategy: treatment_policy asks for the answers that"
            f" events.{name}.afterwards: set_aside takes away; write keep there, or"
            " while_on_treatment here"
        )


def broken_set(place: str, chosen: str, model: ModelSpec, study: Study) -> Iterator[str]:
    """A line if a model cannot have this analysis set."""
    if chosen not in SETS:
        of_arm = any(word in chosen for word in ("dose", "fidelity"))
        why = OF_THE_INTERVENTION if of_arm else no_such("analysis set", chosen, SETS, "known")
        yield f"{place}: '{chosen}' is refused: {why}" if of_arm else f"{place}: {why}"
    elif chosen == WITHOUT and study.contamination is None:
        yield f"contamination: is not declared; it says whom {place} leaves out; add it"
    elif chosen == WITHOUT and model.level == "respondent":
        yield f"{place}: contamination is of people who are followed, not of respondents"
    elif chosen == OBSERVED and model.level == "respondent":
        yield f"{place}: respondents are those who were observed; remove it"


def _targets(place: str, model: ModelSpec, study: Study) -> Iterator[str]:
    taken: dict[tuple[str, str], str] = {}
    for name in model.targets():
        estimand = study.estimands[name]
        outcome, time = estimand.variable.outcome, estimand.variable.time
        if outcome not in model.outcomes:
            yield (
                f"{place}: '{name}' is about {outcome}, which the model does not analyse"
                f" (outcomes: {', '.join(model.outcomes)}); add it there, or name another estimand"
            )
        elif time not in later_times(model, study):
            yield f"{place}: '{name}' is about {time}, of which the model says nothing"
        if taken.setdefault((outcome, time), name) != name:
            yield (
                f"{place}: '{name}' and '{taken[outcome, time]}' are about the same outcome and"
                " time; one estimate answers one of them"
            )
        if study.contamination is not None:
            yield from _contaminated(place, name, estimand, model)


def later_times(model: ModelSpec, study: Study) -> list[str]:
    """The times that a model tells of: those that enter, but for the one they are compared with.

    One difference at all of several times (effect: constant) is of none of them.
    """
    used = model.times or tuple(moment.name for moment in study.moments(model.level))
    if getattr(model, "effect", "by_time") == "constant":
        return list(used) if len(used) == 1 else []
    return [name for name in used if name != (model.reference or used[0])]


def _contaminated(place: str, name: str, estimand: Estimand, model: ModelSpec) -> Iterator[str]:
    """Controls who got part of the intervention stay, or leave, as the estimand says."""
    how = estimand.intercurrent_events.get(CONTAMINATION)
    without = model.analysis_set == WITHOUT
    if how is None and without:
        yield (
            f"{place}: the model leaves contaminated controls out, and '{name}' does not say how it"
            " deals with them; add contamination to its intercurrent_events"
        )
    elif how is not None and without == (how.strategy == "treatment_policy"):
        does = "leaves them out" if without else "keeps them"
        yield (
            f"{place}: '{name}' deals with contamination by {how.strategy}, but the model {does};"
            f" change its analysis_set, or name another estimand"
        )


def _late_dose(place: str, model: ModelSpec, study: Study) -> Iterator[str]:
    """How much of the intervention people got by a later time is no exposure at the start."""
    dose = getattr(model, "dose", None)
    if dose is None or dose not in study.covariates:
        return
    first = next(iter(study.times), None)
    measured = study.covariates[dose].measured
    if measured not in (None, first):
        yield f"{place}: '{dose}' is measured at {measured}, after baseline: {OF_THE_INTERVENTION}"
