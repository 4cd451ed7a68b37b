"""What must be known of a design of one size beside its numbers."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.declared.trial_designs import TrialDesign
from cesp_analysis.planning.ancova import answering
from cesp_analysis.planning.answers import Answers
from cesp_analysis.planning.power import power as power_of
from cesp_analysis.planning.size_spec import SizeSpec
from cesp_analysis.planning.solved import MOST_LOCATIONS
from cesp_analysis.planning.words import LESS

FEW = 20
"""Locations in an arm below which simulated trials were found to part from formulas by more than
.01 in power (docs/validation.md): a variance estimated as 0 makes tests cautious."""

FEW_ADJUSTED, FEW_WORKERS = 10, 8
"""The same where formulas reckon with that: locations in an arm of a cohort adjusted for its own
baseline, link workers."""
APART = 0.5
"""CV of caseloads, or of locations' sizes, above which trials were found to part from formulas by
more than few link workers or locations alone make them (docs/validation.md)."""
LOUD = 0.1
"""Of alpha: by how much false alarms may lie above it before a row says so."""
THESE = (
    "power is that of these very locations: how many others, or how many people, it asks for is not"
    " worked out"
)
NEAR = 0.01
"""In power: what a cautious test loses below it is not told."""


def told_of(
    design: TrialDesign,
    most: int | None,
    unanswered: tuple[int, str],
    locations: float,
    people: float,
    needed: float | None,
    bold: str = "",
    power: float | None = None,
    timid: float = float("nan"),
) -> Iterator[str]:
    """Sentences without a full stop; most: locations that there are; unanswered: draws without an
    answer, and why; people: of a location and period; needed: locations that power asks for; bold:
    see `bold_tests`; timid: see `timid_tests`, NaN where locations alone tell."""
    adjusts = design.follows and design.analysed == "ancova"
    if unanswered[0]:
        yield f"{unanswered[0]} draws have no answer ({unanswered[1]}): no assurance"
    if design.kind == "individual":
        yield "nobody of the other arm is taken to be reached by the intervention"
        if not design.effect_sd:
            yield "the difference is taken as the same in all locations"
        workers = locations * design.workers(people)
        if design.caseload_cv > APART:
            yield (
                "caseloads differ much: trials found up to .06 less power than formulas say, and"
                f" .09 with 6 link workers; {_look(design, locations, people)}"
            )
        if workers < FEW_WORKERS:
            few = "1 link worker is" if workers == 1 else f"{workers:g} link workers are"
            yield f"{few} few: {LESS}; {_look(design, locations, people)}"
    elif timid >= NEAR:
        yield (
            f"few locations: {LESS}, by about {timid:.2f} in power, and by more where sizes differ;"
            f" {_look(design, locations, people)}"
        )
    elif np.isnan(timid) and locations < 2 * (FEW_ADJUSTED if adjusts else FEW):
        yield f"few locations: {LESS}; {_look(design, locations, people)}"
    if design.sizes is not None:
        yield THESE
    if bold:
        yield bold
    if design.kind == "before_after":
        yield "locations were not allocated: their changes must be alike but for chance"
    if needed is not None and power is not None:
        yield from out_of_reach(needed, power)
    if needed is not None and most is not None and needed > most:
        yield f"power asks for {needed:g} locations with so many people; there are {most}"


def bold_tests(got: object) -> list[str]:
    """Of answers (n,): that the analysis finds too often what is not there, else ''."""
    if not isinstance(got, Answers):
        return []
    level, alarms = got.scenarios.alpha, got.false_alarms
    return [
        ""
        if not alarm > (1 + LOUD) * alpha
        else (
            f"a mixed model that takes a location's periods as equally alike, where they fade, has"
            f" false alarms in {alarm:.1%} of trials, not {100 * alpha:.3g}%; power is that of its"
            " estimate with a standard error that allows for it (robust, or of a model that knows)"
        )
        for alarm, alpha in zip(alarms, level, strict=True)
    ]


def out_of_reach(needed: float, power: float) -> Iterator[str]:
    """That no number of locations has the power asked for, though a row has some power."""
    if np.isnan(needed) and not np.isnan(power):
        yield (
            f"no number of locations, up to {MOST_LOCATIONS:,.0f}, has the power asked for with so"
            " many people of each"
        )


def of_periods(design: TrialDesign, structure: str, cac_months: Floats) -> Iterator[str]:
    """That a design's months move no autocorrelation; cac_months: those over which draws are."""
    if design.months is None or structure != "decay" or not np.isnan(cac_months).any():
        return
    yield (
        f"a CAC that does not say over how many months it is stands for one over {design.months:g},"
        " too: months move those alone that say it"
    )


def too_uncertain(most: float, target: float) -> Iterator[str]:
    """That assurance cannot be what is asked for; most: the probability of a benefit."""
    if most < target:
        yield (
            f"assurance is {most:.0%} at most, however large the trial: so likely is any benefit if"
            " the difference is as uncertain as planning.difference_sd has it"
        )


def of_level(
    how: SizeSpec, design: TrialDesign, known: Mapping[str, float], row: Mapping[str, Any]
) -> Iterator[str]:
    """Of a share or a count: that no answers can have what a row detects, or vary so little, or a
    difference that varies so much; known: medians of control, sd, icc."""
    if how.level is None:
        return
    treated = known["control"] + how.change
    most = (treated * (1 - treated)) ** 0.5 if how.level == "binary" else np.inf
    if design.effect_sd >= most:
        yield (
            f"the difference cannot vary so much between locations: shares with a mean of"
            f" {treated:.3g} have an SD below {most:.3g}; look at effect_sd ({design.effect_sd:g})"
        )
    other = known["control"] + np.copysign(row["detectable"], how.change)
    if other <= 0 or (other >= 1 and how.level == "binary"):
        yield (
            f"no difference that can be is found with the power asked for: from"
            f" {known['control']:.3g} in the control arm it would be {other:.3g} in the other"
        )
    mean = known["control"] + how.change / 2
    if how.level == "count" and (within := known["sd"] ** 2 * (1 - known["icc"])) < mean:
        yield (
            f"counts vary less than chance has them: a variance of {within:.3g} within locations,"
            f" of a mean of {mean:.3g}; look at planning.known.sd: by chance (Poisson) it is"
            f" {mean**0.5:.3g}"
        )


def timid_tests(got: object) -> Floats | None:
    """Of answers (n,) to designs measured once: what power loses where a variance between locations
    that is estimated below 0 counts as 0; NaN where sizes differ much, which costs more than that
    (docs/validation.md); of designs measured more often None."""
    if not isinstance(got, Answers) or got.model.layout.periods > 1:
        return None
    s = got.scenarios
    people, _ = answering(s)
    alone = (1 - s.icc) / people
    held = power_of(s.effect / got.std_error, got.df, s.alpha, alone / (s.icc + alone))
    return np.where(s.size_cv > APART, np.nan, got.power - held)


def _look(design: TrialDesign, locations: float, people: float) -> str:
    """Where it is seen by how much, or how it would be."""
    if design.sizes is not None:
        return (
            f"trials of given sizes are not simulated: a design of {locations:g} locations of"
            f" {people:.0f} people each (simulate: true) shows about by how much"
        )
    if not design.simulate:
        return "simulate some (simulate: true)"
    if (round(locations), round(people)) in design.simulated_sizes:
        return "look at the simulated trials"
    return f"of this size none are simulated: name {people:g} in simulated_people"
