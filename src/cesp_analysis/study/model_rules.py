"""What a model asks for that the study does not have."""

from collections.abc import Iterator

from cesp_analysis.models.spec import ModelSpec
from cesp_analysis.study.study import Study


def broken_model(place: str, model: ModelSpec, study: Study) -> Iterator[str]:
    """What of a model does not fit the study, a line each."""
    known = [moment.name for moment in study.moments(model.level)]
    noun = "time" if model.level == "person" else "wave"
    for name in model.outcomes:
        yield from _same_level(f"{place}.outcomes", name, study.outcomes[name].level, model.level)
        if fault := model.misfit(study.outcomes[name]):
            yield f"{place}.outcomes: '{name}' {fault}"
    for setting, name in model.further_outcomes().items():
        level = study.outcomes[name].level
        yield from _same_level(f"{place}.{setting}", name, level, model.level)
    for name in model.times or ():
        if name not in known:
            yield f"{place}.times: '{name}' is no {noun} (declared: {', '.join(known)})"
    used = model.times or tuple(known)
    if model.reference is not None and model.reference not in used:
        listed = ", ".join(used)
        yield f"{place}.reference: '{model.reference}' is not among the model's times ({listed})"
    if len(used) < 2 and getattr(model, "effect", "by_time") != "constant":
        yield f"{place}.times: a change needs two {noun}s at least; {_left(used, known, noun)}"
    yield from (f"{place}.{fault}" for fault in model.faults())
    for name in model.outcomes:
        yield from _asked_at(f"{place}.outcomes", name, model, study, used)
    first = known[0] if known else None
    constant = getattr(model, "effect", "by_time") == "constant"
    if constant and first in used:
        yield (
            f"{place}.times: one difference at all times would hold {first}, before the"
            " intervention: name the later times, or write effect: by_time"
        )
    if not constant and model.level == "person":
        yield from _own_baseline(f"{place}.covariates", model, study, first)
    yield from _covariates(place, model, study)


def _left(used: tuple[str, ...], known: list[str], noun: str) -> str:
    """How many times are left, and what to do."""
    said = "1 is left" if len(used) == 1 else f"{len(used)} are left"
    if others := [name for name in known if name not in used]:
        return f"{said}; name another here (declared besides: {', '.join(others)})"
    return f"{said}; declare another under {noun}s:, or leave the model out"


def _asked_at(
    place: str, name: str, model: ModelSpec, study: Study, used: tuple[str, ...]
) -> Iterator[str]:
    """An outcome is asked at the time that others are compared with, and at one of the others."""
    asked = study.outcomes[name].times
    if asked is None or study.outcomes[name].level != model.level or not used:
        return
    listed = ", ".join(asked)
    constant = getattr(model, "effect", "by_time") == "constant"
    reference = model.reference or used[0]
    if not constant and reference not in asked:
        yield (
            f"{place}: '{name}' is not asked at {reference}, with which other times are compared"
            f" (asked at: {listed}); name another reference, or leave it out"
        )
    elif not set(asked) & (set(used) - ({reference} if not constant else set())):
        yield (
            f"{place}: '{name}' is asked at none of the times that the model tells of (asked at:"
            f" {listed}); leave it out, or name one of these under times"
        )


def _own_baseline(place: str, model: ModelSpec, study: Study, first: str | None) -> Iterator[str]:
    """A change is not adjusted for the outcome that it starts from: that is another estimand."""
    adjusts = model.kind == "ancova" or getattr(model, "baseline", "outcome") == "covariate"
    why = "the model adjusts for it already; leave it out"
    if not adjusts:
        why = (
            "adjusted for it, a difference in differences compares people who started alike,"
            " another estimand; leave it out, or use kind ancova (mmrm: baseline: covariate)"
        )
    for name in model.covariates:
        covariate = study.covariates[name]
        for outcome in model.outcomes:
            same = covariate.source == study.outcomes[outcome].source
            if same and covariate.measured in (None, first):
                yield f"{place}: '{name}' is the outcome {outcome} at {first}: {why}"


def _covariates(place: str, model: ModelSpec, study: Study) -> Iterator[str]:
    first = next(iter(study.times), None)
    for name in model.covariates:
        covariate = study.covariates[name]
        yield from _same_level(f"{place}.covariates", name, covariate.level, model.level)
        late = covariate.measured not in (None, first)
        if late and not covariate.post_baseline_reason:
            yield (
                f"{place}.covariates: '{name}' is measured at {covariate.measured}, after baseline:"
                " the intervention may have changed it, and adjusting for it then removes part of"
                f" the effect; leave it out, or declare covariates.{name}.post_baseline_reason"
            )


def _same_level(place: str, name: str, level: str, model: str) -> Iterator[str]:
    if level != model:
        yield f"{place}: '{name}' is measured at level {level}, the model at level {model}"
