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
FEW = 40
"""Locations below which variances that are estimated as 0 change power."""
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


def apart_by(planned: Planned, analysis: str, normal: bool) -> Iterator[str]:
    """What may part simulated power from the formula; normal: whether answers are."""
    differ = _differ_in_size(planned)
    if not normal:
        yield "these answers are not normal, and their variances differ between the arms"
    if analysis in RULES:
        if planned_locations(planned) < FEW:
            yield "few locations: variances estimated as 0, or by little, change the test"
        if analysis == "mixed_satterthwaite" and isinstance(planned, Wedge | LevelWedge):
            yield "the formula is that of Kenward and Roger's test"
        if differ:
            yield "locations' sizes differ by chance: of those few the formula has the mean"
    elif analysis == "gee_cr2":
        yield "df of CR2 errors are an approximation"
    elif differ:
        yield "means of few people vary more than others, and t takes all as alike"
    if analysis == "permutation" and planned_locations(planned) < FEW:
        yield "the formula is that of t, at the level that so many arrangements attain"


def planned_locations(planned: Planned) -> int:
    """Locations of a trial."""
    frame = planned.frame if isinstance(planned, LevelWedge | LevelIndividual) else planned
    own = frame.locations
    return own if isinstance(own, int) else sum(own)


def failing(analysis: str) -> str:
    """Why a trial may have no answer."""
    if analysis in RULES:
        return (
            "a location or an arm lost its people, answers did not vary, or no optimum was found"
            " for certain"
        )
    if analysis == "gee_cr2":
        return "without one of its locations the model cannot be fitted"
    return "too few locations are left in which somebody answers"


def _differ_in_size(planned: Planned) -> bool:
    """Whether locations, or caseloads, have different numbers of people who answer."""
    if isinstance(planned, Plasmode):
        return not planned.normal.alike
    if isinstance(planned, Trial):
        return not planned.alike
    frame = planned if isinstance(planned, Wedge | IndividualTrial) else planned.frame
    if isinstance(frame, Trial | IndividualTrial):
        return not frame.alike
    return frame.size_cv > 0 or frame.retention < 1


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
        differs = ", of the difference in locations" if planned.shape[0] > 1 else ""
        effects = f"effects of link workers{differs}"
        return f"last answers: location + arm{before}, {effects}; {RULES[analysis]}"
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
