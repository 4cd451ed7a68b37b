"""What must be known of a design of one size beside its numbers."""

from collections.abc import Iterator

from cesp_analysis.declared.trial_designs import TrialDesign

FEW = 20
"""Locations in an arm below which simulated trials were found to part from formulas by more than
.01 in power (docs/validation.md): a variance estimated as 0 makes tests cautious."""

FEW_ADJUSTED, FEW_WORKERS = 10, 8
"""The same where formulas reckon with that: locations in an arm of a cohort adjusted for its own
baseline, link workers."""
LESS = "tests find less than formulas say"


def told_of(
    design: TrialDesign,
    most: int | None,
    unanswered: int,
    locations: float,
    people: float,
    needed: float | None,
) -> Iterator[str]:
    """Sentences without a full stop; most: locations that there are; unanswered: draws without an
    answer; people: of a location and period; needed: locations that power asks for."""
    adjusts = design.follows and design.analysed == "ancova"
    if unanswered:
        yield f"{unanswered} draws have no answer: no assurance"
    if design.kind == "individual":
        yield "nobody of the other arm is taken to be reached by the intervention"
        if not design.effect_sd:
            yield "the difference is taken as the same in all locations"
        workers = locations * design.workers(people)
        if workers < FEW_WORKERS:
            yield f"{workers:g} link workers are few: {LESS}; {_look(design)}"
    elif locations < 2 * (FEW_ADJUSTED if adjusts else FEW):
        yield f"few locations: {LESS}; {_look(design)}"
    if design.kind == "before_after":
        yield "locations were not allocated: their changes must be alike but for chance"
    if needed is not None and most is not None and needed > most:
        yield f"power asks for {needed:g} locations with so many people; there are {most}"


def _look(design: TrialDesign) -> str:
    return "look at the simulated trials" if design.simulate else "simulate some (simulate: true)"
