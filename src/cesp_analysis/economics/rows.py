"""An estimate as a row of the table of an evaluation."""

from collections.abc import Iterable, Sequence
from math import ceil

import numpy as np

from cesp_analysis.columns import Row
from cesp_analysis.economics.asked import EvaluateSpec
from cesp_analysis.economics.cases import Case
from cesp_analysis.economics.estimated import OF_ARMS, Estimated


def row_of(
    how: EvaluateSpec,
    case: Case,
    missing_data: str,
    approach: str,
    model: str,
    one: Estimated,
    treated: np.ndarray,
    n_obs: int | None = None,
) -> Row:
    """A row of the table Economics; treated (n,): of the people in the analysis."""
    low, high = one.interval or (None, None)
    said = [*one.warnings, *(() if one.quantity.name.startswith("cost") else case.frame.said)]
    return {
        "scenario": case.scenario, "service": next(iter(case.by), None),
        "perspective": case.perspective, "value_set": case.value_set,
        "missing_data": missing_data, "approach": approach, "model": model,
        "quantity": one.quantity.name, "threshold": one.quantity.threshold,
        "status": "not_estimable" if one.reason else "estimated", "reason": one.reason or None,
        "estimate": one.estimate, "std_error": one.std_error, "df": one.df,
        "ci_low": low, "ci_high": high, "ci_level": how.ci_level,
        "monte_carlo": one.monte_carlo, "monte_carlo_end": one.of_ends,
        "n_obs": one.n_obs if n_obs is None else n_obs, "n_units": len(treated),
        "n_smaller_arm": smaller_arm(one, treated), "zeros": one.zeros,
        "n_zeros": None if one.zeros is None else ceil(one.zeros * len(treated) - 1e-9),
        "n_clusters": one.n_clusters,
        "cluster_level": how.economics.cluster if one.n_clusters else None,
        "unit": "QALYs" if one.quantity.name.startswith("qaly") else "£",
        "method": one.method or None, "warnings": " | ".join(said) or None,
    }  # fmt: skip


def with_words(row: Row, said: Sequence[str]) -> Row:
    """The row with these warnings beside its own, where it has an estimate."""
    if row["status"] != "estimated" or not said:
        return row
    return row | {"warnings": " | ".join([*filter(None, [row["warnings"]]), *said])}


def say(rows: Sequence[Row], said: Iterable[str]) -> None:
    """Sentences that are of all of these rows, behind what each says of itself."""
    for text in said:
        for row in rows:
            row["warnings"] = " | ".join(filter(None, [row["warnings"], text]))


def smaller_arm(one: Estimated, treated: np.ndarray) -> int:
    """How many people are in the arm of fewer, nobody where it is empty; of an arm alone: all."""
    n = len(treated)
    if one.quantity.name in OF_ARMS:
        return n
    return min(int(treated.sum()), n - int(treated.sum()))
