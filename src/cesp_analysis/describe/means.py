"""The step `means`: the observed mean of every outcome, by site and time, before any model."""

from pathlib import Path

import numpy as np
import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.models.hidden import fewer
from cesp_analysis.models.student import t_quantile
from cesp_analysis.models.tables import Means
from cesp_analysis.panel.groups import by_group
from cesp_analysis.schemas import Panel

MINIMUM = 10
"""As surveys.minimum, where config does not say it."""
_OF_VALUES = ["mean", "std_error", "df", "ci_low", "ci_high", "sd"]


def means(panel: Path, ci_level: float, out: Path, minimum: int = MINIMUM) -> None:
    """Mean, SD and t interval by outcome, site (or arm) and time; nobody is imputed.

    `minimum`: of fewer respondents of a community survey their number stands alone.
    """
    found = observed_means(contracts.read(panel, Panel), ci_level)
    contracts.write(without_few(found, minimum), out, Means)


def without_few(table: pd.DataFrame, minimum: int) -> pd.DataFrame:
    """The Means table without the means of fewer than `minimum` respondents, with the reason.

    People of the study are no survey: their means stay. One answer is always too few, as in
    survey_means.csv.
    """
    least = max(minimum, 2)
    few = (table["level"] == "respondent") & table["n"].between(1, least - 1)
    table = table.copy()
    table.loc[few, _OF_VALUES] = np.nan
    table.loc[few, "reason"] = fewer(least, "answers")
    return table


def observed_means(panel: pd.DataFrame, ci_level: float) -> pd.DataFrame:
    """The Means table: unweighted means of those who answered; t on n - 1 df."""
    return mean_values(by_group(panel), ci_level, "observed, unweighted; t on n - 1 df")


def mean_values(table: pd.DataFrame, ci_level: float, method: str) -> pd.DataFrame:
    """The Means table of a panel with a column `group`: mean of `value` with its t interval; none
    where all values are the same."""
    keys = ["level", "outcome", "group", "arm", "time"]
    grouped = table.groupby(keys, observed=True, sort=True)["value"]
    result = grouped.agg(n="count", mean="mean", sd="std", low="min", high="max").reset_index()
    n = result["n"].to_numpy()
    result["df"] = np.where(n > 1, n - 1.0, np.nan)
    result["std_error"] = result["sd"] / np.sqrt(np.where(n > 0, n, np.nan))
    varies = result.pop("low") < result.pop("high")  # if not, an interval would say: certain
    half = [
        t_quantile(0.5 + ci_level / 2, df) * error if some else np.nan
        for df, error, some in zip(result["df"], result["std_error"], varies, strict=True)
    ]
    result["ci_low"], result["ci_high"] = result["mean"] - half, result["mean"] + half
    result["model"], result["model_time"], result["method"] = "", "", method
    result["reason"] = ""
    return result
