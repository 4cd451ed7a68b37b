"""How a simulated trial is drawn and analysed, in words for a row of a table."""

from collections.abc import Iterator

from cesp_analysis.planning.individual_trials import IndividualTrial
from cesp_analysis.planning.level_individual import LevelIndividual
from cesp_analysis.planning.level_wedges import LevelWedge
from cesp_analysis.planning.plasmode import Plasmode
from cesp_analysis.planning.trial_blocks import Planned
from cesp_analysis.planning.trial_people import BinaryTrial, CountTrial
from cesp_analysis.planning.trials import Trial
from cesp_analysis.planning.wedge_trials import Wedge

RULES = {
    "mixed_satterthwaite": "REML, Satterthwaite df",
    "mixed_kenward_roger": "REML, Kenward-Roger df and error",
    "z": "REML, normal law",
}
NEAR = 0.005
"""Correlations nearer to each other than this print alike."""
EFFECTS = {"person": "person", "period": "location's period", "location": "location"}


def model_of(planned: Planned, analysis: str) -> str:
    """The model that analyses each trial."""
    return "; ".join([*_numbers(planned), _model(planned, analysis)])


def drawn_of(planned: Planned) -> Iterator[str]:
    """What must be known of how trials are drawn, a part of a sentence each."""
    frame = planned.frame if isinstance(planned, LevelWedge) else planned
    if isinstance(frame, Wedge) and frame.structure == "decay" and frame.layout.periods > 2:
        yield (
            "drawn as alike as fades with time, analysed as equally alike in any two periods; the"
            " formula reckons with both"
        )
        if isinstance(planned, LevelWedge) and planned.kind == "count" and planned.frame.cohort:
            yield "a person's counts fade less, as chance (Poisson) is each count's own"
    if isinstance(planned, BinaryTrial | CountTrial | LevelWedge):
        yield "the formula takes both arms' variances as their mean"


def too_alike(planned: Planned) -> Iterator[str]:
    """That counts cannot go together as much as is known."""
    if isinstance(planned, CountTrial):
        followed, asked = planned.baseline == "cohort", planned.iac
    elif isinstance(planned, LevelWedge) and planned.kind == "count":
        followed, asked = planned.frame.cohort, planned.frame.iac
    elif isinstance(planned, LevelIndividual) and planned.kind == "count":
        followed, asked = True, planned.frame.correlation
    else:
        return
    if followed and asked > planned.most_alike:
        yield (
            f"a person's counts correlate by {planned.most_alike:.2f} as they are drawn, not by"
            f" {asked:.2f}: chance (Poisson) is each count's own"
        )
    elif isinstance(planned, LevelIndividual) and asked - planned.served_alike > NEAR:
        yield (
            f"counts of who has a link worker correlate by {planned.served_alike:.2f} as they are"
            f" drawn, those of others by {asked:.2f}"
        )


def _numbers(planned: Planned) -> Iterator[str]:
    if isinstance(planned, BinaryTrial):
        yield "answers as numbers, 0 or 1"
    elif isinstance(planned, CountTrial):
        yield "counts as numbers"
    elif isinstance(planned, LevelWedge | LevelIndividual):
        yield "answers as numbers, 0 or 1" if planned.kind == "binary" else "counts as numbers"


def _model(planned: Planned, analysis: str) -> str:
    if isinstance(planned, LevelWedge | LevelIndividual):
        return _model(planned.frame, analysis)
    if isinstance(planned, Wedge):
        arm = "arm + " if planned.analysis == "change" else ""
        effects = ", ".join(EFFECTS[name] for name in planned.level[::-1])
        return f"all answers: period + {arm}treated, effects of {effects}; {RULES[analysis]}"
    if isinstance(planned, IndividualTrial):
        before = " + first answer" if planned.correlation else ""
        return f"last answers: location + arm{before}, effects of link workers; {RULES[analysis]}"
    return _of_two_arms(planned, analysis)


def _of_two_arms(planned: Trial | BinaryTrial | CountTrial | Plasmode, analysis: str) -> str:
    if isinstance(planned, Plasmode):
        adjusts, others = planned.adjusted, False
    else:
        adjusts, others = planned.baseline != "none", planned.baseline == "cross_section"
    of_means = others or analysis in ("location_means_t", "permutation")
    before = " + " + ("location's mean before" if of_means else "first answer") if adjusts else ""
    if analysis == "location_means_t":
        return f"locations' means: arm{before}; least squares, t"
    if analysis == "permutation":
        return f"locations' means: arm{before}; arms permuted"
    if analysis == "gee_cr2":
        return f"people's answers: arm{before}; independence, CR2 error, its df"
    return f"people's answers: arm{before}, effects of location; {RULES[analysis]}"
