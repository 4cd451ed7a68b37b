"""One difference between the arms that holds at all of a model's times: what it is and assumes."""

from dataclasses import replace

from cesp_analysis.models.baseline import COMMON_MEAN, STARTED_ALIKE, at_equal_baseline
from cesp_analysis.models.rows import Asked, Compared, asked_for
from cesp_analysis.models.spec import ModelSpec


def asked_of_all(spec: ModelSpec, outcome: str, missing_data: str) -> Asked:
    """The request for one difference: of its time, where the model has one, else of all of them.

    Where the outcome at the first time is a covariate, it is a difference at equal baseline.
    """
    moments = spec.moments()
    at = moments[0].label if len(moments) == 1 else "all times"
    compared = Compared("difference in means", f"at {at}", "outcomes")
    if spec.adjusts_for_baseline(outcome):
        compared = at_equal_baseline(spec.context.times[0], at)
    asked = asked_for(spec, outcome, None, missing_data, compared)
    if len(moments) > 1:
        return asked
    name = moments[0].name
    row = replace(asked.row, time=name, estimate_id=f"{asked.row.estimate_id}/{name}")
    return replace(asked, row=row)


def assumed(spec: ModelSpec, outcome: str) -> tuple[str, ...]:
    """What such a difference takes for granted where chance did not allocate."""
    if spec.context.chance_made_alike() or not spec.adjusts_for_baseline(outcome):
        return ()
    return STARTED_ALIKE, COMMON_MEAN
