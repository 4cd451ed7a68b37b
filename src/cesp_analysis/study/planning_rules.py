"""What must fit together in the section planning."""

from collections.abc import Iterator
from math import inf

from cesp_analysis.declared.outcomes import Outcome
from cesp_analysis.declared.planning import LEARNT, Assumed, Planning
from cesp_analysis.declared.trial_designs import TrialDesign
from cesp_analysis.study.study import Study

SHARES = ("retention", "icc", "icc_link_worker", "icc_neighbourhood")


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
    if own.time is not None and own.time == next(iter(study.times)):
        yield "planning.time: is the first time; name a later one"
    for parameter, value in own.known.items():
        yield from _known(f"planning.known.{parameter}", parameter, value)
    if outcome is not None and "control" in own.known:
        yield from _control(own, outcome.type or "continuous")
    for name, design in own.designs.items():
        yield from _design(f"planning.designs.{name}", own, design)
    if own.trials.plasmode and not own.simulated:
        yield "planning.trials.plasmode: no design is simulated; write simulate: true with one"


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


def _control(own: Planning, kind: str) -> Iterator[str]:
    place, value = "planning.known.control", own.known["control"]
    if kind not in ("binary", "count"):
        yield f"{place}: '{own.outcome}' is {kind}; it is the level of a binary or count outcome"
    elif isinstance(value, Assumed) and not 0 < value.value < (1 if kind == "binary" else inf):
        what = "a share between 0 and 1" if kind == "binary" else "a mean count above 0"
        yield f"{place}.value: is {what}, not {value.value:g}"


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
    if not isinstance(value, Assumed):
        return
    if name in ("icc", "icc_link_worker", "icc_neighbourhood") and not 0 <= value.value < 1:
        yield f"{place}.value: is from 0 to below 1, not {value.value:g}"
    if name == "retention" and not 0 < value.value <= 1:
        yield f"{place}.value: is a share above 0, not {value.value:g}"
    if name == "cac" and not -1 <= value.value <= 1:
        yield f"{place}.value: is a correlation, from -1 to 1, not {value.value:g}"
    if name == "correlation" and not -1 < value.value < 1:
        yield f"{place}.value: is a correlation between -1 and 1, not {value.value:g}"
    if (name in SHARES or name in ("cac", "correlation")) and 0 < value.value < 1:
        most = (value.value * (1 - value.value)) ** 0.5
        if value.sd >= most:
            yield f"{place}.sd: a share of {value.value:g} has an SD below {most:.3g}"
    elif name in SHARES and value.sd:
        yield f"{place}.sd: a share of {value.value:g} has no spread; write 0"
    if name == "sd" and value.value <= 0:
        yield f"{place}.value: is above 0, not {value.value:g}"
    if name == "size_cv" and not 0 <= value.value < 2:
        yield f"{place}.value: is from 0 to below 2, not {value.value:g}"


def _design(place: str, own: Planning, design: TrialDesign) -> Iterator[str]:
    arms = design.steps * design.batches if design.kind == "stepped_wedge" else 2
    least = 2 if design.kind == "stepped_wedge" else 4
    for n in design.locations:
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
        if own.locations_at_most is not None and n > own.locations_at_most:
            yield (
                f"{place}.locations: {n} are more than there are"
                f" (planning.locations_at_most: {own.locations_at_most})"
            )
