"""Whether the items of a candidate measure one thing: parallel analysis, fit of one factor."""

import numpy as np

from cesp_analysis.columns import Row
from cesp_analysis.measurement.asked import MeasureSpec
from cesp_analysis.measurement.candidate import Candidate
from cesp_analysis.measurement.consistency import complete_items, item_names, not_applicable
from cesp_analysis.measurement.factors import factor_fit
from cesp_analysis.measurement.parallel import parallel_analysis

FEW_CATEGORIES = 7
"""With no more answers than these an item is ordered, not a number: polychoric correlations."""


def dimensions(own: Candidate, how: MeasureSpec) -> Row:
    """The columns of Measurability from factors to dimensionality, of the first time."""
    items = complete_items(own)
    if not_applicable(own) or items is None:
        return {}
    ordinal = max((len(np.unique(column)) for column in items.T), default=0) <= FEW_CATEGORIES
    kept = parallel_analysis(items, ordinal, how.seed)
    fit, normal = factor_fit(items, ordinal), factor_fit(items)
    names = item_names(own)
    passed = [names[column] for column in fit.at_limit]
    told = dict.fromkeys(
        [
            kept.method if kept.dimensions is not None else None,
            fit.method if fit.reason is None else None,
            f"RMSEA: {normal.method}" if normal.rmsea.value is not None else None,
            *(part for part in (kept.reason, fit.reason, normal.rmsea.reason) if part),
            f"almost all of {', '.join(passed)} is common (Heywood case)" if passed else None,
        ]
    )
    return {
        "factors": kept.dimensions,
        "explained": fit.explained,
        "srmr": fit.srmr,
        "rmsea": normal.rmsea.value,
        "rmsea_low": normal.rmsea.low,
        "rmsea_high": normal.rmsea.high,
        "dimensionality": "; ".join(part for part in told if part) or None,
    }
