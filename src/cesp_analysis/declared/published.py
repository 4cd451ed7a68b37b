"""Published numbers that a study must reproduce."""

from pydantic import Field

from cesp_analysis.declared.base import Frozen


class Published(Frozen):
    """Published numbers that the study must reproduce."""

    path: str = Field(
        description="CSV: quantity, published, tolerance, tolerance_is, source, reason. A quantity"
        " is a path in a model's diagnostics.json (model/outcome/coefficient/arm), or a table's"
        " cell: means/outcome/group/time/mean, changes/… alike,"
        " baseline/variable/category/group/count, answered/score/time/scored,"
        " estimates/estimate_id/std_error."
    )
