"""A declared design as its layout; nothing here computes power, so that figures may import it."""

from cesp_analysis.declared.trial_designs import TrialDesign
from cesp_analysis.planning.layouts import (
    Layout,
    batched,
    before_after,
    crossover,
    parallel_baseline,
    parallel_post,
    staircase,
    stepped_wedge,
)


def layout_of(design: TrialDesign) -> Layout:
    """Which locations are measured and treated when; kind individual has none."""
    match design.kind:
        case "parallel_post":
            return parallel_post()
        case "parallel_baseline":
            return parallel_baseline()
        case "before_after":
            return before_after()
        case "crossover":
            return crossover()
        case "stepped_wedge":
            if design.observed is None:
                made = stepped_wedge(design.steps, design.periods)
            else:
                made = staircase(design.steps, *design.observed)
            return batched(made, design.batches, design.later) if design.batches > 1 else made
        case _:
            raise ValueError(f"{design.kind}: people are allocated, not locations")
