"""The step `balance`: covariates before and after weighting, and effective sample sizes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cesp_analysis import contracts
from cesp_analysis.models.analysis_sets import ACCOUNT
from cesp_analysis.models.imputed import IMPUTATION
from cesp_analysis.schemas import Balance, GroupWeights


def balance(diagnostics: list[Path], out: Path, weights: Path) -> None:
    """Collect what the weighting models' diagnostics say of balance and of weights.

    `out`: a row a model, outcome, time, pair of groups and covariate; `weights`: a row a group.
    """
    import pandas as pd

    found = list(_estimates(diagnostics))
    balances = [
        {**key, "one": one, "other": other, "covariate": covariate, **numbers}
        for key, known in found
        for one, other, covariates in _pairs(known)
        for covariate, numbers in covariates.items()
    ]
    groups = [
        {**key, "group": group, **numbers}
        for key, known in found
        for group, numbers in known["weights"].items()
    ]
    table = pd.DataFrame(balances, columns=list(Balance.columns()))
    contracts.write(table, out, Balance)
    table = pd.DataFrame(groups, columns=list(GroupWeights.columns()))
    contracts.write(table.astype({"n": "int64"}), weights, GroupWeights)


def _estimates(paths: list[Path]) -> Iterator[tuple[dict[str, str], dict[str, Any]]]:
    """Model, level, outcome and time of each estimate that was made, and what is known of it."""
    for path in paths:
        for model, outcomes in contracts.read_json(path).items():
            for outcome, times in outcomes.items():
                for time, known in times.items():
                    if time in (ACCOUNT, IMPUTATION):  # of all times
                        continue
                    key = {"model": model, "level": known["level"], "outcome": outcome}
                    yield key | {"time": time}, known


def _pairs(known: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for pair, covariates in known["balance"].items():
        one, _, other = pair.partition(" / ")
        yield one, other, covariates
