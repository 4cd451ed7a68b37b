"""All estimates of an evaluation as rows: of people who are complete, of imputed sets, by case."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cesp_analysis.economics.asked import EvaluateSpec
from cesp_analysis.economics.cases import Case, Cases
from cesp_analysis.economics.data import ADJUSTED, GAIN, UNADJUSTED, Data, complete_of
from cesp_analysis.economics.estimated import (
    Estimated,
    arm_means,
    by_regression,
    by_rubin,
    quantities,
    refused,
)
from cesp_analysis.economics.frame import Frame
from cesp_analysis.economics.imputing import imputations_of, observed_of, sets_of

COMPLETE, IMPUTED, BOOT_IMPUTE = "complete", "imputed", "boot_impute"
Row = dict[str, Any]


@dataclass
class Made:
    """Rows of the tables Economics and Acceptability."""

    rows: list[Row] = field(default_factory=list)
    curve: list[Row] = field(default_factory=list)


def evaluated(how: EvaluateSpec, cases: Cases) -> Made:
    """Every estimate: the base case in all ways of missing data, other cases by imputed sets."""
    made = Made()
    made.rows += _complete(how, cases.base)
    for case in (cases.base, *cases.varied):
        made.rows += _imputed(how, case)
    return made


def approaches(how: EvaluateSpec) -> tuple[str, ...]:
    """With chance alone between the arms adjusted for baseline; else the bracket of two."""
    return (ADJUSTED,) if how.randomised else (GAIN, ADJUSTED)


def _complete(how: EvaluateSpec, case: Case) -> Iterator[Row]:
    """People of whom all is known: a description."""
    data = complete_of(case.frame, observed_of(case.frame))
    level = how.ci_level
    n = len(case.frame.treated)
    asked = quantities(how.economics.thresholds)
    for one in arm_means(data, level):
        yield row_of(how, case, COMPLETE, UNADJUSTED, "net_benefit", one, n)
    for approach in (UNADJUSTED, *approaches(how)):
        for one in by_regression(data, approach, asked, how.economics.covariance, level):
            yield row_of(how, case, COMPLETE, approach, "net_benefit", one, n)


def _imputed(how: EvaluateSpec, case: Case) -> Iterator[Row]:
    """Multiple imputation and Rubin's rules."""
    asked = quantities(how.economics.thresholds)
    sets, reason = imputed_sets(how, case)
    for approach in approaches(how):
        if reason:
            found = [refused(one, 0, len(case.frame.treated), reason) for one in asked]
        else:
            covariance, level = how.economics.covariance, how.ci_level
            found = by_rubin(sets, approach, asked, covariance, level)
        for one in found:
            n_obs = known_of(case.frame)
            yield row_of(how, case, IMPUTED, approach, "net_benefit", one, one.n_units, n_obs)


def imputed_sets(how: EvaluateSpec, case: Case) -> tuple[Sequence[Data], str]:
    """The imputed sets of a case, or why there are none."""
    made = imputations_of(case.frame, how.economics.missing.sets, how.seed, case.value_set)
    if made.refused:
        note = made.refused[0]
        where = f" ({note.group})" if note.group else ""
        return [], f"{note.column}{where}: {note.text}"
    return sets_of(case.frame, made, case.departing), ""


def known_of(frame: Frame) -> int:
    """Of how many people costs and QALYs are known without imputing."""
    table = frame.table
    needed = (frame.cost != 0) | (frame.qaly != 0)
    return int((~(np.isnan(table) & needed).any(axis=1)).sum())


def row_of(
    how: EvaluateSpec,
    case: Case,
    missing_data: str,
    approach: str,
    model: str,
    one: Estimated,
    n_units: int,
    n_obs: int | None = None,
) -> Row:
    """A row of the table Economics."""
    low, high = one.interval or (None, None)
    return {
        "scenario": case.scenario, "perspective": case.perspective, "value_set": case.value_set,
        "missing_data": missing_data, "approach": approach, "model": model,
        "quantity": one.quantity.name, "threshold": one.quantity.threshold,
        "status": "not_estimable" if one.reason else "estimated", "reason": one.reason or None,
        "estimate": one.estimate, "std_error": one.std_error, "df": one.df,
        "ci_low": low, "ci_high": high, "ci_level": how.ci_level,
        "n_obs": one.n_obs if n_obs is None else n_obs, "n_units": n_units,
        "n_clusters": one.n_clusters,
        "cluster_level": how.economics.cluster if one.n_clusters else None,
        "unit": "QALYs" if one.quantity.name.startswith("qaly") else "£",
        "method": one.method, "warnings": " | ".join(one.warnings) or None,
    }  # fmt: skip
