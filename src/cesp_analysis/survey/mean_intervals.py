"""What the ways in which respondents were drawn say of a mean or a change.

The design's own interval, and beside it, where neighbourhoods are all there are, the one that holds
for neighbourhoods like these: they are clusters in it.
"""

from collections.abc import Callable, Sequence

import numpy as np

from cesp_analysis.columns import Row
from cesp_analysis.models.survey_design import Sample
from cesp_analysis.models.survey_domain import Interval, spread
from cesp_analysis.models.survey_linear import Linearised
from cesp_analysis.numbers import counted
from cesp_analysis.schemas import MARGIN
from cesp_analysis.survey.mean_cells import Drawn

Judge = Callable[[float, int], Interval]
"""Variance and df → the interval of an estimate."""
_CLUSTERED = "of the clustered interval: "


def spreads(influence: np.ndarray, inside: np.ndarray, drawn: Drawn) -> list[Linearised | str]:
    """The covariance of k estimates by each way of drawing, or why there is none."""
    return [way if isinstance(way, str) else spread(influence, way, inside) for way in drawn.ways]


def told_by(known: Sequence[Linearised | str], k: int, judged: Judge, drawn: Drawn) -> Row:
    """What the design says of the k-th estimate, in the table's columns; then the clusters."""
    row = _told(known[0], k, judged, drawn)
    if len(known) > 1:
        row |= _clustered(known[1], k, judged)
        said = [*_said(known[0]), *(_CLUSTERED + one for one in _said(known[1]))]
        row["warnings"] = " | ".join(said) or None
    return row


def _told(known: Linearised | str, k: int, judged: Judge, drawn: Drawn) -> Row:
    if isinstance(known, str):
        return {"reason": known}
    assert isinstance(drawn.ways[0], Sample)
    said = judged(float(known.covariance[k, k]), known.df)
    units = counted(known.n_psus, drawn.ways[0].unit)
    units += f" in {counted(known.n_strata, 'stratum', 'strata')}"
    fitted = (
        "; calibrated to margins"
        if any(str(name).startswith(MARGIN) for name in drawn.records)
        else ""
    )
    return {
        "std_error": said.std_error,
        "df": known.df,
        "ci_low": said.low,
        "ci_high": said.high,
        "psus": known.n_psus,
        "strata": known.n_strata,
        "method": f"weighted{fitted}; linearised, {units}; {said.how}" if said.how else None,
        "reason": said.reason or None,
        "warnings": " | ".join(known.said) or None,
    }


def _clustered(known: Linearised | str, k: int, judged: Judge) -> Row:
    """The columns of the interval beside it, by the same formula with neighbourhoods as units."""
    if isinstance(known, str):
        return {"clustered_reason": known}
    said = judged(float(known.covariance[k, k]), known.df)
    return {
        "clustered_std_error": said.std_error,
        "clustered_df": known.df,
        "clustered_ci_low": said.low,
        "clustered_ci_high": said.high,
        "clustered_reason": said.reason or None,
    }


def _said(known: Linearised | str) -> tuple[str, ...]:
    return () if isinstance(known, str) else known.said
