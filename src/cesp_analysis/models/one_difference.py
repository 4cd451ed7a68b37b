"""One difference between the arms that holds at all of a model's times: what it is and assumes."""

from dataclasses import replace

from cesp_analysis.models.baseline import COMMON_MEAN, STARTED_ALIKE
from cesp_analysis.models.rows import Asked, asked_for
from cesp_analysis.models.spec import ModelSpec


def asked_of_all(spec: ModelSpec, outcome: str, missing_data: str) -> Asked:
    """The request for one difference: of its time, where the model has one, else of all of them.

    Where the outcome at the first time is a covariate, it is a difference at equal baseline.
    """
    asked = asked_for(spec, spec.kind, outcome, None, missing_data)
    moments = spec.moments()
    at = moments[0].label if len(moments) == 1 else "all times"
    row = replace(asked.row, contrast=f"{asked.row.contrast.split(', difference')[0]}, at {at}")
    if len(moments) == 1:
        name = moments[0].name
        row = replace(row, time=name, estimate_id=f"{row.estimate_id}/{name}")
    if spec.adjusts_for_baseline(outcome):
        first = spec.context.times[0].label
        row = replace(
            row,
            estimand="difference in means at equal baseline",
            contrast=f"{row.contrast}, at the same value at {first}",
        )
    return replace(asked, row=row)


def assumed(spec: ModelSpec, outcome: str) -> tuple[str, ...]:
    """What such a difference takes for granted where chance did not allocate."""
    if spec.context.chance_made_alike() or not spec.adjusts_for_baseline(outcome):
        return ()
    return STARTED_ALIKE, COMMON_MEAN
