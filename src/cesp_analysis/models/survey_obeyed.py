"""Whether models of respondents follow how they were drawn and weighted; where not, they say so.

Kind `survey` does. The others have standard errors of their own; which parts of the design those
leave out is said on each row.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from cesp_analysis.declared.surveys import SurveyDesign
from cesp_analysis.models.results import Estimate, Fit
from cesp_analysis.models.spec import ModelSpec

if TYPE_CHECKING:
    import pandas as pd

NOT_CLUSTERED = (
    "respondents are taken as independent, though neighbourhoods were sampled and people of one are"
    " alike: the interval is too narrow; write cluster: neighbourhood, or use kind survey"
)
ALL_AS_SAMPLE = (
    "surveys says that these are all the neighbourhoods, but this interval takes them as a sample"
    " of others like them; kind survey has an interval for either"
)
NO_STRATA = (
    "neighbourhoods were drawn within strata (surveys.strata), which this interval does not"
    " know; kind survey does"
)
AS_GIVEN = (
    "the weights were fitted to the population's margins, and this interval takes them as given;"
    " kind survey takes the margins as known"
)
UNWEIGHTED = (
    "not weighted: it speaks of those who answered, not of the residents for whom their weights"
    " stand"
)
MODELLED = (
    "the weights of the survey are not used: right for the residents if, given what the model"
    " holds, who answered does not depend on the answers; step agreement sets it beside the"
    " design-based estimate"
)


def with_design(fitted: Fit, spec: ModelSpec, panel: "pd.DataFrame") -> Fit:
    """The fit with what its rows of respondents leave out of the design, a sentence each."""
    if spec.level != "respondent" or spec.kind == "survey":
        return fitted
    said = tuple(_left_out(spec, panel[panel["level"] == "respondent"]))

    def told(row: Estimate) -> Estimate:
        new = tuple(one for one in said if one not in row.warnings)
        estimated = row.status == "estimated"
        return replace(row, warnings=(*row.warnings, *new)) if new and estimated else row

    return replace(fitted, estimates=tuple(told(row) for row in fitted.estimates))


def _left_out(spec: ModelSpec, rows: "pd.DataFrame") -> Iterator[str]:
    design = spec.context.surveys or SurveyDesign()
    named = bool(rows["neighbourhood"].notna().any())
    clustered = _clustered(spec)
    if named and design.neighbourhoods == "sampled" and not clustered:
        yield NOT_CLUSTERED
    if named and design.neighbourhoods == "all" and clustered:
        yield ALL_AS_SAMPLE
    if design.strata is not None:
        yield NO_STRATA
    weight = rows["weight"].to_numpy(dtype=float)
    differ = bool(np.ptp(weight[~np.isnan(weight)]) > 0) if len(weight) else False
    if spec.weighted and "margin_1" in rows:
        yield AS_GIVEN
    elif differ and not spec.weighted:
        yield MODELLED if spec.kind == "mixed" else UNWEIGHTED


def _clustered(spec: ModelSpec) -> bool:
    """Whether neighbourhoods, or whole sites, are what a model takes as independent."""
    levels = (getattr(spec, "cluster", None), *getattr(spec, "random", ()))
    return any(level in ("neighbourhood", "site") for level in levels)
