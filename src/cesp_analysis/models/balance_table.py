"""The step `balance`: covariates before and after weighting, and effective sample sizes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cesp_analysis import contracts
from cesp_analysis.models.analysis_sets import ACCOUNT
from cesp_analysis.models.imputed import IMPUTATION
from cesp_analysis.models.tables import Balance, GroupWeights
from cesp_analysis.whole_files import read_json

FEWEST = 2  # one respondent shows no spread


def balance(diagnostics: list[Path], out: Path, weights: Path, minimum: int = 10) -> None:
    """Collect what the weighting models' diagnostics say of balance and of weights.

    `out`: a row a model, outcome, time, pair of groups and covariate, of respondents without
    numbers of what fewer than `minimum` have; `weights`: a row a group.
    """
    import pandas as pd

    found = list(_estimates(diagnostics))
    balances = [
        {**key, "one": one, "other": other, "covariate": covariate, **numbers}
        for key, known in found
        for one, other, covariates in _pairs(known)
        for covariate, numbers in _shown(covariates, key["level"], minimum).items()
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
        for model, outcomes in read_json(path).items():
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


def _shown(
    covariates: dict[str, dict[str, Any]], level: str, minimum: int
) -> dict[str, dict[str, Any]]:
    """Covariate → its numbers, or why they are not shown: in either group few have its category,
    or would follow from it. A difference is of both groups, so that both are left out."""
    if level != "respondent":
        return covariates
    least = max(minimum, FEWEST)
    wholes: dict[str, list[str]] = {}
    for name in covariates:
        wholes.setdefault(name.partition("[")[0], []).append(name)
    found = dict(covariates)
    for names in wholes.values():
        for group in ("one", "other"):
            for name, why in zip(names, _reasons(names, covariates, group, least), strict=True):
                if why and "reason" not in found[name]:
                    found[name] = {"reason": why}
    return found


def _reasons(
    names: list[str], covariates: dict[str, dict[str, Any]], group: str, least: int
) -> list[str]:
    """Why each column of a covariate is not shown for a group: its categories, without the first,
    which is the rest; or a number."""
    from numpy import array

    from cesp_analysis.models.hidden import fewer, reasons

    n = covariates[names[0]][f"n_{group}"]
    key = f"count_{group}"
    counts = [covariates[name][key] for name in names if key in covariates[name]]
    if len(counts) < len(names):
        return [fewer(least, "respondents") if n < least else ""] * len(names)
    return reasons(array([*counts, n - sum(counts)]), least, "respondents")[:-1]
