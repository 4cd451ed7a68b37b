"""What must fit together in the section planning."""

from collections.abc import Iterator
from math import inf

from cesp_analysis.declared.outcomes import Outcome
from cesp_analysis.declared.paths import leaving
from cesp_analysis.declared.planning import LEARNT, Assumed, Planning, support_of
from cesp_analysis.declared.trial_designs import TrialDesign
from cesp_analysis.study.planning_unused import unused_planning
from cesp_analysis.study.study import Study

LEVELS = {"binary": "a share between 0 and 1", "count": "a mean count above 0"}
"""Types of outcomes whose SD follows from their level, or hangs on it."""


def broken_planning(study: Study) -> Iterator[str]:
    """One line for each thing that does not fit together."""
    own = study.planning
    if own is None:
        return
    if len(study.times) < 2:
        yield "planning: needs a first and a later time of people; leave the section out"
        return
    outcome = study.outcomes.get(own.outcome)
    if outcome is not None:
        yield from _outcome(own, outcome)
    yield from _compared(own, outcome, study)
    if own.power <= own.alpha:
        yield (
            f"planning.power: is above alpha ({own.alpha:g}), not {own.power:g}: so often is found"
            " what is not there"
        )
    kind = (outcome.type if outcome is not None else None) or "continuous"
    for parameter, value in own.known.items():
        place = f"planning.known.{parameter}"
        yield from _known(place, parameter, value)
        if parameter == "cac" and own.structure == "exchangeable":
            yield (
                f"{place}: of structure exchangeable a location's periods are all the same; remove"
                " it, or write structure: block_exchangeable"
            )
            continue
        if isinstance(value, Assumed):
            yield from _number(place, parameter, value, own.structure)
            yield from _spread(place, parameter, value, kind, own.structure)
    if outcome is not None:
        yield from _level(own, outcome, kind)
    for name, design in own.designs.items():
        if design.sizes is not None:
            yield from leaving(f"planning.designs.{name}.sizes", design.sizes)
        yield from _design(f"planning.designs.{name}", own, design)
        if kind == "binary":
            yield from _differing(f"planning.designs.{name}.effect_sd", own, outcome, design)
    analyses = own.trials.analyses
    for name in dict.fromkeys(one for one in analyses if analyses.count(one) > 1):
        yield f"planning.trials.analyses: '{name}' stands twice; keep one"
    yield from unused_planning(own, study)


def _outcome(own: Planning, outcome: Outcome) -> Iterator[str]:
    if outcome.level != "person":
        yield (
            f"planning.outcome: '{own.outcome}' is of respondents of a survey; a trial is planned"
            " for an outcome of people"
        )
    if outcome.type == "ordinal":
        yield (
            f"planning.outcome: '{own.outcome}' is ordinal; no sample size is offered for it; name"
            " a continuous, binary or count one"
        )
    if own.difference is None and outcome.mid is None:
        yield (
            f"planning.difference: '{own.outcome}' declares no important difference (mid); write"
            " the difference that the trial should find"
        )
    if own.difference is not None and not own.difference_source:
        yield "planning.difference_source: say who says so, or: assumed for planning"


def _compared(own: Planning, outcome: Outcome | None, study: Study) -> Iterator[str]:
    """That the outcome is asked at the time at which it is compared, and that this is a later one.

    Of an outcome that is asked at the start alone the first answer would also be the last: nobody
    would seem lost, and whoever answers twice would do so alike.
    """
    first = next(iter(study.times))
    if own.time == first:
        yield "planning.time: is the first time; name a later one"
    asked = None if outcome is None or outcome.level != "person" else outcome.times
    if asked is None:
        return
    said = ", ".join(asked)
    if own.time in study.times and own.time not in (*asked, first):
        yield (
            f"planning.time: '{own.outcome}' is not asked at {own.time} (asked at: {said}); name"
            " one of these times, or another outcome"
        )
    elif own.time is None and not set(asked) - {first}:
        yield (
            f"planning.outcome: '{own.outcome}' is asked at no time after the first (asked at:"
            f" {said}); name another outcome"
        )


def _level(own: Planning, outcome: Outcome, kind: str) -> Iterator[str]:
    """What a share or a mean count can be, in either arm, and that its SD follows from it."""
    place, value = "planning.known.control", own.known.get("control")
    if kind == "binary" and isinstance(own.known.get("sd"), Assumed):
        yield (
            f"planning.known.sd: '{own.outcome}' is binary: its SD follows from the share of the"
            f" control arm and the difference; remove it, or declare {place}"
        )
    if value is None:
        return
    if kind not in LEVELS:
        yield f"{place}: '{own.outcome}' is {kind}; it is the level of a binary or count outcome"
        return
    if not isinstance(value, Assumed):
        return
    (low, high), what = support_of("control", 0.0, kind, own.structure), LEVELS[kind]
    if not low < value.value < high:
        yield f"{place}.value: is {what}, not {value.value:g}"
        return
    change = _change(own, outcome)
    size, other = abs(change), value.value + change
    if not low < other < high:
        yield (
            f"planning.difference: {size:g} from a control arm at {value.value:g} would be"
            f" {other:g}, which is no {what.removeprefix('a ')}; plan for a smaller difference"
        )


def _differing(
    place: str, own: Planning, outcome: Outcome | None, design: TrialDesign
) -> Iterator[str]:
    """That locations' shares can differ by so much, where their mean is declared or whatever it
    is."""
    value = own.known.get("control")
    most, of = 0.5, ""
    if outcome is not None and isinstance(value, Assumed):
        other = value.value + _change(own, outcome)
        if not 0 < other < 1:
            return  # told of planning.difference
        most, of = (other * (1 - other)) ** 0.5, f" with a mean of {other:g}"
    if design.effect_sd >= most:
        yield (
            f"{place}: shares of locations{of} have an SD below {most:.3g}, for none lies outside 0"
            f" to 1; it is {design.effect_sd:g}"
        )


def _change(own: Planning, outcome: Outcome) -> float:
    """Intervention less control, of the difference to be found."""
    size = own.difference or (outcome.mid.value if outcome.mid is not None else 0.0)
    return -size if outcome.direction == "lower_is_better" else size


def _known(place: str, name: str, value: str | Assumed) -> Iterator[str]:
    if value == "study" and name not in LEARNT:
        yield (
            f"{place}: few sites do not tell it; write published (of icc and cac), or"
            " {value, sd, source}"
        )
    if value == "published" and name not in ("icc", "cac"):
        yield f"{place}: published are icc and cac alone; write {{value, sd, source}}"
    if value == "neighbourhoods" and name != "icc":
        yield f"{place}: neighbourhoods tell icc alone; write study, or {{value, sd, source}}"


def _number(place: str, name: str, value: Assumed, structure: str) -> Iterator[str]:
    """That it can be."""
    if name in ("icc", "icc_link_worker", "icc_neighbourhood") and not 0 <= value.value < 1:
        yield f"{place}.value: is from 0 to below 1, not {value.value:g}"
    if name == "retention" and not 0 < value.value <= 1:
        yield f"{place}.value: is a share, above 0 and at most 1, not {value.value:g}"
    if name == "cac" and not -1 < value.value <= 1:
        yield f"{place}.value: is a correlation, above -1 and at most 1, not {value.value:g}"
    elif name == "cac" and structure == "block_exchangeable" and value.value < 0:
        yield (
            f"{place}.value: of structure block_exchangeable it is from 0 to 1, not"
            f" {value.value:g}; write 0, or structure: decay"
        )
    if name == "correlation" and not -1 < value.value < 1:
        yield f"{place}.value: is a correlation between -1 and 1, not {value.value:g}"
    if name == "sd" and value.value <= 0:
        yield f"{place}.value: is above 0, not {value.value:g}"
    if name == "size_cv" and not 0 <= value.value < 2:
        yield f"{place}.value: is from 0 to below 2, not {value.value:g}"


def _spread(place: str, name: str, value: Assumed, kind: str, structure: str) -> Iterator[str]:
    """That a law between the parameter's ends may have such a mean and SD."""
    low, high = support_of(name, value.value, kind, structure)
    if not value.sd or not low <= value.value <= high:
        return
    what = f"what is from {low:g} to {high:g}"
    if value.value in (low, high):
        yield f"{place}.sd: {what} has no spread at {value.value:g}; write 0"
    elif high < inf and value.sd >= (most := ((value.value - low) * (high - value.value)) ** 0.5):
        yield (
            f"{place}.sd: {what}, with a mean of {value.value:g}, has an SD below {most:.3g}, not"
            f" {value.sd:g}"
        )


def _design(place: str, own: Planning, design: TrialDesign) -> Iterator[str]:
    arms = design.steps * design.batches if design.kind == "stepped_wedge" else 2
    least = 2 if design.kind == "stepped_wedge" else 4
    for n in design.locations:
        if own.locations_at_most is not None and n > own.locations_at_most:
            yield (
                f"{place}.locations: {n} are more than there are"
                f" (planning.locations_at_most: {own.locations_at_most})"
            )
        if design.kind == "individual":
            continue
        if n < least or n < arms:
            yield (
                f"{place}.locations: {n} are too few: "
                + (
                    f"{arms} steps (of all batches) need a location each"
                    if design.kind == "stepped_wedge"
                    else "2 in each arm at least"
                )
            )
        elif n % arms:
            yield f"{place}.locations: {n} cannot be shared out equally by {arms}; write a multiple"
